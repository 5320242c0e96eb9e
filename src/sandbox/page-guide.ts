/** How far somebody has come in the guide. Which steps there are is for whoever starts the sandbox to say. */
import type { GuideStep, PageWorld } from './page-world.ts';

/** @param since epoch seconds of the sandbox's clock: what was there before does not count. */
export function showGuide(world: PageWorld, since: number): unknown {
  const { guide } = world;
  if (guide === null) return null;
  // Whoever did a later step needs no earlier one.
  const done = guide.steps.findLastIndex((step) => isDone(world, step, since)) + 1;
  return {
    title: guide.title,
    end: guide.end,
    done,
    steps: guide.steps.map((step) => ({
      text: step.text,
      write: step.write ?? null,
      channel: step.where === undefined ? null : newestChannel(world, step.where),
    })),
  };
}

function isDone({ slack }: PageWorld, { done }: GuideStep, since: number): boolean {
  if ('channel' in done)
    return slack.channels().some(({ name, created }) => created >= since && done.channel.test(name));
  return slack
    .channels()
    .flatMap(({ id }) => slack.messages(id))
    .some(
      ({ ts, text, files }) =>
        Number(ts) >= since &&
        ('message' in done ? done.message.test(text) : files.some(({ name }) => done.file.test(name))),
    );
}

function newestChannel({ slack }: PageWorld, name: RegExp): object | null {
  const newest = slack
    .channels()
    .filter((channel) => name.test(channel.name))
    .toSorted((one, other) => one.created - other.created)
    .at(-1);
  return newest === undefined ? null : { id: newest.id, name: newest.name };
}
