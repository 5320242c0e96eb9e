/**
 * Wording that looks for somebody at fault instead of how things came about. It is for drafts alone, never for what people
 * write while an incident runs, and it only hints: people's words are quotes and stay as they are.
 */

export type Hint = {
  /** The words found, as they stand in the text. */
  readonly phrase: string;
  /** What to ask or write instead. */
  readonly advice: string;
};

/**
 * People and teams as subjects. "The job failed to start" says what a system did and is fine; "the team failed to notice"
 * judges people by how it ended.
 */
const people =
  '(?:i|we|you|he|she|they|who|nobody|no one|somebody|someone|everyone|everybody|people|staff|teams?|squads?|crew|' +
  'commander|scribe|responders?(?: \\d+)?|on-?call(?:er)?|engineers?|operators?|developers?|devs?|administrators?|admins?|' +
  'sres?|dbas?|managers?|management|colleagues?|vendors?|contractors?)';
/** What may stand between subject and verb: "the team on call had simply failed to …". */
const between = '(?:\\s+(?:had|has|have|just|also|then|again|all|both|\\w+ly|on (?:call|duty)))*\\s+';

function byPeople(verbs: string): RegExp {
  return new RegExp(`\\b${people}${between}(?:${verbs})\\b`, 'giu');
}

const checks: readonly { readonly pattern: RegExp; readonly advice: string }[] = [
  {
    pattern: byPeople("failed to|fails to|neglected|forgot|forgotten|(?:didn't|didn’t|did not) bother"),
    advice: 'it judges people by how it ended. What was done, and what made that likely?',
  },
  {
    pattern: byPeople('broke|caused|crashed|took down|messed up|screwed up'),
    advice: 'it puts a person in the place of a mechanism. What did the action look like from where they stood?',
  },
  {
    pattern: /\bwhy (?:did|didn['’]?t|do|don['’]?t|would|wouldn['’]?t|were|was) (?:you|they|he|she|we)\b/giu,
    advice: 'it asks for a defence. What did they see, and how did it look at that moment?',
  },
  {
    pattern: /\b(?:(?:should|could)(?:n['’]t| not)?(?: have|['’]ve)|if only)\b/giu,
    advice: 'it describes what did not happen. What was done, and what was known then? The idea may be an action item.',
  },
  {
    pattern: /\b(?:human error|operator error|user error|mistakes?|mistakenly|typos?)\b/giu,
    advice: 'it ends the inquiry. Which interface, default or check let it through?',
  },
  {
    pattern:
      /\b(?:careless(?:ly|ness)?|slopp(?:y|ily|iness)|negligen(?:t|tly|ce)|inexperienced?|incompeten(?:t|ce)|lazy)\b/giu,
    advice: 'it judges. Can it go, or what does the record show instead?',
  },
  {
    pattern: /\b(?:obviously|clearly|simply|just had to)\b/giu,
    advice: 'it is hindsight. When did this become visible, and to whom?',
  },
  {
    pattern: /\b(?:insufficient|inadequate|lack of [\w-]+)\b/giu,
    advice: 'it names what was not there. What was there, and what did it show? The rest may be an action item.',
  },
  {
    pattern: /\broot causes?\b/giu,
    advice: 'it tells one story. Which contributing factors came together?',
  },
];

/** Hints in the order of the text; none for a text that describes what happened. */
export function checkBlameless(text: string): readonly Hint[] {
  return checks
    .flatMap(({ pattern, advice }) => [...text.matchAll(pattern)].map((match) => ({ at: match.index, match, advice })))
    .toSorted((a, b) => a.at - b.at)
    .map(({ match, advice }) => ({ phrase: match[0].trim(), advice }));
}
