import { describe, expect, it } from 'vitest';
import { inStory, type Story } from '../harness/story.ts';

const deploy = { service: 'checkout', kind: 'change', text: 'deploy 4.2 finished', source: 'ci' };

async function send(story: Story, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${story.url()}/signals`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${story.signalsToken}`, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function saved({ postgres }: Story): Promise<number> {
  const { rows } = await postgres.query<{ count: number }>('select count(*)::int as count from signal');
  return rows[0]?.count ?? 0;
}

const minutes = (count: number): number => count * 60_000;

describe.concurrent('a signal', () => {
  it.each(['socket', 'http'] as const)('from before a declaration is adopted with its own time, over %s', (mode) =>
    inStory(
      async (story) => {
        const at = (ago: number): string => new Date(story.now() - minutes(ago)).toISOString();
        const twentyAgo = at(20);
        const answer = await send(story, {
          signals: [
            { ...deploy, at: twentyAgo, link: 'https://ci.example.com/4.2' },
            { ...deploy, text: 'deploy 4.1 finished', at: at(90) },
            { ...deploy, service: 'search', text: 'index rebuilt', at: at(5) },
          ],
        });
        expect(answer.status).toBe(200);
        expect(await answer.json()).toEqual({ saved: 3, repeated: 0, incidents: [] });
        await story.type('ana', 'declare sev2 checkout: payments fail');
        await story.roomOf();
        await story.after('5s');
        const rows = (await story.timeline()).filter(({ event }) => event.kind === 'signalled');
        expect(rows).toHaveLength(1);
        expect(rows[0]).toMatchObject({
          kind: 'change',
          text: 'deploy 4.2 finished',
          occurredAt: Date.parse(twentyAgo),
          actor: { type: 'webhook', name: 'ci' },
          link: 'https://ci.example.com/4.2',
        });
        expect(rows[0]?.recordedAt).toBeGreaterThan(Date.parse(twentyAgo));
        await story.sees(/^INC-1: 1 signal from before the declaration, change by ci: deploy 4\.2 finished/);
        for (const text of await story.texts()) expect(text).not.toMatch(/4\.1|index rebuilt/);
      },
      { mode },
    ),
  );

  it('during an incident stands in its timeline and room, once, and pings nobody', () =>
    inStory(async (story) => {
      await story.type('ana', 'declare sev2 checkout: payments fail');
      const room = await story.roomOf();
      await story.after('5s');
      const said = { ...deploy, id: 'build-7', text: '<!channel> <@U0BEN000002> deploy 4.3 finished' };
      expect(await (await send(story, said)).json()).toEqual({ saved: 1, repeated: 0, incidents: ['INC-1'] });
      expect(await (await send(story, said)).json()).toEqual({ saved: 0, repeated: 1, incidents: [] });
      await story.after('5s');
      const rows = (await story.timeline()).filter(({ event }) => event.kind === 'signalled');
      expect(rows.map(({ kind }) => kind)).toEqual(['change']);
      await story.sees(/deploy 4\.3 finished/);
      const messages = story.slack.messages(room).filter(({ text }) => text.includes('deploy 4.3'));
      expect(messages).toHaveLength(1);
      expect(JSON.stringify(messages)).not.toMatch(/<!channel>|<@U0BEN000002>/);
    }));

  it('that is not allowed or not understood is refused in words, and nothing is saved', () =>
    inStory(async (story) => {
      const refused = async (answer: Response): Promise<string> => {
        expect(answer.status).toBeGreaterThanOrEqual(400);
        return `${answer.status} ${JSON.stringify(await answer.json())}`;
      };
      expect(await refused(await send(story, deploy, { authorization: '' }))).toMatch(/^401 .*Bearer/);
      expect(await refused(await send(story, deploy, { authorization: 'Bearer wrong' }))).toMatch(/^401 /);
      const huge = { ...deploy, text: 'x'.repeat(5_000_000) };
      expect(await refused(await send(story, huge))).toMatch(/^413 /);
      expect(await refused(await send(story, { ...deploy, text: 'x'.repeat(3_001) }))).toMatch(
        /^422 .*text must be text of 1 to 3000 characters/,
      );
      expect(await refused(await send(story, '{"service": "checkout",'))).toMatch(/^4\d\d .*JSON/);
      expect(await refused(await send(story, '[]'))).toMatch(/^422 .*must be a signal/);
      expect(await refused(await send(story, { ...deploy, kind: 'gossip' }))).toMatch(
        /^422 .*kind must be one of alarm/,
      );
      expect(await refused(await send(story, { ...deploy, severity: 'SEV1' }))).toMatch(/^422 .*severity is unknown/);
      expect(await refused(await send(story, { ...deploy, at: 'yesterday' }))).toMatch(
        /^422 .*at must be a time such as/,
      );
      const ahead = new Date(story.now() + minutes(60)).toISOString();
      expect(await refused(await send(story, { ...deploy, at: ahead }))).toMatch(/^422 .*at lies in the future/);
      expect(await refused(await send(story, { signals: [deploy, { ...deploy, service: 7 }] }))).toMatch(
        /^422 .*signals\[1\]\.service must be text/,
      );
      const asked = await fetch(`${story.url()}/signals`);
      expect(asked.status).toBe(405);
      expect(await saved(story)).toBe(0);

      const stray = await send(story, { ...deploy, service: 'chekout' });
      expect(stray.status).toBe(202);
      expect(JSON.stringify(await stray.json())).toMatch(/no service named .*chekout.* It knows: checkout, search/);
      expect(await saved(story)).toBe(1);
    }));
});
