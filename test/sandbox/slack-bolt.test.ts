import { createServer } from 'node:net';
import { App, HTTPReceiver, SocketModeReceiver } from '@slack/bolt';
import type { Receiver, types } from '@slack/bolt';
import { describe, it } from 'vitest';
import type { TestContext } from 'vitest';
import { startSlack } from '../../src/sandbox/slack/slack.ts';
import type { SlackStandIn } from '../../src/sandbox/slack/slack.ts';
import { silence } from './slack-client.ts';

type Running = { readonly slack: SlackStandIn; readonly app: App };
type Listen = (app: App) => void;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function clientOptions(slack: SlackStandIn) {
  return { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, timeout: 5000 };
}

async function launch(slack: SlackStandIn, receiver: Receiver, listen: Listen): Promise<Running> {
  const app = new App({
    token: slack.botToken,
    receiver,
    clientOptions: clientOptions(slack),
    deferInitialization: true,
    logger: silence,
  });
  await app.init();
  listen(app);
  await app.start();
  return { slack, app };
}

async function overSocket({ onTestFinished }: TestContext, listen: Listen): Promise<Running> {
  const slack = await startSlack();
  const receiver = new SocketModeReceiver({
    appToken: slack.appToken,
    installerOptions: { clientOptions: clientOptions(slack) },
    // How long it waits for a pong, and before it connects again.
    clientPingTimeout: 1000,
    logger: silence,
  });
  onTestFinished(async () => {
    await receiver.client.disconnect();
    await slack.close();
  });
  return launch(slack, receiver, listen);
}

async function overHttp({ onTestFinished }: TestContext, listen: Listen): Promise<Running> {
  const port = await freePort();
  const slack = await startSlack({ delivery: { type: 'http', url: `http://127.0.0.1:${port}/slack/events` } });
  const receiver = new HTTPReceiver({ signingSecret: slack.signingSecret, port, logger: silence });
  onTestFinished(async () => {
    await receiver.stop();
    await slack.close();
  });
  return launch(slack, receiver, listen);
}

const form: types.ModalView = {
  type: 'modal',
  callback_id: 'declare',
  title: { type: 'plain_text', text: 'Declare' },
  submit: { type: 'plain_text', text: 'Go' },
  notify_on_close: true,
  blocks: [
    {
      type: 'input',
      block_id: 'title',
      label: { type: 'plain_text', text: 'Title' },
      element: { type: 'plain_text_input', action_id: 'text' },
    },
    {
      type: 'input',
      block_id: 'severity',
      label: { type: 'plain_text', text: 'Severity' },
      element: {
        type: 'static_select',
        action_id: 'choice',
        initial_option: { text: { type: 'plain_text', text: 'SEV3' }, value: 'SEV3' },
        options: ['SEV1', 'SEV3'].map((value) => ({ text: { type: 'plain_text', text: value }, value })),
      },
    },
  ],
};

const card: types.KnownBlock[] = [
  {
    type: 'actions',
    block_id: 'buttons',
    elements: [{ type: 'button', action_id: 'lead', value: 'INC-1', text: { type: 'plain_text', text: 'Lead' } }],
  },
];

/** A small app that uses each way in. */
function listenTo(app: App, heard: string[]): void {
  app.command('/incident', async ({ command, ack, client, respond }) => {
    heard.push(`command ${command.text}`);
    if (command.text === 'silent') return;
    if (command.text === 'form') {
      await ack();
      await client.views.open({ trigger_id: command.trigger_id, view: form });
      return;
    }
    if (command.text === 'later') {
      await ack();
      await respond({ text: 'later', response_type: 'ephemeral' });
      return;
    }
    await ack(`heard ${command.text}`);
  });
  app.action('lead', async ({ body, ack, respond, action }) => {
    await ack();
    heard.push(`lead ${'value' in action ? action.value : ''} by ${body.user.id}`);
    await respond({ replace_original: true, text: 'led' });
  });
  app.view('declare', async ({ view, ack }) => {
    const title = view.state.values['title']?.['text']?.value ?? '';
    const severity = view.state.values['severity']?.['choice']?.selected_option?.value ?? '';
    heard.push(`submitted ${title} ${severity}`);
    if (title === 'bad') await ack({ response_action: 'errors', errors: { title: 'Say what users feel' } });
    else if (title === 'more')
      await ack({ response_action: 'push', view: { ...form, callback_id: 'second', notify_on_close: false } });
    else await ack();
  });
  app.view({ callback_id: 'declare', type: 'view_closed' }, async ({ ack }) => {
    await ack();
    heard.push('closed');
  });
  app.shortcut('declare_here', async ({ shortcut, ack }) => {
    await ack();
    heard.push(`shortcut ${shortcut.type}`);
  });
  app.message(async ({ message }) => {
    heard.push(`message ${'text' in message ? message.text : ''}`);
  });
  app.event('member_joined_channel', async ({ event }) => {
    heard.push(`joined ${event.user}`);
  });
  app.event('app_home_opened', async ({ event }) => {
    heard.push(`home ${event.user}`);
  });
}

