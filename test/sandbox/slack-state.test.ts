import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startSlack } from '../../src/sandbox/slack/slack.ts';
import { clientOf } from './slack-client.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slack-state-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('finds everything again after a restart', async () => {
  const stateFile = join(folder, 'deep', 'slack.json');
  const before = await startSlack({ stateFile });
  const client = clientOf(before);
  const { channel } = await client.conversations.create({ name: 'inc-1' });
  const id = channel?.id ?? '';
  const { ts = '' } = await client.chat.postMessage({ channel: id, text: 'kept', blocks: [{ type: 'divider' }] });
  await client.pins.add({ channel: id, timestamp: ts });
  await client.bookmarks.add({ channel_id: id, title: 'Runbook', type: 'link', link: 'https://x.example' });
  await client.filesUploadV2({ channel_id: id, filename: 'a.md', content: 'kept too' });
  await client.conversations.invite({ channel: id, users: 'U0ANA000001' });
  await client.chat.postEphemeral({ channel: id, user: 'U0ANA000001', text: 'psst' });
  await before.close();

  const after = await startSlack({ stateFile });
  expect(after.botToken).toBe(before.botToken);
  expect(after.signingSecret).toBe(before.signingSecret);
  expect(after.channel('inc-1')).toEqual(before.channel('inc-1'));
  expect(after.messages(id).map((message) => [message.ts, message.text, message.isPinned])).toEqual(
    before.messages(id).map((message) => [message.ts, message.text, message.isPinned]),
  );
  expect(after.files()[0]?.content().toString()).toBe('kept too');
  expect(after.bookmarks(id)).toMatchObject([{ title: 'Runbook' }]);
  expect(after.ephemerals('ana')).toMatchObject([{ text: 'psst' }]);
  expect((await clientOf(after).conversations.history({ channel: id })).messages?.length).toBeGreaterThan(2);
  await after.close();
});

it('writes soon after a change, whole or not at all', async () => {
  const stateFile = join(folder, 'slack.json');
  const slack = await startSlack({ stateFile });
  await slack.say({ user: 'ana', channel: 'general', text: 'written' });
  await expect.poll(() => readdirSync(folder)).toEqual(['slack.json']);
  expect(readFileSync(stateFile, 'utf8')).toContain('"written"');
  await slack.close();
});

it('refuses a file of another version', async () => {
  const stateFile = join(folder, 'slack.json');
  writeFileSync(stateFile, '{"format":0}');
  await expect(startSlack({ stateFile })).rejects.toThrow(/was not written by this version/);
});

it('tells listeners once for each answer, until they stop', async () => {
  const slack = await startSlack();
  let told = 0;
  const stop = slack.onChange(() => {
    told += 1;
  });
  await clientOf(slack).conversations.create({ name: 'inc-1' });
  expect(told).toBe(1);
  stop();
  await clientOf(slack).conversations.create({ name: 'inc-2' });
  expect(told).toBe(1);
  await slack.close();
});

it('follows the clock it is given', async () => {
  let now = Date.UTC(2024, 0, 1);
  const slack = await startSlack({ now: () => now });
  const first = await slack.say({ user: 'ana', channel: 'general', text: 'old' });
  now += 86_400_000;
  const second = await slack.say({ user: 'ana', channel: 'general', text: 'new' });
  expect(Number(second.message.ts) - Number(first.message.ts)).toBe(86_400);
  now = Date.UTC(2023, 0, 1);
  await slack.say({ user: 'ana', channel: 'general', text: 'oldest' });
  expect(slack.messages('general').map((message) => message.text)).toEqual(['oldest', 'old', 'new']);
  await slack.close();
});

it('lets nobody act who could not in Slack', async () => {
  const slack = await startSlack();
  await expect(slack.say({ user: 'omar', channel: 'general', text: 'x' })).rejects.toThrow('@omar is deactivated');
  await expect(slack.say({ user: 'ben', channel: 'leadership', text: 'x' })).rejects.toThrow('@ben is not in there');
  await expect(slack.command({ user: 'zoe', channel: 'general', command: '/x' })).rejects.toThrow(/nobody called zoe/);
  await slack.archive({ user: 'ana', channel: 'team-payments' });
  await expect(slack.say({ user: 'ana', channel: 'team-payments', text: 'x' })).rejects.toThrow(/is archived/);
  await slack.close();
});
