/** What a submitted form asks, whichever form it is. */
import type { Declare, IncidentCommand } from '../incident/command.ts';
import type { IncidentId } from '../incident/incident.ts';
import { decodeAction } from './actions.ts';
import type { Arrival, View } from './arrival.ts';
import { declareForm, type FieldErrors, readDeclare } from './modals/declare.ts';
import { readIncidentForm } from './modals/incident-forms.ts';

export type Submission =
  | { readonly type: 'declare'; readonly command: Declare; /** It is about this line. */ readonly line: number | null }
  | { readonly type: 'command'; readonly incident: IncidentId; readonly command: IncidentCommand }
  | FieldErrors
  | { readonly type: 'unreadable' };

export function readSubmission({ callback, metadata, values }: View): Submission {
  return callback === declareForm ? readDeclare(values, metadata) : readIncidentForm(callback, metadata, values);
}

/** Someone only looks at or fills in a form: there is nothing to save yet. */
export function isLookOnly(arrival: Arrival): boolean {
  if (arrival.type === 'shortcut') return arrival.callback !== 'add_to_timeline';
  if (arrival.type !== 'action') return false;
  const action = decodeAction({ value: arrival.value, by: arrival.by });
  return action === null || action.type === 'open';
}
