import { once } from 'node:events';
import { describe, it } from 'vitest';
import type { TestContext } from 'vitest';
import { WebSocket } from 'ws';
import { startSlack } from '../../src/sandbox/slack/slack.ts';
import type { SlackOptions, SlackStandIn } from '../../src/sandbox/slack/slack.ts';
import { clientOf } from './slack-client.ts';

type Heard = {
  readonly type: string;
  readonly envelope_id: string;
  readonly retry_attempt?: number;
  readonly payload: { event_id: string };
};

async function launch({ onTestFinished }: TestContext, options: SlackOptions = {}): Promise<SlackStandIn> {
  const slack = await startSlack(options);
  onTestFinished(() => slack.close());
  return slack;
}

/** A socket as an app opens it; `heard` is told every envelope. */
async function connect(slack: SlackStandIn, heard: (envelope: Heard, ack: () => void) => void): Promise<WebSocket> {
  const { url = '' } = await clientOf(slack, { token: slack.appToken }).apps.connections.open({});
  const socket = new WebSocket(url);
  socket.on('message', (data) => {
    const envelope: Heard = JSON.parse(Buffer.isBuffer(data) ? data.toString() : 'null');
    if (envelope.envelope_id === undefined) return;
    heard(envelope, () => {
      socket.send(JSON.stringify({ envelope_id: envelope.envelope_id, payload: {} }));
    });
  });
  await once(socket, 'message');
  return socket;
}

const list = { user: 'ana', channel: 'general', command: '/incident', text: 'list' };

describe.concurrent('Socket Mode', () => {
  it('gives each envelope to one of the open sockets', async (context) => {
    const { expect } = context;
    const slack = await launch(context);
    const heard = [0, 0];
    for (const index of [0, 1]) {
      await connect(slack, (_envelope, ack) => {
        heard[index] = (heard[index] ?? 0) + 1;
        ack();
      });
    }
    for (let time = 0; time < 4; time += 1)
      expect(await slack.command(list)).toMatchObject({ acked: true, body: null });
    expect(heard).toEqual([2, 2]);
  });

  it('takes no ticket twice, and no more than ten sockets', async (context) => {
    const { expect } = context;
    const slack = await launch(context);
    const { url = '' } = await clientOf(slack, { token: slack.appToken }).apps.connections.open({});
    await once(new WebSocket(url), 'message');
    const [error] = await once(new WebSocket(url), 'error');
    expect(String(error)).toContain('408');
    for (let count = 1; count < 10; count += 1) await connect(slack, () => undefined);
    const eleventh = await connect(slack, () => undefined);
    await once(eleventh, 'close');
    expect(slack.socketCount()).toBe(10);
  });

  it('keeps the line open after the closing handshake when told to, as Slack does', async (context) => {
    const { expect } = context;
    const closesWithin = async (slack: SlackStandIn): Promise<boolean> => {
      const socket = await connect(slack, () => undefined);
      socket.close(1000);
      const closed = once(socket, 'close').then(() => true);
      return Promise.race([closed, new Promise<boolean>((resolve) => setTimeout(resolve, 500, false))]);
    };
    expect(await closesWithin(await launch(context))).toBe(true);
    expect(await closesWithin(await launch(context, { lingerOnClose: true }))).toBe(false);
  });

  it('delivers an event again, with the same id, when it was not acknowledged', async (context) => {
    const { expect } = context;
    const slack = await launch(context);
    const tries: { readonly id: string; readonly retry: number | undefined }[] = [];
    await connect(slack, (envelope, ack) => {
      tries.push({ id: envelope.payload.event_id, retry: envelope.retry_attempt });
      if (envelope.retry_attempt === 1) ack();
    });
    const { ack } = await slack.say({ user: 'ana', channel: '@incident-bot', text: 'are you there?' });
    expect(ack).toMatchObject({ acked: false, why: 'timeout' });
    await expect.poll(() => tries.length).toBe(2);
    const id = tries[0]?.id;
    expect(tries).toEqual([
      { id, retry: 0 },
      { id, retry: 1 },
    ]);
  });
});
