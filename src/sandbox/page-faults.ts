/** What can be made to go wrong with a switch on the page; each holds until it is switched off. */
import { pagerFaults } from './page-pager-faults.ts';
import type { PageWorld } from './page-world.ts';

export type FaultSwitch = {
  readonly name: string;
  readonly group: string;
  readonly label: string;
  readonly on: boolean;
};

export type FaultSwitches = {
  list(): readonly FaultSwitch[];
  /** Switches one on or off; an unknown name does nothing. */
  set(name: string, on: boolean): void;
};

type Fault = {
  readonly name: string;
  readonly group: string;
  readonly label: string;
  /** Begins it, and gives what ends it. */
  readonly start: () => () => void;
};

/** What changes something at Slack: the calls of which a lost answer matters. */
const writes = [
  'chat.postMessage',
  'chat.update',
  'conversations.create',
  'conversations.invite',
  'conversations.setTopic',
  'conversations.kick',
  'conversations.archive',
  'pins.add',
  'bookmarks.add',
  'files.completeUploadExternal',
];

/** The switches, all off. */
export function createFaultSwitches({ slack, aws, pager }: Pick<PageWorld, 'slack' | 'aws' | 'pager'>): FaultSwitches {
  type SlackFault = Parameters<typeof slack.inject>[0]['fault'];
  const slackFault =
    (fault: SlackFault, methods: readonly string[] = ['*']) =>
    (): (() => void) => {
      const injected = methods.map((method) => slack.inject({ method, fault, times: Infinity }));
      return () => {
        for (const one of injected) one.remove();
      };
    };
  const awsFault = (fault: Parameters<typeof aws.inject>[0]) => () => aws.inject({ ...fault, times: Infinity });
  const limit: SlackFault = { type: 'rate limited', retryAfterSeconds: 5 };
  const groups: Readonly<Record<string, readonly Omit<Fault, 'group'>[]>> = {
    'Slack’s answers': [
      {
        name: 'slack-limit',
        label: '429 to every message (retry after 5 s)',
        start: slackFault(limit, ['chat.postMessage']),
      },
      { name: 'slack-limit-all', label: '429 to everything (retry after 5 s)', start: slackFault(limit) },
      { name: 'slack-down', label: '503 to everything', start: slackFault({ type: 'status', status: 503 }) },
      { name: 'slack-slow', label: 'Two seconds late', start: slackFault({ type: 'late', ms: 2000 }) },
      { name: 'slack-never', label: 'Never', start: slackFault({ type: 'never' }) },
      {
        name: 'slack-lost',
        label: 'Done as told, but the answer is lost',
        start: slackFault({ type: 'lost reply' }, writes),
      },
      {
        name: 'slack-invite',
        label: 'Invitations refused (cant_invite)',
        start: slackFault({ type: 'error', error: 'cant_invite' }, ['conversations.invite']),
      },
    ],
    'What the workspace allows': [
      {
        name: 'remove-from-public',
        label: 'The bot may take people out of public channels',
        start() {
          slack.setRules({ removeFromPublic: true });
          return () => slack.setRules({ removeFromPublic: false });
        },
      },
      {
        name: 'free-plan',
        label: 'A free plan: no user groups (plan_upgrade_required)',
        start() {
          slack.setRules({ userGroups: false });
          return () => slack.setRules({ userGroups: true });
        },
      },
    ],
    'On the way to the bot': [
      {
        name: 'socket-down',
        label: 'The socket drops and does not come back',
        start() {
          const end = slackFault({ type: 'error', error: 'internal_error' }, ['apps.connections.open'])();
          slack.dropSockets();
          return end;
        },
      },
      {
        name: 'socket-linger',
        label: 'The socket is closed, and the line lingers',
        start() {
          slack.setLingerOnClose(true);
          slack.dropSockets('close');
          return () => slack.setLingerOnClose(false);
        },
      },
      { name: 'twice', label: 'Commands, clicks and events come twice', start: slackFault({ type: 'twice' }) },
      {
        name: 'disorder',
        label: '… and out of order',
        start() {
          slack.setDisorder(true);
          return () => slack.setDisorder(false);
        },
      },
    ],
    AWS: [
      {
        name: 'aws-throttle',
        label: 'CloudWatch throttles',
        start: awsFault({ service: 'cloudwatch', kind: 'throttle' }),
      },
      {
        name: 'aws-down',
        label: 'CloudWatch answers 503',
        start: awsFault({ service: 'cloudwatch', kind: 'status', status: 503 }),
      },
    ],
    Pager: pagerFaults(pager),
  };
  const faults = Object.entries(groups).flatMap(([group, list]): readonly Fault[] =>
    list.map((fault) => ({ ...fault, group })),
  );
  const active = new Map<string, () => void>();
  return {
    list: () => faults.map(({ name, group, label }) => ({ name, group, label, on: active.has(name) })),
    set(name, on) {
      active.get(name)?.();
      active.delete(name);
      const fault = faults.find((one) => one.name === name);
      if (on && fault !== undefined) active.set(name, fault.start());
    },
  };
}
