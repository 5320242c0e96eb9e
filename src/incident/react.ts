/** What must be done about what happened. Called once per event, with the incident as it is after it. */
import type { IncidentEvent } from './event.ts';
import type { Incident, Instant } from './incident.ts';
import { isOngoing } from './incident.ts';
import type { Job } from './job.ts';
import { alarmPoll, alarmTriage } from './job.ts';

/** The room is ready once people are invited and the card stands in it: what is nice to have waits that long. */
const furnishAfterMillis = 1_000;

/** @param source the event's unique source key: it tells one request for a draft from another. */
export function react(incident: Incident, event: IncidentEvent, source: string): readonly Job[] {
  if (event.kind === 'declared') return [{ ...job(incident, 'open-room'), first: true }];
  // What was taken out has to go somewhere, room or not.
  if (incident.room === null) return event.kind === 'alarm separated' ? [alarmTriage] : [];
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
    case 'responder paged':
      return [job(incident, 'invite'), ...told(incident)];
    case 'responder active':
      return [job(incident, 'invite'), job(incident, 'status-card')];
    case 'role given':
      return [job(incident, 'invite'), ...told(incident), ...announced(incident)];
    case 'responder passed on':
    case 'responder stood down':
    case 'responder unreachable':
      // Whoever leaves may have led.
      return [...told(incident), ...announced(incident)];
    case 'alarm separated':
      return [...told(incident), alarmTriage];
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
  return [
    job(incident, 'tell-room'),
    job(incident, 'furnish-room'),
    job(incident, 'answer-declarer'),
    ...announced(incident),
    ...polled(incident),
    ...evidenced(incident),
  ].map((each): Job => ({ ...each, runAt: at + furnishAfterMillis }));
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
  | 'fetch-history';

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
