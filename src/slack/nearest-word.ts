/** The word somebody probably meant. */
import { closest, distance } from 'fastest-levenshtein';

/** The closest of the candidates, or `null` when none is close: about one slip in three letters. */
export function nearestWord(word: string, candidates: readonly string[]): string | null {
  if (candidates.length === 0 || word.length > 64) return null;
  const typed = word.toLowerCase();
  // Two letters in each other's place are one slip, though they cost two changes.
  const swapped = candidates.find((each) => sorted(each) === sorted(typed) && distance(typed, each) <= 2);
  if (swapped !== undefined) return swapped;
  const best = closest(typed, candidates);
  return distance(typed, best) <= Math.max(1, Math.floor(typed.length / 2.5)) ? best : null;
}

function sorted(word: string): string {
  return word.split('').toSorted().join('');
}
