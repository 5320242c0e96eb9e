/** Names of exported files. */
import { roomKey } from '../incident/incident.ts';
import type { IncidentId } from '../incident/incident.ts';

/** `inc-1-postmortem.md`: nothing in it comes from outside. */
export function postmortemFileName(incident: IncidentId): string {
  return `${roomKey(incident).toLowerCase()}-postmortem.md`;
}

/** `inc-1-headcount.svg`. */
export function headcountFileName(incident: IncidentId): string {
  return `${roomKey(incident).toLowerCase()}-headcount.svg`;
}

/** `night-headcount.svg` for `night.md`. */
export function headcountFileBeside(file: string): string {
  return `${file.replace(/(?<=[^/\\])\.[^./\\]+$/, '')}-headcount.svg`;
}
