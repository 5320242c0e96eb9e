/** What must be done about what happened. A job is a to-do, not an order: its handler reads what is true, then acts. */
import type { IncidentId, Instant } from './incident.ts';

export type JobData = {
  /** Translate and handle one thing that arrived from Slack. */
  readonly inbox: { readonly inbox: string };
  /** Create the war room. */
  readonly 'open-room': { readonly incident: IncidentId };
  /** Bring every paged person into the room. */
  readonly invite: { readonly incident: IncidentId };
  /** Post the status card, or edit it to what is true. */
  readonly 'status-card': { readonly incident: IncidentId };
  /** Pin the card, set topic and name, add the bookmarks. */
  readonly 'furnish-room': { readonly incident: IncidentId };
  /** Post the announcement in the broadcast channel, or edit it to what is true. */
  readonly announce: { readonly incident: IncidentId };
  /** Give the declarer the room's link where they declared. */
  readonly 'answer-declarer': { readonly incident: IncidentId };
  /** Say in the room what has happened and was not said yet, in order. */
  readonly 'tell-room': { readonly incident: IncidentId };
  /** Upload the postmortem draft to the room; `request` makes each request an upload of its own. */
  readonly 'export-draft': { readonly incident: IncidentId; readonly request: string };
  /** Read the state of every watched alarm once, and arm the next poll. */
  readonly 'poll-alarms': Record<string, never>;
  /** Decide what comes of the alarms that nobody has dealt with yet. */
  readonly 'triage-alarms': Record<string, never>;
  /** Post the message of these alarms in the triage channel, or edit it to what is true. */
  readonly 'triage-card': { readonly group: string };
  /** Page a service's responders with what gathers in the triage channel, because no more rooms may open by themselves. */
  readonly 'page-overflow': { readonly service: string };
  /** Show the metrics of the incident's alarms in its room, or replace the picture. */
  readonly graph: { readonly incident: IncidentId };
  /** Store what CloudWatch's history says of the incident's alarms. */
  readonly 'fetch-history': { readonly incident: IncidentId };
  /** Do what is due in an incident because time went by, and wait for what is due next. */
  readonly 'keep-time': { readonly incident: IncidentId };
  /** Say to people in private what concerns them and was not said yet. */
  readonly 'tell-people': { readonly incident: IncidentId };
  /** Say in the messages that called people that it is over. */
  readonly 'end-calls': { readonly incident: IncidentId };
  /** Bring the pagers to what is true of the pages. */
  readonly 'call-pager': { readonly incident: IncidentId };
  /** Take those who stand by out of the channel, where the catalog says so. */
  readonly 'remove-people': { readonly incident: IncidentId };
  /** Archive the room of an incident that was closed long enough ago. */
  readonly 'archive-room': { readonly incident: IncidentId };
  /** Read user groups, and where people are, again. */
  readonly 'refresh-directory': Record<string, never>;
  /** Forget what arrived from Slack and was handled long ago, and arm the next time. */
  readonly 'forget-handled': Record<string, never>;
};

export type JobName = keyof JobData;

export type Job = {
  [N in JobName]: {
    readonly name: N;
    /** At most one job of a key waits and one runs. */
    readonly key: string;
    readonly data: JobData[N];
    readonly runAt?: Instant;
    /** The key was never used before, so nothing waits under it: cheaper. */
    readonly first?: true;
  };
}[JobName];

/** One chain of polls for the whole cluster: each arms the next, and whoever wants one sooner brings it forward. */
export const alarmPoll = { name: 'poll-alarms', key: 'poll-alarms', data: {} } as const satisfies Job;

/** One reading of people and groups for the whole cluster. */
export const directoryRefresh = {
  name: 'refresh-directory',
  key: 'refresh-directory',
  data: {},
} as const satisfies Job;

/** One triage for the whole cluster: it reads all that is there. */
export const alarmTriage = { name: 'triage-alarms', key: 'triage-alarms', data: {} } as const satisfies Job;
