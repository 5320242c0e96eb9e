/** What a form to declare knows already when it is opened from the triage channel. */
import { located } from '../aws/alarm-arn.ts';
import type { Policy } from '../incident/policy.ts';
import { treat } from '../incident/treat.ts';
import { readAlarms } from '../postgres/alarms.ts';
import type { Sql } from '../postgres/postgres.ts';
import { readLine } from '../postgres/triage.ts';
import { readSubject } from './actions.ts';
import type { DeclarePrefill } from './asked.ts';
import { mostTitle } from './form.ts';
import { bounded, oneLine } from './mrkdwn.ts';

export type Prefilled = {
  readonly prefill: DeclarePrefill;
  /** The line that it is about. */
  readonly line: number | null;
};

const nothing: Prefilled = { prefill: { title: '', severity: null, services: [] }, line: null };

/** @param subject of the button that was pressed. */
export async function prefillOf(sql: Sql, policy: Policy, subject: string | null): Promise<Prefilled> {
  const about = readSubject(subject);
  if (about === null) return nothing;
  if (about.type === 'service') return { prefill: { ...nothing.prefill, services: [about.service] }, line: null };
  const line = await readLine(sql, about.line);
  const [standing] = line === null ? [] : await readAlarms(sql, [line.alarm]);
  if (standing === undefined) return nothing;
  const { service, severity, title } = treat(policy, located(standing));
  return {
    prefill: {
      title: bounded(oneLine(title ?? `${standing.name} is red`), mostTitle),
      severity,
      services: service === null ? [] : [service],
    },
    line: about.line,
  };
}
