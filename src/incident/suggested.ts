/** What is true of those who could be let go: who they are, who was asked, who stays. */
import type { IncidentEvent } from './event.ts';
import type { Instant, PersonId, Suggested } from './incident.ts';

type SuggestionEvent = Extract<
  IncidentEvent,
  { kind: 'stand down suggested' | 'stand down asked' | 'stand down put off' | 'responder kept' }
>;

/** After one more event about them. */
export function applyToSuggestion(suggested: Suggested | null, event: SuggestionEvent, at: Instant): Suggested | null {
  const known = suggested ?? { at, people: [], asked: [], keep: [] };
  switch (event.kind) {
    case 'stand down suggested':
      return { ...known, at, people: event.people.map(({ person }) => person) };
    case 'stand down asked':
      return {
        at: known.at,
        people: suggested === null ? event.people : known.people,
        asked: [...new Set([...known.asked, ...event.people])],
        keep: known.keep.filter(({ person }) => !event.people.includes(person)),
      };
    case 'stand down put off':
      return suggested === null ? null : { ...suggested, at };
    case 'responder kept':
      return {
        ...known,
        asked: known.asked.filter((person) => person !== event.person),
        keep: [...known.keep.filter(({ person }) => person !== event.person), { person: event.person, at }],
      };
  }
}

/** What somebody was asked about standing down is settled. */
export function forget(suggested: Suggested | null, people: readonly PersonId[]): Suggested | null {
  if (suggested === null) return null;
  const others = (all: readonly PersonId[]): readonly PersonId[] => all.filter((person) => !people.includes(person));
  return {
    ...suggested,
    people: others(suggested.people),
    asked: others(suggested.asked),
    keep: suggested.keep.filter(({ person }) => !people.includes(person)),
  };
}
