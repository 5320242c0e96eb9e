/** A call that leads to the room waits for the room, but not for long. */
import { Later } from '../failure.ts';
import type { Incident, Instant } from '../incident/incident.ts';

/** In milliseconds: the room is open within a moment, or Slack is in trouble, and then people are called all the same. */
const patienceMillis = 10_000;

/** @throws Later: there is no room yet; whoever opens it comes back sooner than that. */
export function waitForRoom({ room, declaredAt }: Incident, at: Instant): void {
  const patience = declaredAt + patienceMillis - at;
  if (room === null && patience > 0) throw new Later(patience, 'the room is being opened');
}
