/** Words and small readings that the rules share when they write timeline rows. */
import type { Incident, Instant } from './incident.ts';

const minute = 60_000;

/** A length of time in words: `45 s`, `4 min`, `1 h 20 min`. Rounds down: a claim of time must hold. */
export function span(millis: number): string {
  if (millis < minute) return `${Math.max(0, Math.floor(millis / 1000))} s`;
  const minutes = Math.floor(millis / minute);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** `14:09`, UTC. */
export function clock(at: Instant): string {
  return new Date(at).toISOString().slice(11, 16);
}

/** `SEV2`, or words for a severity nobody knows yet. */
export function severityWords(severity: Incident['severity']): string {
  return severity ?? 'severity not known yet';
}

/** `checkout, search`, or words for services nobody knows yet. */
export function servicesWords(services: Incident['services']): string {
  return services.length === 0 ? 'service not known yet' : services.join(', ');
}

/** Appends free words to a fact, word for word: `Mitigated: rolled back`. */
export function withWords(fact: string, words: string): string {
  const said = words.trim();
  return said === '' ? `${fact}.` : `${fact}: ${said}`;
}

const mostNames = 3;

/** Names, counted when they are many: `a, b, c and 9 more`. */
export function countedNames(names: readonly string[]): string {
  const shown = names.slice(0, names.length === mostNames + 1 ? names.length : mostNames);
  const left = names.length - shown.length;
  if (left > 0) return `${names.length} alarms (${shown.join(', ')} and ${left} more)`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
