/** What somebody asked by typing `/incident …`. */
import type { Declare, IncidentCommand } from '../incident/command.ts';
import type { IncidentId, ServiceName, Severity } from '../incident/incident.ts';
import type { Form } from './form.ts';

/** What is already known when the form to declare opens. */
export type DeclarePrefill = {
  readonly title: string;
  readonly severity: Severity | null;
  readonly services: readonly ServiceName[];
};

/** `incident: null` means the incident of the channel it was typed in. */
export type Asked =
  | { readonly type: 'menu' }
  | { readonly type: 'help'; readonly topic: string | null }
  | { readonly type: 'declare form'; readonly prefill: DeclarePrefill }
  | { readonly type: 'declare'; readonly command: Declare }
  | { readonly type: 'command'; readonly incident: IncidentId | null; readonly command: IncidentCommand }
  | { readonly type: 'status'; readonly incident: IncidentId | null }
  | { readonly type: 'list' }
  /** What is red now. */
  | { readonly type: 'alarms' }
  /** An alarm, by its name. */
  | { readonly type: 'ignore'; readonly alarm: string }
  | { readonly type: 'export'; readonly incident: IncidentId | null }
  | { readonly type: 'graph'; readonly incident: IncidentId | null }
  /** Half typed: a form asks for the rest. */
  | {
      readonly type: 'form';
      readonly form: Exclude<Form, 'declare' | 'discount' | 'alarm'>;
      readonly incident: IncidentId | null;
    }
  | {
      readonly type: 'form';
      readonly form: 'alarm';
      readonly incident: IncidentId | null;
      /** What was typed already: what to say of an alarm, and which one. */
      readonly subject: string;
    }
  /** Words for the person, plain; nothing was done. */
  | { readonly type: 'misunderstood'; readonly text: string };