describe.concurrent.each([
  ['over a socket', overSocket],
  ['over HTTP', overHttp],
])('a real Bolt app %s', (_name, start) => {
  it('hears a command and answers in the acknowledgement, and later by response_url', async (context) => {
    const { expect } = context;
    const heard: string[] = [];
    const { slack } = await start(context, (app) => {
      listenTo(app, heard);
    });
    const ack = await slack.command({
      user: 'ana',
      channel: 'general',
      command: '/incident',
      text: 'page @ben in #team-payments, <now> & see https://x.example/?a=1&b=2',
    });
    const expected =
      'page <@U0BEN000002|ben> in <#C0PAYMENTS1|team-payments>, &lt;now&gt; &amp; see <https://x.example/?a=1&amp;b=2>';
    expect(ack).toMatchObject({ acked: true, why: null });
    expect(ack.ms).toBeLessThan(1000);
    expect(heard).toEqual([`command ${expected}`]);
    expect(slack.ephemerals('ana', 'general')).toMatchObject([{ text: `heard ${expected}`, from: 'app' }]);
    await slack.command({ user: 'ana', channel: 'general', command: '/incident', text: 'later' });
    await expect.poll(() => slack.ephemerals('ana').at(-1)?.text).toBe('later');
    expect(slack.calls.filter((call) => call.method === 'response_url')).toMatchObject([
      { outcome: 'ok', applied: true },
    ]);
  });

  it('opens a modal, has it filled in and answered', async (context) => {
    const { expect } = context;
    const heard: string[] = [];
    const { slack } = await start(context, (app) => {
      listenTo(app, heard);
    });
    await slack.command({ user: 'ana', channel: 'general', command: '/incident', text: 'form' });
    await expect.poll(() => slack.views('ana').length).toBe(1);
    expect(await slack.submitView({ user: 'ana' })).toMatchObject({
      ack: null,
      outcome: 'incomplete',
      errors: { title: expect.any(String) },
    });
    const values = (title: string) => ({ title: { text: { value: title } } });
    expect(await slack.submitView({ user: 'ana', values: values('bad') })).toMatchObject({
      outcome: 'errors',
      errors: { title: 'Say what users feel' },
    });
    expect(await slack.submitView({ user: 'ana', values: values('more') })).toMatchObject({ outcome: 'pushed' });
    expect(slack.views('ana').map((view) => view.callbackId)).toEqual(['declare', 'second']);
    await slack.closeView({ user: 'ana' });
    const severity = { severity: { choice: { selected_option: 'SEV1' } } };
    const sent = await slack.submitView({ user: 'ana', values: { ...values('checkout'), ...severity } });
    expect(sent).toMatchObject({ outcome: 'closed', ack: { acked: true } });
    expect(slack.views('ana')).toEqual([]);
    const submissions = heard.filter((line) => line.startsWith('submitted'));
    expect(submissions).toEqual(['submitted bad SEV3', 'submitted more SEV3', 'submitted checkout SEV1']);
  });

  it('hears a click and edits the message by response_url', async (context) => {
    const { expect } = context;
    const heard: string[] = [];
    const { slack, app } = await start(context, (one) => {
      listenTo(one, heard);
    });
    await app.client.conversations.join({ channel: 'C0INCIDENTS' });
    const { ts = '' } = await app.client.chat.postMessage({ channel: 'C0INCIDENTS', text: 'card', blocks: card });
    const ack = await slack.click({ user: 'ben', channel: 'incidents', messageTs: ts, action: 'Lead' });
    expect(ack.acked).toBe(true);
    await expect.poll(() => slack.messages('incidents').find((one) => one.ts === ts)?.text).toBe('led');
    expect(heard).toContain('lead INC-1 by U0BEN000002');
  });

  it('hears shortcuts, messages, joins, closed modals and the Home tab', async (context) => {
    const { expect } = context;
    const heard: string[] = [];
    const { slack, app } = await start(context, (one) => {
      listenTo(one, heard);
    });
    await slack.say({ user: 'ana', channel: 'incidents', text: 'nobody listens' });
    await app.client.conversations.join({ channel: 'C0INCIDENTS' });
    const { message, ack } = await slack.say({ user: 'ana', channel: 'incidents', text: 'hello @ben' });
    expect(ack?.acked).toBe(true);
    await slack.globalShortcut({ user: 'ana', callbackId: 'declare_here' });
    await slack.messageShortcut({
      user: 'ana',
      channel: 'incidents',
      messageTs: message.ts,
      callbackId: 'declare_here',
    });
    await slack.join({ user: 'noor', channel: 'incidents' });
    await slack.openHome({ user: 'ana' });
    await slack.command({ user: 'ana', channel: 'general', command: '/incident', text: 'form' });
    await expect.poll(() => slack.views('ana').length).toBe(1);
    expect((await slack.closeView({ user: 'ana' }))?.acked).toBe(true);
    await expect.poll(() => heard.includes('closed')).toBe(true);
    expect(heard).toEqual(
      expect.arrayContaining([
        'message hello <@U0BEN000002>',
        'shortcut shortcut',
        'shortcut message_action',
        'joined U0NOOR00014',
        'home U0ANA000001',
      ]),
    );
    expect(heard).not.toContain('message nobody listens');
  });

  it('tells the person when the app does not answer within three seconds', async (context) => {
    const { expect } = context;
    const heard: string[] = [];
    const { slack } = await start(context, (app) => {
      listenTo(app, heard);
    });
    const ack = await slack.command({ user: 'ana', channel: 'general', command: '/incident', text: 'silent' });
    expect(ack.acked).toBe(false);
    expect(ack.ms).toBeGreaterThan(2900);
    const failed = slack.ephemerals('ana', 'general').at(-1);
    expect(failed).toMatchObject({ from: 'slack', text: expect.stringMatching(/^\/incident failed/) });
  });

  it('delivers a command twice when told to', async (context) => {
    const { expect } = context;
    const heard: string[] = [];
    const { slack } = await start(context, (app) => {
      listenTo(app, heard);
    });
    const fault = slack.inject({ method: 'slash_commands', fault: { type: 'twice' } });
    await slack.command({ user: 'ana', channel: 'general', command: '/incident', text: 'list' });
    expect(heard).toEqual(['command list', 'command list']);
    expect(fault.hits).toBe(1);
  });
});

