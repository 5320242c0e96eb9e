/** From an alarm to its service, how bad it is, and whether it opens an incident: by the catalog, else by its own tags. */
import type { AlarmArn, ServiceName, Severity } from './incident.ts';
import { severities } from './incident.ts';
import type { AlarmTreatment, MappingRule, Policy } from './policy.ts';

export type Treated = AlarmTreatment & {
  /** `null`: nobody knows. */
  readonly service: ServiceName | null;
  /** The title of what it opens; `null`: made from the alarm. */
  readonly title: string | null;
};

/** What an alarm is recognised by. */
export type Described = {
  readonly alarm: AlarmArn;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly tags: { readonly [key: string]: string };
};

/**
 * What the catalog says of the alarm: where a service names it, then the first mapping rule that fits. Where nothing fits its
 * own tags count; they tell the service and how bad it is, but open nothing.
 */
export function treat(policy: Policy, alarm: Described): Treated {
  const tagged = readTags(policy, alarm.tags);
  for (const service of policy.services) {
    const rule = service.alarms.find((each) => each.alarm === alarm.alarm);
    if (rule !== undefined) return merge(service.name, rule, tagged.severity, null);
  }
  const rule = policy.alarms.rules.find((each) => fits(each, alarm));
  if (rule !== undefined) return merge(rule.service, rule, tagged.severity, rule.title);
  return { ...tagged, opens: false, holdMillis: 0, title: null };
}

function merge(service: ServiceName, rule: AlarmTreatment, tagged: Severity | null, title: string | null): Treated {
  const { severity, opens, holdMillis } = rule;
  return { service, severity: severity ?? tagged, opens, holdMillis, title };
}

function fits(rule: MappingRule, alarm: Described): boolean {
  return (
    (rule.prefix === null || alarm.name.startsWith(rule.prefix)) &&
    (rule.account === null || rule.account === alarm.account) &&
    (rule.region === null || rule.region === alarm.region) &&
    Object.entries(rule.tags).every(([key, value]) => tagOf(alarm.tags, key) === value)
  );
}

function tagOf(tags: Described['tags'], key: string): string | null {
  return Object.hasOwn(tags, key) ? (tags[key] ?? null) : null;
}

function readTags(policy: Policy, tags: Described['tags']): Pick<Treated, 'service' | 'severity'> {
  const named = (tagOf(tags, 'muster:service') ?? tagOf(tags, 'service'))?.trim().toLowerCase();
  const digit = /^(?:sev)?-?([1-5])$/i.exec((tagOf(tags, 'muster:severity') ?? tagOf(tags, 'severity') ?? '').trim());
  return {
    service: policy.services.find(({ name }) => name.toLowerCase() === named)?.name ?? null,
    severity: severities.find((severity) => severity === `SEV${digit?.[1]}`) ?? null,
  };
}
