/** Which incidents everybody is told of. */
import type { Incident } from './incident.ts';
import { rank } from './incident.ts';

/** SEV1 and SEV2; in a room that an alarm opened only once a human took it. Tests never. */
export function isAnnounced({ test, severity, declaredBy, touched }: Incident): boolean {
  if (test || rank(severity) > rank('SEV2')) return false;
  return declaredBy.type === 'person' || touched;
}
