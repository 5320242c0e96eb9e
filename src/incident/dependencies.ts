/** Which services belong together when something breaks: what one needs, and who needs it. */
import type { Incident, Instant, ServiceName } from './incident.ts';
import { isUnmitigated } from './incident.ts';
import type { Policy } from './policy.ts';

/** The neighbours of these services in both directions, without themselves. */
export function neighboursOf(services: readonly ServiceName[], policy: Policy): readonly ServiceName[] {
  const needed = policy.services.filter(({ name }) => services.includes(name)).flatMap(({ needs }) => needs);
  const needing = policy.services.filter(({ needs }) => needs.some((name) => services.includes(name)));
  const all = new Set([...needed, ...needing.map(({ name }) => name)]);
  return [...all].filter((name) => !services.includes(name));
}

/** When the incident last had reason to grow: its declaration, or an alarm that went red in it. */
export function lastEvidenceAt(incident: Incident): Instant {
  return Math.max(incident.declaredAt, ...incident.watches.flatMap(({ reds }) => reds));
}

/**
 * Whether a red alarm of this service is evidence of that incident: the same service as long as users are affected; one that
 * it needs, or that needs it, for a while after the last evidence.
 */
export function belongsTo(
  incident: Incident,
  service: ServiceName | null,
  { policy, at }: { readonly policy: Policy; readonly at: Instant },
): boolean {
  if (service === null || !isUnmitigated(incident) || incident.test) return false;
  if (incident.services.includes(service)) return true;
  if (at - lastEvidenceAt(incident) >= policy.alarms.windowMillis) return false;
  const red = incident.watches.flatMap((watch) =>
    watch.verdict === 'alarm' && watch.service !== null ? [watch.service] : [],
  );
  const affected = [...incident.services, ...red];
  return affected.includes(service) || neighboursOf(affected, policy).includes(service);
}