describe.concurrent('sockets', () => {
  it('says at once that nobody is connected', async (context) => {
    const { expect } = context;
    const slack = await startSlack();
    const ack = await slack.command({ user: 'ana', channel: 'general', command: '/incident', text: 'list' });
    expect(ack).toMatchObject({ acked: false, why: 'not connected' });
    expect(slack.ephemerals('ana')).toMatchObject([{ text: '/incident failed with the error "dispatch_failed"' }]);
    await slack.close();
  });

  it.for(['break', 'close', 'disconnect message'] as const)(
    'is found again by the app after a %s',
    async (kind, context) => {
      const { expect } = context;
      const { slack } = await overSocket(context, (app) => {
        listenTo(app, []);
      });
      expect(slack.socketCount()).toBe(1);
      slack.dropSockets(kind);
      await expect.poll(() => slack.socketCount(), { timeout: 5000 }).toBe(0);
      await expect.poll(() => slack.socketCount(), { timeout: 5000 }).toBe(1);
      const ack = await slack.command({ user: 'ana', channel: 'general', command: '/incident', text: 'list' });
      expect(ack.acked).toBe(true);
    },
  );
});

describe.concurrent('what an acknowledged command may still do', () => {
  it('answers five times by response_url and not a sixth', async (context) => {
    const { expect } = context;
    let url = '';
    const { slack } = await overSocket(context, (app) => {
      app.command('/incident', async ({ ack, command }) => {
        await ack();
        url = command.response_url;
      });
    });
    await slack.command({ user: 'ana', channel: 'general', command: '/incident' });
    const statuses: number[] = [];
    for (let time = 0; time < 6; time += 1) {
      const response = await fetch(url, { method: 'POST', body: JSON.stringify({ text: `answer ${time}` }) });
      statuses.push(response.status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 404]);
    expect(slack.ephemerals('ana')).toHaveLength(5);
  });

  it('opens a modal once, and not after three seconds', async (context) => {
    const { expect } = context;
    const errors: string[] = [];
    const { slack } = await overSocket(context, (app) => {
      app.command('/incident', async ({ ack, command, client }) => {
        await ack();
        const open = async (): Promise<void> => {
          try {
            await client.views.open({ trigger_id: command.trigger_id, view: form });
            errors.push('opened');
          } catch (error) {
            errors.push(error instanceof Error && 'data' in error ? String(Object(error.data).error) : String(error));
          }
        };
        if (command.text === 'late') await new Promise((resolve) => setTimeout(resolve, 3050));
        await open();
        if (command.text !== 'late') await open();
      });
    });
    await slack.command({ user: 'ana', channel: 'general', command: '/incident', text: 'now' });
    await slack.command({ user: 'ben', channel: 'general', command: '/incident', text: 'late' });
    await expect.poll(() => errors.length, { timeout: 5000 }).toBe(3);
    expect(errors).toEqual(['opened', 'exchanged_trigger_id', 'expired_trigger_id']);
  });
});
