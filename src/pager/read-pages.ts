/** What a pager of one's own posts to `/pages`. Its body is documented in docs/pagers.md. */
import { z } from 'zod';
import type { Instant } from '../incident/incident.ts';
import { cutAt, plainLine } from '../outside-text.ts';
import { mostKeyCharacters, mostNameCharacters, type PagerNews, pagerNewsActs } from './pager-news.ts';

function wrong(sentence: string): { readonly error: z.core.$ZodErrorMap } {
  return { error: (issue) => (issue.input === undefined ? 'is missing' : sentence) };
}

const keySentence = `must be the key that the page came with, of at most ${mostKeyCharacters} characters`;
const idSentence = 'must be text of 1 to 200 characters';

const pageShape = z.strictObject(
  {
    key: z.string(wrong(keySentence)).min(1, keySentence).max(mostKeyCharacters, keySentence),
    act: z.enum(pagerNewsActs, wrong(`must be one of ${pagerNewsActs.join(', ')}`)),
    by: z.string(wrong('must be a name')).nullish(),
    at: z.iso
      .datetime({ offset: true, ...wrong('must be a time such as 2026-03-01T12:00:00Z') })
      .transform((written) => Date.parse(written))
      .nullish(),
    id: z.string(wrong(idSentence)).min(1, idSentence).max(200, idSentence).nullish(),
  },
  {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `has more than key, act, by, at and id`
        : 'must be an object with key and act, and by, at and id where they are known',
  },
);

export type PagesReading =
  { readonly ok: true; readonly news: PagerNews } | { readonly ok: false; readonly problems: readonly string[] };

/** @param missing what stands in for a time and an id that the sender does not give. */
export function readPages(body: unknown, missing: { readonly at: Instant; readonly id: string }): PagesReading {
  const parsed = pageShape.safeParse(body);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'The body'} ${message}`);
    return { ok: false, problems: problems.slice(0, 20) };
  }
  const { key, act, by, at, id } = parsed.data;
  const name = cutAt(plainLine(by ?? ''), mostNameCharacters);
  const news = { dedupKey: key, act, by: name === '' ? null : name, person: true, at: at ?? missing.at };
  return { ok: true, news: { ...news, id: id ?? missing.id } };
}
