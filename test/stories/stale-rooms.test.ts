import { describe, expect, it } from 'vitest';
import { draftsOf, kindsOf, linesOf } from '../harness/alarms.ts';
import { buttonsUnder, idle, pressDirect, readBy, reads, roomful, sayInRoom } from '../harness/leaving.ts';
import { inStory, people, type Story } from '../harness/story.ts';
import { eventually } from '../harness/waiting.ts';

const archiving = roomful.replace('workspace: {', 'workspace: { archiveAfter: 7d,');

/** Led by ana, with nobody to call. */
async function alone(story: Story, led = true): Promise<void> {
  await story.type('ana', 'declare sev3 search: results are slow');
  await story.roomOf();
  await story.after('5s');
  if (led) await story.inRoom('ana', 'lead');
  await story.inRoom('emil', 'join');
}

const silent = /the room has been quiet for a day\. Is it over\?/;

function askedOf(story: Story): number {
  return readBy(story, 'ana').filter((text) => silent.test(text)).length;
}

async function closed(story: Story): Promise<void> {
  await alone(story);
  await story.inRoom('ana', 'resolve rebuilt');
  await story.inRoom('ana', 'close');
}

describe.concurrent('a room without a word', { timeout: 300_000 }, () => {
  it('for a day is asked about once, in private; words and notes begin the count anew', () =>
    inStory(
      async (story) => {
        await alone(story);
        await idle(story, '20h');
        await sayInRoom(story, 'emil', 'still rebuilding');
        await idle(story, '20h');
        await story.inRoom('emil', 'note observation: three shards left');
        await idle(story, '23h');
        expect(askedOf(story)).toBe(0);
        await idle(story, '2h');
        expect(askedOf(story)).toBe(1);
        const read = await reads(story, 'ana', silent);
        expect(read).toMatch(/^INC-1 \(SEV3\), results are slow: /);
        expect(buttonsUnder(story, 'ana', silent)).toEqual(['Resolved', 'Add a Note']);
        expect((await story.texts()).join('\n')).not.toMatch(silent);
        // A day is the count, not a reminder each hour.
        await idle(story, '22h');
        expect(askedOf(story)).toBe(1);
        await pressDirect(story, 'ana', 'Resolved');
        await eventually(() => story.slack.views(people.ana).length > 0, 'the form is there');
      },
      { catalog: roomful, alarms: [] },
    ));

  it('in which nobody leads is asked itself; one that is resolved is asked to be closed', () =>
    inStory(
      async (story) => {
        await alone(story, false);
        await idle(story, '25h');
        const room = await story.roomOf();
        expect(linesOf(story, room, silent)).toHaveLength(1);
        await story.inRoom('emil', 'lead');
        await story.inRoom('emil', 'resolve rebuilt');
        await idle(story, '26h');
        await reads(story, 'emil', silent);
        expect(buttonsUnder(story, 'emil', silent)).toEqual(['Close', 'Add a Note']);
        expect(linesOf(story, room, silent)).toHaveLength(1);
      },
      { catalog: roomful, alarms: [] },
    ));
});

describe.concurrent('a room that is over', { timeout: 300_000 }, () => {
  it('is archived as long after it was closed as the catalog says, once its draft is there', () =>
    inStory(
      async (story) => {
        const { slack } = story;
        const fault = slack.inject({
          method: 'files.completeUploadExternal',
          fault: { type: 'status', status: 503 },
          times: Infinity,
        });
        await closed(story);
        const room = await story.roomOf();
        await story.after('20m');
        await story.sees(/^I could not /);
        await idle(story, '168h');
        await idle(story, '24h');
        expect(draftsOf(story)).toEqual([]);
        expect(slack.channel(room)?.isArchived).toBe(false);
        fault.remove();
        await story.inRoom('ana', 'export');
        await eventually(() => draftsOf(story).length === 1, 'the draft is there');
        for (let hours = 0; hours < 3; hours++) await idle(story, '1h');
        expect(slack.channel(room)?.isArchived).toBe(true);
        expect((await kindsOf(story)).filter((kind) => kind === 'room archived')).toHaveLength(1);
        await idle(story, '100h');
        expect((await kindsOf(story)).at(-1)).toBe('room archived');
      },
      { catalog: archiving, alarms: [] },
    ));

  it('is not archived unless the catalog says so, nor sooner, nor when it was reopened', () =>
    inStory(
      async (story) => {
        const { slack } = story;
        await closed(story);
        const room = await story.roomOf();
        await eventually(() => draftsOf(story).length === 1, 'the draft is there');
        await idle(story, '100h');
        await story.inRoom('ana', 'reopen it is slow again');
        // Nobody led while it was over.
        await story.after('1m');
        expect(readBy(story, 'ana').join('\n')).not.toContain('You have led');
        await idle(story, '100h');
        expect(slack.channel(room)?.isArchived).toBe(false);
        await story.inRoom('ana', 'resolve rebuilt again');
        await story.inRoom('ana', 'close');
        await idle(story, '160h');
        expect(slack.channel(room)?.isArchived).toBe(false);
        await idle(story, '10h');
        expect(slack.channel(room)?.isArchived).toBe(true);
        // From elsewhere it can be reopened, and what to do then is said.
        await story.type('ana', 'reopen INC-1 not over');
        await story.after('10s');
        const told = [...story.toldTo('ana'), ...readBy(story, 'ana')].join('\n');
        expect(told).toMatch(
          /^INC-1: done\. Its room is archived: somebody has to unarchive it before work goes on there\.$/m,
        );
      },
      { catalog: archiving, alarms: [] },
    ));

  it('stays open where nothing was said of archiving', () =>
    inStory(
      async (story) => {
        await closed(story);
        await idle(story, '400h');
        expect(story.slack.channel(await story.roomOf())?.isArchived).toBe(false);
      },
      { catalog: roomful, alarms: [] },
    ));

  it('that the workspace does not let me archive says so once, and what to do', () =>
    inStory(
      async (story) => {
        const error = 'restricted_action';
        const fault = story.slack.inject({
          method: 'conversations.archive',
          fault: { type: 'error', error },
          times: Infinity,
        });
        await closed(story);
        await idle(story, '169h');
        await story.sees(/^I could not archive .*: .*(?:by hand|admin)/);
        await idle(story, '100h');
        expect(fault.hits).toBe(1);
        expect(linesOf(story, await story.roomOf(), /could not archive/)).toHaveLength(1);
        expect(await kindsOf(story)).not.toContain('room archived');
      },
      { catalog: archiving, alarms: [] },
    ));
});
