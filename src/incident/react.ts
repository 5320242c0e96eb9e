/** What must be done about what happened. */
import type { EventKind, IncidentEvent } from './event.ts';
import type { Incident, Instant } from './incident.ts';
import { isOngoing } from './incident.ts';
import type { Job } from './job.ts';
import { alarmPoll, alarmTriage } from './job.ts';

/** The room is ready once people are invited and the card stands in it: all else waits that long, and so do those who read where it is. */
const furnishAfterMillis = 1_000;

type Circumstances = {
  /** The event's unique source key: it tells one request for a draft from another. */
  readonly source: string;
  /** When it is recorded. */
  readonly at: Instant;
};

/** Called once per event of an incident that was there before, with the incident as it is after it. */
export function react(incident: Incident, event: IncidentEvent, { source, at }: Circumstances): readonly Job[] {
  return [...happened(incident, event, source), ...outside(incident, event, at)];
}

/** What a new incident needs: its room. All else is seen to while Slack opens that, or a moment after. */
export function opening(incident: Incident): readonly Job[] {
  return [{ ...job(incident, 'open-room'), first: true }];
}

/** What goes on though the room takes long to open. */
export function meanwhile(incident: Incident, at: Instant): readonly Job[] {
  return everybody.map((name) => ({ ...job(incident, name), runAt: at + furnishAfterMillis }));
}

/** What goes on without a room, too: calls go out, time is kept, and what was taken out has to go somewhere. */
function outside(incident: Incident, event: IncidentEvent, at: Instant): readonly Job[] {
  if (event.kind === 'alarm separated') return [alarmTriage];
  if (event.kind === 'noted' && event.noteKind !== 'impact') return [];
  const jobs = (withoutRoom[event.kind] ?? []).map((name) => job(incident, name));
  return incident.room === null ? jobs.map((each) => ({ ...each, runAt: at + furnishAfterMillis })) : jobs;
}

const everybody: readonly RoomJob[] = ['keep-time', 'tell-people', 'call-pager'];

const withoutRoom: { readonly [K in EventKind]?: readonly RoomJob[] } = {
  // It may be time to ask who leads, or who could be let go.
  noted: ['keep-time'],
  'responder passed on': ['keep-time'],
  'responder unreachable': ['keep-time'],
  'alarms changed': ['keep-time'],
  'alarm discounted': ['keep-time'],
  'page opened': ['keep-time', 'call-pager'],
  // Whoever takes it is told what is known, and the commander that nobody did.
  'page answered': everybody,
  'page ended': everybody,
  // A page that was held for the night calls its pager now.
  'people paged': everybody,
  'page held': ['keep-time', 'tell-people'],
  'page paused': ['keep-time', 'tell-people'],
  'page changed': ['keep-time', 'tell-people'],
  prompted: ['keep-time', 'tell-people'],
  'responder active': everybody,
  'responder stood down': everybody,
  'responders recalled': everybody,
  'responder kept': everybody,
  'role given': everybody,
  'stand down suggested': everybody,
  'stand down asked': everybody,
  'stand down put off': everybody,
  mitigated: everybody,
  'recovery proved': everybody,
  reopened: everybody,
  undone: everybody,
  resolved: everybody,
  cancelled: everybody,
  'merged into': everybody,
  closed: everybody,
};

