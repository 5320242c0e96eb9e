import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { compare } from '../../src/cli/smoke-compare.ts';
import { act, runSmoke } from '../../src/cli/smoke-run.ts';
import { startSlack } from '../../src/sandbox/slack/slack.ts';
import type { SlackStandIn } from '../../src/sandbox/slack/slack.ts';
import { botMethods } from '../harness/bot-methods.ts';

const person = 'U0ANA000001';

async function runAgainst(
  slack: SlackStandIn,
  { withPerson }: { readonly withPerson: boolean },
): Promise<{ readonly tally: Awaited<ReturnType<typeof runSmoke>>; readonly lines: readonly string[] }> {
  const lines: string[] = [];
  const tally = await runSmoke({
    workspace: slack,
    person,
    paceMillis: 0,
    patienceMillis: withPerson ? 5_000 : 200,
    ask: (deed) => void (withPerson && act(slack, deed)),
    write: (line) => lines.push(line),
  });
  return { tally, lines };
}

/** What the app of the manifest may do. */
const { oauth_config } = z
  .object({ oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }) })
  .parse(parse(readFileSync(new URL('../../slack-manifest.yaml', import.meta.url), 'utf8')));

test('finds the stand-in the same as itself, in every method that the bot calls', { timeout: 30_000 }, async () => {
  const slack = await startSlack({ scopes: oauth_config.scopes.bot });
  const { tally, lines } = await runAgainst(slack, { withPerson: true });
  expect(lines.filter((line) => !line.startsWith('same '))).toEqual([]);
  expect(tally).toEqual({ same: lines.length, different: 0, skipped: 0 });
  const errors = ['name_taken', 'invalid_name_required', 'invalid_name_maxlength', 'invalid_name_specials'].concat(
    ['invalid_name_punctuation', 'already_in_channel', 'already_pinned', 'msg_too_long', 'invalid_blocks'],
    ['not_in_channel', 'is_archived', 'exchanged_trigger_id', 'expired_trigger_id', 'invalid_trigger_id', 'no_text'],
  );
  const provoked = lines.join('\n');
  expect(errors.filter((error) => !provoked.includes(`: ${error}`))).toEqual([]);
  const called = new Set(slack.calls.map(({ method }) => method));
  expect(botMethods().filter((method) => !called.has(method))).toEqual([]);
  const channel = slack.channels().find(({ name }) => name.startsWith('muster-smoke-'));
  expect(channel?.isArchived).toBe(true);
  await slack.close();
});

test('says what differs, goes on without a person, and archives the channel', { timeout: 30_000 }, async () => {
  const slack = await startSlack();
  slack.inject({ method: 'pins.add', fault: { type: 'error', error: 'restricted_action' } });
  const { tally, lines } = await runAgainst(slack, { withPerson: false });
  expect(lines).toContain(
    'DIFFERENT  pins.add: the message\n             stand-in: ok\n             Slack:    restricted_action',
  );
  // The second pin is the first one here.
  expect(tally).toMatchObject({ different: 2, skipped: 2 });
  expect(slack.channels().find(({ name }) => name.startsWith('muster-smoke-'))?.isArchived).toBe(true);
  await slack.close();
});

test('archives the channel also when it breaks off', { timeout: 30_000 }, async () => {
  const slack = await startSlack();
  slack.inject({ method: 'pins.add', fault: { type: 'reset before' } });
  await expect(runAgainst(slack, { withPerson: false })).rejects.toThrow('fetch failed');
  expect(slack.channels().find(({ name }) => name.startsWith('muster-smoke-'))?.isArchived).toBe(true);
  await slack.close();
});

test('compares outcomes, and the fields that the stand-in gives', () => {
  const ok = { ok: true, channel: { id: 'C1', members: [{ id: 'U1', tz: 'x' }] } };
  expect(compare({ ...ok, more: 1 }, ok)).toEqual({ is: 'same' });
  expect(compare({ ok: true, channel: { id: 'C1', members: [{ id: 'U1' }] } }, ok)).toMatchObject({
    is: 'different',
    standIn: 'ok, with channel.members[].tz',
  });
  expect(compare({ ok: false, error: 'a' }, { ok: false, error: 'b' })).toEqual({
    is: 'different',
    standIn: 'b',
    slack: 'a',
  });
});

test('refuses without credentials, and without a person', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const run = (env: Readonly<Record<string, string>>) =>
    spawnSync(process.execPath, ['src/cli/smoke.ts'], { cwd: root, encoding: 'utf8', env });
  const without = run({});
  expect(without.status).toBe(1);
  expect(without.stderr).toContain('SLACK_BOT_TOKEN is missing');
  const alone = run({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' });
  expect(alone.status).toBe(1);
  expect(alone.stderr).toContain('--person');
});
