import { describe, expect, it } from 'vitest';
import { textOf } from '../harness/seen.ts';
import { general, inStory, people, type Story } from '../harness/story.ts';
import { eventually } from '../harness/waiting.ts';

/** Nothing watches this service, so no machine writes into its timeline. */
const declared = 'declare sev2 accounts-db: nobody can log in';

/** What is typed wrongly in the room, and what is answered. */
const wrong: readonly (readonly [typed: string, answered: RegExp])[] = [
  ['declar it', /^"declar" is no command of mine\. The nearest is `declare`: `\/incident declare \[SEV2\]/],
  ['mitgated rolled back', /The nearest is `mitigated`: `\/incident mitigated &lt;what was done&gt;`/],
  ['payments are broken', /^"payments" is no command of mine\.\nIf you mean to declare.*declare payments are broken`/],
  [
    'declare sev9 all is lost',
    /^"sev9" is no severity: they go from SEV1, the worst, to SEV5\.\nIt is typed like this: /,
  ],
  [
    'declare service:chekout all is lost',
    /^The catalog has no service "chekout"\. Did you mean `checkout`\?\nIt is typed/,
  ],
  [`declare ${'long '.repeat(60)}`, /^That title has 299 characters and 150 fit, so nothing was done\./],
  ['test service:nothing', /^The catalog has no service "nothing"\. It knows checkout, search, accounts-db\./],
  ['list everything', /^`list` takes no words\.\nIt is typed like this: `\/incident list`/],
  ['status now', /^`status` takes no words but the key of an incident, not "now"\./],
  ['status INC-99', /^There is no INC-99\. See `\/incident list`\./],
  ['export pdf', /^`export` takes no words but the key of an incident, not "pdf"\./],
  ['close it', /^`close` takes no words but the key of an incident, not "it"\./],
  ['close', /^Only a resolved incident can be closed/],
  ['undo everything', /^`undo` takes no words but the key of an incident, not "everything"\./],
  ['undo', /^There is nothing to undo\./],
  ['reopen', /^INC-1 is open: it is investigating\./],
  [`note ${'long '.repeat(700)}`, /^That note has 3499 characters and 3000 fit, so nothing was done\./],
  ['severity high', /^"high" is no severity/],
  ['severity sev2', /^The severity is SEV2 already\./],
  [
    'severity sev4',
    /^Lowering from SEV2 to SEV4 needs the commander or a reason: `\/incident severity SEV4 &lt;reason&gt;`\./,
  ],
  ['lead bob', /^I can't tell who "bob" is\./],
  ['lead @ben @chen', /^An incident has one commander: name one person\./],
  ['role janitor @ben', /^"janitor" is no role\./],
  ['page somebody', /^I can't tell who "somebody" is\./],
  ['page @emil', /^They are paged or active already\./],
  ['recall', /^Who should come back\?\nIt is typed like this: `\/incident recall /],
  ['recall bob', /^I can't tell who "bob" is\./],
  ['recall @dara', /^<@U0DARA00004>: never a responder here, so there is nobody to call back\./],
  ['standdown bob', /^I can't tell who "bob" is\./],
  ['standdown @dara', /^<@U0DARA00004>: not a responder here, so nobody was stood down\./],
  ['rename', /^What should it be called\?\nIt is typed like this: `\/incident rename &lt;title&gt;`/],
  [`rename ${'long '.repeat(60)}`, /^That title has 299 characters and 150 fit/],
  ['service', /^Which service is affected\? `unknown` is an answer too\./],
  ['service serch', /^The catalog has no service "serch"\. Did you mean `search`\?/],
  ['service accounts-db', /^It is on accounts-db already\./],
  ['identified INC-99 the cache', /^There is no INC-99\./],
  [`mitigated ${'long '.repeat(200)}`, /^That reason has 999 characters and 900 fit/],
  [`resolve ${'long '.repeat(200)}`, /^That reason has 999 characters and 900 fit/],
  [`cancel ${'long '.repeat(200)}`, /^That reason has 999 characters and 900 fit/],
  ['help with the printer', /^I have no help on that\./],
];

const halfTyped = ['mitigated', 'resolve', 'cancel', 'note', 'severity', 'page', 'role', 'declare', 'declare checkout'];

/** Everything that Slack reads mentions and links out of, wherever it is to be seen. It reads none out of plain text. */
function allRead({ slack }: Story): string {
  const messages = slack.channels().flatMap(({ id, topic }) => [topic, ...slack.messages(id)]);
  const own = slack.people().flatMap(({ id }) => slack.ephemerals(id));
  return JSON.stringify([messages, own], (_, value: unknown) => (isPlain(value) ? undefined : value));
}

function isPlain(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'plain_text';
}

/** Dates are written `<!date^…>`; nothing else that begins so is ours. */
function expectNoPing(story: Story): void {
  expect(allRead(story).match(/.{0,80}<!(?!date\^).{0,40}/g)).toBeNull();
}

describe.concurrent('what is typed', () => {
  it('wrongly is answered to that person alone with how it is typed, and changes nothing', () =>
    inStory(async (story) => {
      const { slack } = story;
      await story.type('ana', declared);
      const room = await story.roomOf();
      await story.after('5s');
      const rows = await story.timeline();
      const before = await story.incident();
      slack.clearCalls();
      for (const [typed, answered] of wrong) {
        const count = story.toldTo('ana').length;
        const ack = await story.type('ana', typed, room);
        expect(ack).toMatchObject({ acked: true, body: null });
        await eventually(() => story.toldTo('ana').length > count, `"${typed}" is answered`);
        expect(story.toldTo('ana').slice(count), typed).toEqual([expect.stringMatching(answered)]);
      }
      await story.type('ana', 'note elsewhere', general);
      await story.told('ana', /^This channel belongs to no incident\. Say which one is meant by its key/);
      await story.rest();
      expect(await story.timeline()).toEqual(rows);
      expect(await story.incident()).toEqual(before);
      expect(slack.calls.filter(({ method }) => method !== 'response_url')).toEqual([]);
      const { rows: incidents } = await story.postgres.query('select id from incident');
      expect(incidents).toHaveLength(1);
    }));

  it('half opens a form for the rest', () =>
    inStory(async (story) => {
      const { slack } = story;
      await story.type('ana', declared);
      const room = await story.roomOf();
      await story.after('5s');
      const rows = await story.timeline();
      for (const typed of halfTyped) {
        await story.type('ana', typed, room);
        await eventually(() => slack.views(people.ana).length === 1, `"${typed}" opens a form`);
        await slack.closeView({ user: people.ana });
      }
      await story.rest();
      expect(await story.timeline()).toEqual(rows);
      expect(story.toldTo('ana')).toHaveLength(1);
    }));
});

describe.concurrent('a title', () => {
  it('of any kind gives the room a name that Slack takes, and pings nobody', () =>
    inStory(async (story) => {
      const { slack } = story;
      const titles: readonly (readonly [typed: string, name: string])[] = [
        ['🔥🔥🔥', 'inc-1'],
        ['!!! ... ??? ---', 'inc-2'],
        ['a'.repeat(150), `inc-3-${'a'.repeat(74)}`],
        ['\u202Egnip\u202C the \u200Flog\u200Bin page', 'inc-4-gnip-the-login-page'],
        ['<!channel> it is down', 'inc-5-channel-it-is-down'],
        ['@here @everyone look', 'inc-6-here-everyone-look'],
        ['Überweisung für Zoë geht nicht', 'inc-7-uberweisung-fur-zoe-geht-nicht'],
        ['支払いできません', 'inc-8'],
        ['<https://evil.example.com|click> & <b>bold</b>', 'inc-9-'],
      ];
      for (const [index, [title, name]] of titles.entries()) {
        await story.type('ana', `declare sev3 ${title}`);
        const room = await story.roomOf(index + 1);
        expect(slack.channel(room)?.name, title).toMatch(/^[a-z0-9_-]{1,80}$/);
        expect(slack.channel(room)?.name).toContain(name);
      }
      await story.after('10s');
      expectNoPing(story);
      for (const { topic } of slack.channels()) expect(topic.value.length).toBeLessThanOrEqual(250);
      expect((await story.timeline(4))[0]?.text).not.toMatch(/[\u202A-\u202E\u200B-\u200F]/);
    }));

  it('whose room name is taken gets the next one', () =>
    inStory(async (story) => {
      story.slack.inject({
        method: 'conversations.create',
        fault: { type: 'error', error: 'name_taken' },
        times: 2,
      });
      await story.type('ana', 'declare sev3 all is slow');
      expect(story.slack.channel(await story.roomOf())?.name).toBe('inc-1-all-is-slow-3');
    }));

  it('or words of an alarm that try to ping everyone are shown as they are', () =>
    inStory(async (story) => {
      const { slack, aws } = story;
      const words = '<!channel> <!here> <!subteam^S0PLATFORM1> <@U0BEN000002> <https://evil.example.com|all is well>';
      const [alarm] = aws.alarms.list();
      aws.alarms.put({ name: 'checkout-5xx', description: words });
      aws.alarms.setState(alarm?.arn ?? '', 'ALARM', { reason: words });
      await story.after('4m');
      const room = await story.roomOf();
      await story.after('5s');
      await story.inRoom('ben', `note ${words}`);
      await story.inRoom('ben', `rename ${words.slice(0, 60)}`);
      expectNoPing(story);
      expect(allRead(story)).not.toContain('<https://evil.example.com|');
      const red = slack.pins(room).map(textOf).join('\n');
      expect(red).toContain('&lt;!channel&gt;');
    }));
});
