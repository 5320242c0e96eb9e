/** What people read, as files to be read: `__snapshots__/`. */
import { expect, it } from 'vitest';
import type { TimelineRow } from '../../../src/incident/event.ts';
import type { Incident, Watch } from '../../../src/incident/incident.ts';
import type { Message } from '../../../src/slack/blocks.ts';
import { announcement, declarerAnswer, originAnswer } from '../../../src/slack/messages/announcement.ts';
import { misunderstoodMessage, refusalMessage } from '../../../src/slack/messages/answers.ts';
import { help } from '../../../src/slack/messages/help.ts';
import { incidentList, incidentStatus, menu } from '../../../src/slack/messages/lists.ts';
import { statusCard } from '../../../src/slack/messages/status-card.ts';
import { tellDoubts, tellJoined, tellReconfigured, tellRelapse } from '../../../src/slack/messages/tell-alarms.ts';
import { tellRow } from '../../../src/slack/messages/tell-row.ts';
import { tellSignals } from '../../../src/slack/messages/tell-signals.ts';
import { asRead } from '../as-read.ts';
import { ana, ben, cleo, incident, incidentId, night, policy, row, watch } from '../incidents.ts';

const minute = 60_000;

const busy: Incident = {
  ...incident,
  status: 'mitigated',
  undoTo: 'identified',
  severity: 'SEV1',
  services: ['checkout', 'search'],
  roles: { commander: ben, communications: ana, scribe: null },
  responders: [
    ...incident.responders,
    { person: cleo, state: 'unreachable', since: night, asked: null, because: 'the account is switched off' },
  ],
  mitigatedAt: night + 72 * minute,
  watches: [
    { ...watch, verdict: 'ok', since: night + 70 * minute, because: '2 errors a minute' },
    { ...watch, alarm: 'arn:b', name: 'search-latency', verdict: 'unknown', because: 'no data for 15 min' },
    { ...watch, alarm: 'arn:c', name: 'old-canary', discounted: 'switched off last week' },
    { ...watch, alarm: 'arn:d', name: 'checkout-queue', verdict: null, because: '' },
  ],
};

const other: Incident = { ...incident, id: incidentId(9), title: 'Search is slow', severity: null, services: [] };

function tell(about: Incident, ...rows: readonly Parameters<typeof row>[]): string {
  return rows
    .map((each) => tellRow({ incident: about, row: row(...each), policy }))
    .map((message) => (message === null ? '(nothing)\n' : asRead(message)))
    .join('\n----\n\n');
}

const at = night + 5 * minute;

function joined(count: number): TimelineRow {
  const alarms = Array.from({ length: count }, (_, index) => ({
    watch: { alarm: `arn:${count}:${index}`, name: `orders-${count}-${index}`, service: 'checkout' },
    since: night - minute,
    because: '34 errors a minute, 5 are usual',
  }));
  return row({ kind: 'alarms joined', alarms }, 'x', { link: 'https://console.example.com/alarm' });
}

const doubtful: readonly Watch[] = [
  { ...watch, verdict: 'unknown', doubt: 'changed', because: 'its configuration was changed at 03:01 UTC' },
  {
    ...watch,
    alarm: 'arn:b',
    name: 'checkout-latency',
    verdict: 'unknown',
    doubt: 'no data',
    because: 'no data since 02:40 UTC',
  },
];

const doubted = row(
  {
    kind: 'alarms changed',
    changes: doubtful.map(({ alarm, because, doubt }) => ({
      alarm,
      from: 'alarm',
      to: 'unknown',
      doubt,
      because,
      at: night,
      timing: null,
    })),
  },
  'x',
);

const relapsed = row(
  { kind: 'relapsed', alarms: [watch.alarm] },
  'checkout-5xx went red again after 6 min green. Waiting for recovery starts over.',
  { actor: { type: 'alarm', name: 'checkout-5xx' } },
);

function reconfigured(name: string, change: 'changed' | 'deleted'): TimelineRow {
  const alarm = `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${name}`;
  const after = change === 'deleted' ? '.' : ': what its state means may have changed.';
  return row({ kind: 'alarm reconfigured', alarm, change }, `The alarm ${name} was ${change}${after}`, {
    actor: { type: 'alarm', name },
  });
}

const attended: readonly TimelineRow[] = [
  row(
    {
      kind: 'declared',
      title: 'Payments fail for everyone',
      severity: 'SEV2',
      services: ['checkout'],
      test: false,
      origin: null,
      watches: [],
      stabilisationMillis: null,
      follows: null,
    },
    'Declared.',
    { id: 1, occurredAt: night },
  ),
  row({ kind: 'responder active', person: ben }, '<@U0BEN> is on it.', { id: 2, occurredAt: night + minute }),
  row({ kind: 'responder active', person: cleo }, '<@U0CLEO> is on it.', { id: 3, occurredAt: night + 2 * minute }),
  row({ kind: 'responder stood down', person: cleo }, '<@U0CLEO> stands by.', {
    id: 4,
    occurredAt: night + 4 * minute,
  }),
];