function happened(incident: Incident, event: IncidentEvent, source: string): readonly Job[] {
  if (incident.room === null || event.kind === 'declared') return [];
  switch (event.kind) {
    case 'room opened':
      return [
        { ...job(incident, 'invite'), first: true },
        { ...job(incident, 'status-card'), first: true },
        // It may have been closed while Slack would not open the room.
        ...(incident.status === 'closed' ? [draft(incident, source)] : []),
      ];
    case 'noted':
      return event.said ? [] : [job(incident, 'tell-room')];
    case 'signalled':
    case 'write failed':
    case 'alarm reconfigured':
      return told(incident);
    case 'detected':
      return [];
    case 'people paged':
    case 'responders recalled':
      return [job(incident, 'invite'), ...told(incident)];
    case 'page answered':
      // A room that an alarm opened is announced once somebody took it.
      return [job(incident, 'invite'), ...told(incident), ...announced(incident)];
    case 'page ended':
      return [
        ...told(incident),
        ...(event.because === 'unanswered' || event.because === 'nobody' ? announced(incident) : []),
      ];
    case 'page held':
    case 'prompted':
      return told(incident);
    case 'page opened':
    case 'page paused':
    case 'page changed':
    case 'stand down suggested':
    case 'stand down asked':
    case 'stand down put off':
    case 'responder kept':
    case 'room archived':
      return [];
    case 'responder active':
      return [job(incident, 'invite'), job(incident, 'status-card'), ...announced(incident)];
    case 'role given':
      return [job(incident, 'invite'), ...told(incident), ...announced(incident)];
    case 'responder stood down':
      return [...told(incident), ...announced(incident), job(incident, 'remove-people')];
    case 'responder passed on':
    case 'responder unreachable':
      // Whoever leaves may have led.
      return [...told(incident), ...announced(incident)];
    case 'alarm separated':
    case 'alarms joined':
    case 'alarms changed':
    case 'alarm discounted':
    case 'blinded':
    case 'seen again':
      return told(incident);
    case 'alarm trusted':
      return [...told(incident), ...polled(incident)];
    case 'recovery proved':
    case 'relapsed':
      return [...told(incident), ...evidenced(incident)];
    case 'merged':
      return [
        ...told(incident),
        job(incident, 'invite'),
        job(incident, 'furnish-room'),
        ...announced(incident),
        ...polled(incident),
      ];
    case 'merged into':
      return [...told(incident), job(incident, 'furnish-room'), ...announced(incident)];
    case 'mitigated':
    case 'resolved':
      return [...told(incident), job(incident, 'furnish-room'), ...announced(incident), ...evidenced(incident)];
    case 'severity changed':
    case 'identified':
    case 'cancelled':
    case 'renamed':
      return [...told(incident), job(incident, 'furnish-room'), ...announced(incident)];
    case 'reopened':
    case 'undone':
      return [
        ...told(incident),
        // Whom nobody called while it was cancelled.
        job(incident, 'invite'),
        job(incident, 'furnish-room'),
        ...announced(incident),
        ...polled(incident),
      ];
    case 'services changed':
      return [...told(incident), job(incident, 'furnish-room'), ...announced(incident), ...polled(incident)];
    case 'closed':
      return [...told(incident), job(incident, 'furnish-room'), ...announced(incident), draft(incident, source)];
  }
}

/** What makes the room complete and tells everyone else: none of it may stand in the way of the room being ready. */
export function furniture(incident: Incident, at: Instant): readonly Job[] {
  const furnishing = [
    job(incident, 'tell-room'),
    job(incident, 'furnish-room'),
    job(incident, 'answer-declarer'),
    ...announced(incident),
    ...polled(incident),
    ...evidenced(incident),
  ].map((each): Job => ({ ...each, runAt: at + furnishAfterMillis }));
  // What went on meanwhile may have begun to wait for the room, for longer than is needed now.
  return at - incident.declaredAt < furnishAfterMillis ? furnishing : [...furnishing, ...meanwhile(incident, at)];
}

function draft({ id }: Incident, source: string): Job {
  return { name: 'export-draft', key: `export-draft:${id}:${source}`, data: { incident: id, request: source } };
}

type RoomJob =
  | 'open-room'
  | 'invite'
  | 'status-card'
  | 'furnish-room'
  | 'announce'
  | 'answer-declarer'
  | 'tell-room'
  | 'graph'
  | 'fetch-history'
  | 'keep-time'
  | 'tell-people'
  | 'call-pager'
  | 'remove-people';

function job(incident: Incident, name: RoomJob): Job {
  return { name, key: `${name}:${incident.id}`, data: { incident: incident.id } };
}

function told(incident: Incident): readonly Job[] {
  return [job(incident, 'tell-room'), job(incident, 'status-card')];
}

/** Nobody should wait half a minute to see how the alarms stand. */
function polled(incident: Incident): readonly Job[] {
  return isOngoing(incident) && incident.watches.length > 0 ? [alarmPoll] : [];
}

/** What CloudWatch shows at a moment that matters: the picture, and the history before it is forgotten there. */
function evidenced(incident: Incident): readonly Job[] {
  return incident.watches.length === 0 ? [] : [job(incident, 'graph'), job(incident, 'fetch-history')];
}

/** A test is announced nowhere. */
function announced(incident: Incident): readonly Job[] {
  return incident.test ? [] : [job(incident, 'announce')];
}
