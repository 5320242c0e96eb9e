/** Reading the ids that Slack and people write. */
import type { GroupId, IncidentId, PersonId } from '../incident/incident.ts';

/** Whether `text` is a Slack member id such as `U024BE7LH`. */
export function isPersonId(text: string): text is PersonId {
  return /^[UW][A-Z0-9]{1,20}$/.test(text);
}

/** Whether `text` is the id of a Slack user group such as `S0614TZR7`. */
export function isGroupId(text: string): text is GroupId {
  return /^S[A-Z0-9]{1,20}$/.test(text);
}

export function isIncidentId(value: unknown): value is IncidentId {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 2 ** 31;
}

/** The incident that a room key such as `INC-12` names; `null` when `word` is no key. */
export function readRoomKey(word: string): IncidentId | null {
  const digits = /^inc-([1-9]\d{0,9})[:,.]?$/i.exec(word)?.[1];
  const number = Number(digits);
  return isIncidentId(number) ? number : null;
}