const sheets: { readonly [name: string]: string } = {
  'status-card-at-the-start': asRead(statusCard({ incident, policy, at })),
  'status-card-later': asRead(statusCard({ incident: busy, policy, at })),
  'status-for-who-wants-to-know': asRead(incidentStatus({ incident, policy, at }, attended)),
  'outside-the-room': sheet(
    announcement({ incident }),
    announcement({ incident: busy }),
    originAnswer(incident),
    declarerAnswer(incident),
  ),
  'menu-in-the-room': asRead(menu({ openIncidents: [incident, other], room: incident })),
  'menu-elsewhere': asRead(menu({ openIncidents: [incident, other], room: null })),
  list: sheet(incidentList([incident, other]), incidentList([])),
  help: sheet(help(), help('page')),
  'not-done': sheet(
    refusalMessage({
      type: 'confirm',
      text: 'Mark INC-12 as mitigated (users are no longer affected)? Reason: rolled back',
      offers: [
        {
          label: 'Yes, Mitigated',
          incident: incident.id,
          command: { name: 'mitigate', reason: 'rolled back', confirmed: true },
        },
      ],
    }),
    misunderstoodMessage('"statsu" is no command of mine. The nearest is `status`: `/incident status [INC-12]`'),
  ),
  'told-to-the-room': tell(
    incident,
    [{ kind: 'room opened', channel: 'C0ROOM', name: 'inc-12' }, 'The room was opened.'],
    [{ kind: 'noted', noteKind: 'hypothesis', said: false }, 'the new connection pool is too small'],
    [{ kind: 'severity changed', from: 'SEV2', to: 'SEV1' }, 'Severity SEV1 (was SEV2): all payments fail'],
    [{ kind: 'role given', role: 'commander', person: ben, provisional: false }, '<@U0BEN> leads as commander.'],
    [
      { kind: 'responder unreachable', person: cleo, because: 'the account is switched off' },
      '<@U0CLEO> could not be invited.',
    ],
    [
      { kind: 'services changed', services: ['checkout'], watches: [], stabilisationMillis: 1 },
      'Service: checkout (was service not known yet).',
    ],
    [
      { kind: 'blinded', place: 'eu-west-1 (production)' },
      'Blind in eu-west-1 (production) since 03:02 UTC: AWS does not answer. Its alarms are unknown until CloudWatch can be read there again.',
      { actor: { type: 'system' } },
    ],
    [{ kind: 'identified' }, 'Identified: the certificate expired'],
    [
      { kind: 'write failed', method: 'pins.add' },
      'I could not pin the status card: the channel has as many pins as it can hold: remove one.',
    ],
  ),
  'told-at-the-end': [
    tell(
      {
        ...busy,
        recoveredAt: night + 80 * minute,
        watches: busy.watches.map((each) => ({ ...each, verdict: 'ok' as const })),
      },
      [{ kind: 'mitigated' }, 'Mitigated: rolled back the deploy'],
      [{ kind: 'recovery proved' }, 'Recovery proved: checkout-5xx green for 11 min.'],
    ),
    tell(
      { ...busy, status: 'closed' },
      [{ kind: 'closed' }, 'Closed.'],
      [
        { kind: 'cancelled', byItself: true },
        'Cancelled: the alarm cleared by itself before anyone acted.',
        { actor: { type: 'system' } },
      ],
    ),
  ].join('\n----\n\n'),
  'lines-about-alarms': sheet(
    tellJoined(incident, [joined(1)]),
    tellJoined(incident, [joined(1), joined(499)]),
    tellDoubts({ ...incident, watches: doubtful.slice(0, 1) }, [doubted]),
    tellDoubts({ ...incident, watches: doubtful }, [doubted]),
    tellRelapse(busy, [relapsed]),
    tellRelapse(busy, [relapsed, relapsed, relapsed]),
    tellReconfigured([reconfigured('checkout-5xx', 'deleted')]),
    tellReconfigured([
      reconfigured('checkout-5xx', 'deleted'),
      ...Array.from({ length: 30 }, (_, index) => reconfigured(`checkout-queue-${index}`, 'changed')),
    ]),
  ),
  signals: sheet(
    tellSignals({
      incident,
      rows: [
        row({ kind: 'signalled', signalKind: 'change', adopted: true }, 'checkout 4.3 deployed to production', {
          actor: { type: 'webhook', name: 'deploys' },
          link: 'https://ci.example.com/4711',
          occurredAt: night - 9 * minute,
        }),
        row({ kind: 'signalled', signalKind: 'page', adopted: true }, 'on-call paged', {
          actor: { type: 'webhook', name: 'pager' },
          occurredAt: night - 3 * minute,
        }),
      ],
    }),
  ),
};

function sheet(...messages: readonly Message[]): string {
  return messages.map(asRead).join('\n----\n\n');
}

it.each(Object.entries(sheets))('%s reads as the file says', async (name, text) => {
  await expect(text).toMatchFileSnapshot(`__snapshots__/${name}.txt`);
});
