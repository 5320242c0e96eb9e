/** What people read when they are called, let go and called back, as files to be read aloud: `__snapshots__/people-*.txt`. */
import { expect, it } from 'vitest';
import { previewWords } from '../../../src/incident/page-preview.ts';
import type { IncidentEvent, TimelineRow } from '../../../src/incident/event.ts';
import type { Incident, Instant, PersonId, Responder, ResponderState } from '../../../src/incident/incident.ts';
import type { Page } from '../../../src/incident/page.ts';
import type { Message } from '../../../src/slack/blocks.ts';
import { raisedAnnouncement, unansweredAnnouncement } from '../../../src/slack/messages/announcement.ts';
import { confirmation, refusalMessage } from '../../../src/slack/messages/answers.ts';
import { callEnded } from '../../../src/slack/messages/call-ended.ts';
import { failureInWords } from '../../../src/slack/messages/failure.ts';
import { help } from '../../../src/slack/messages/help.ts';
import { statusCard } from '../../../src/slack/messages/status-card.ts';
import { tellStoodDown } from '../../../src/slack/messages/stand-down.ts';
import { tellRelapse } from '../../../src/slack/messages/tell-alarms.ts';
import { tellPeople } from '../../../src/slack/messages/tell-people.ts';
import { tellRow } from '../../../src/slack/messages/tell-row.ts';
import { asRead } from '../as-read.ts';
import { ana, ben, cleo, incident, night, page, payments, person, policy, row } from '../incidents.ts';

const minute = 60_000;
const at = night + 17 * minute;
const chen = person('U0CHEN');
const dana = person('U0DANA');

const zones: ReadonlyMap<PersonId, string> = new Map([
  [ana, 'Europe/Lisbon'],
  [ben, 'America/Los_Angeles'],
  [chen, 'Africa/Nairobi'],
]);
const quiet: ReadonlyMap<PersonId, Instant> = new Map([[dana, night + 4 * 60 * minute]]);

function responder(who: PersonId, state: ResponderState, asked: Responder['asked'] = null): Responder {
  return { person: who, state, since: night, asked, because: null };
}

const fixing = { question: 'fix', service: 'checkout' } as const;
const seeing = { question: 'impact', service: null } as const;

const led: Incident = {
  ...incident,
  roles: { commander: ana, communications: null, scribe: null },
  rolesSince: { commander: night, communications: null, scribe: null },
  unledSince: null,
  responders: [
    responder(ana, 'active'),
    responder(ben, 'paged', fixing),
    responder(chen, 'paged', fixing),
    responder(dana, 'paged', fixing),
    responder(cleo, 'active', seeing),
  ],
  pages: [{ ...page, called: [ben, chen, dana] }],
};

function paging(over: Partial<Page>): Incident {
  return { ...led, pages: [{ ...page, called: [ben, chen, dana], ...over }] };
}

const timer = { type: 'timer' } as const;

type Happened = Parameters<typeof row>;

function paged(over: Partial<Extract<IncidentEvent, { kind: 'people paged' }>>): IncidentEvent {
  return {
    kind: 'people paged',
    page: 'service:checkout',
    level: 0,
    call: 1,
    people: [ben, chen],
    repeatAt: night,
    climbAt: night,
    ...over,
  };
}

function room(about: Incident, ...[event, text, rest]: Happened): string {
  return shown(tellRow({ incident: about, row: row(event, text, rest), policy }));
}

function shown(message: Message | null): string {
  return message === null ? '(nothing)\n' : asRead(message);
}

const leads = row({ kind: 'role given', role: 'commander', person: ana, provisional: false }, 'x', { id: 0 });

function letters(about: Incident, told: TimelineRow, rows: readonly TimelineRow[] = []): string {
  const all = [...(about.roles.commander === ana ? [leads] : []), ...rows, told].toSorted(
    (one, other) => one.id - other.id,
  );
  const sent = tellPeople({ incident: about, row: told, rows: all, policy, at, zones, quiet });
  return sent.length === 0
    ? '(nobody)\n'
    : sent.map(({ to, message }) => `to ${to}:\n\n${asRead(message)}`).join('\n- - -\n\n');
}

/** What the message that called somebody reads once that call is over. */
function over(about: Incident, who: PersonId): string {
  const told = row(paged({ people: [who] }), 'Paged.', { actor: timer });
  const [letter] = tellPeople({ incident: led, row: told, rows: [leads, told], policy, at, zones, quiet });
  const here = about.responders.map((each) =>
    each.person === about.pages[0]?.takenBy ? { ...each, state: 'active' as const } : each,
  );
  const said = letter?.message.text ?? '';
  return shown(callEnded({ incident: { ...about, responders: here }, row: told, person: who, said }));
}

function sheet(parts: readonly (readonly [title: string, text: string])[]): string {
  return parts.map(([title, text]) => `== ${title} ==\n\n${text}`).join('\n');
}

const lead: Partial<Page> = { key: 'lead', question: 'lead', service: null };
const support: Partial<Page> = { key: 'impact:support', question: 'impact', service: null, levels: [[cleo]] };
const typed: Partial<Page> = {
  key: 'call:1',
  service: null,
  reason: 'the queue only grows, and you wrote its consumer',
  levels: [[ben, chen]],
};

const ended = { ended: 'unanswered', called: [ana, ben, chen, dana, cleo] } as const;
const unanswered = row(
  { kind: 'page ended', page: 'service:checkout', because: 'unanswered' },
  'Nobody has answered.',
  { actor: timer, occurredAt: at },
);

const story: readonly TimelineRow[] = [
  row({ kind: 'noted', noteKind: 'impact', said: false }, 'one payment in three fails, everywhere', { id: 2 }),
  row({ kind: 'noted', noteKind: 'hypothesis', said: false }, 'the new connection pool is too small', { id: 3 }),
  row({ kind: 'noted', noteKind: 'action', said: false }, 'rolled back to 4.2', { id: 4 }),
  row({ kind: 'noted', noteKind: 'action', said: false }, 'doubled the pool on one node', {
    id: 5,
    occurredAt: night + 9 * minute,
  }),
];

const left = row({ kind: 'responder stood down', person: chen }, '<@U0CHEN> stands by.', { id: 6 });
const since: readonly TimelineRow[] = [
  left,
  row({ kind: 'mitigated' }, 'Mitigated: rolled back', { id: 7, occurredAt: night + 9 * minute }),
  row({ kind: 'relapsed', alarms: [] }, 'checkout-5xx went red again after 6 min green.', {
    id: 8,
    actor: { type: 'alarm', name: 'checkout-5xx' },
    occurredAt: night + 15 * minute,
  }),
];

const suggested = row(
  {
    kind: 'stand down suggested',
    people: [
      { person: cleo, because: 'support was asked what users see, and we know that now' },
      { person: chen, because: 'search has been green for 25 min and nothing else points there' },
      { person: dana, because: 'users are no longer affected, and every alarm has been green for 12 min' },
    ],
  },
  'Could stand by now.',
  { actor: timer, id: 20 },
);

const crowd: Incident = {
  ...led,
  responders: [
    ...led.responders.map((each) => ({ ...each, state: 'active' as const })),
    ...Array.from({ length: 6 }, (_, index) => responder(person(`U0MORE${index}`), 'active')),
  ],
};

const standby: Incident = {
  ...led,
  responders: [responder(ana, 'active'), responder(chen, 'standby', fixing), responder(cleo, 'standby', seeing)],
};

const recall: Incident = {
  ...standby,
  responders: standby.responders.map((each) => (each.person === ana ? each : { ...each, state: 'paged' })),
  pages: [{ ...page, key: 'recall:1', service: null, reason: 'it is red again', levels: [[chen, cleo]] }],
};
const recalledRow = row(paged({ page: 'recall:1', people: [chen, cleo] }), 'Paged.', { id: 10 });

const sheets: { readonly [name: string]: string } = {
  'people-paged-in-the-room': sheet([
    ['the first level', room(led, paged({}), 'Paged.', { actor: timer })],
    ['again', room(led, paged({ call: 2 }), 'Paged again.', { actor: timer })],
    ['again, one person', room(led, paged({ call: 3, people: [ben] }), 'Paged again.', { actor: timer })],
    ['the second level', room(led, paged({ level: 1, people: [dana] }), 'Paged.', { actor: timer })],
    ['by somebody, with a reason', room(paging(typed), paged({ page: 'call:1' }), 'Paged.')],
    ['by somebody, without', room(paging({ ...typed, reason: '' }), paged({ page: 'call:1' }), 'Paged.')],
    [
      'what users see',
      room(paging(support), paged({ page: 'impact:support', people: [dana] }), 'Paged.', { actor: timer }),
    ],
    [
      'what users see, again',
      room(paging(support), paged({ page: 'impact:support', people: [dana], call: 2 }), 'Paged.', { actor: timer }),
    ],
    ['to lead', room(paging(lead), paged({ page: 'lead', people: [dana] }), 'Paged.', { actor: timer })],
    [
      'to lead, again',
      room(paging(lead), paged({ page: 'lead', people: [dana], call: 2 }), 'Paged.', { actor: timer }),
    ],
    ['to come back', room(recall, paged({ page: 'recall:1', people: [chen, cleo] }), 'Paged.')],
    ['over before it could be said', room(paging({ ended: 'over' }), paged({}), 'Paged.', { actor: timer })],
    [
      'at night',
      room(led, { kind: 'page held', page: page.key, level: 0, people: [chen, dana], repeatAt: at }, 'Night.', {
        actor: timer,
      }),
    ],
    [
      'at night, one person',
      room(led, { kind: 'page held', page: page.key, level: 0, people: [chen], repeatAt: at }, 'Night.', {
        actor: timer,
      }),
    ],
    ['taken', room(led, { kind: 'page answered', page: page.key, person: ben, by: 'button' }, 'x')],
    [
      'taken, for what users see',
      room(paging(support), { kind: 'page answered', page: 'impact:support', person: cleo, by: 'words' }, 'x'),
    ],
    [
      'taken in the pager',
      room(
        led,
        { kind: 'page answered', page: page.key, person: null, by: 'pager' },
        'The page for checkout was taken in the pager by Ben.',
        { actor: { type: 'system' } },
      ),
    ],
    ['passed on, while others are asked', room(led, { kind: 'responder passed on', person: ben }, 'x')],
    [
      'passed on, and nobody else is asked',
      room({ ...led, pages: [] }, { kind: 'responder passed on', person: ben }, 'x'),
    ],
    ['nobody answered', shown(tellRow({ incident: paging(ended), row: unanswered, policy }))],
    [
      'nobody answered, and nobody leads',
      shown(tellRow({ incident: { ...paging(ended), roles: incident.roles }, row: unanswered, policy })),
    ],
    [
      'nobody came to lead',
      room(paging({ ...lead, ...ended }), { kind: 'page ended', page: 'lead', because: 'unanswered' }, 'x', {
        occurredAt: at,
      }),
    ],
    [
      'nobody can be called',
      room(paging({ ended: 'nobody', called: [] }), { kind: 'page ended', page: page.key, because: 'nobody' }, 'x'),
    ],
    [
      'withdrawn',
      room(paging({ ended: 'withdrawn' }), { kind: 'page ended', page: page.key, because: 'withdrawn' }, 'x'),
    ],
    [
      'speaking pauses it',
      room(led, { kind: 'page paused', page: page.key, person: ben, until: at, repeatAt: at, climbAt: at }, 'x'),
    ],
  ]),
  'people-paged-in-private': sheet([
    ['the first level', letters(led, row(paged({ people: [ben] }), 'Paged.', { actor: timer }))],
    [
      'again',
      letters(led, row(paged({ people: [ben], call: 2 }), 'x', { id: 9 }), [row(paged({ people: [ben] }), 'x')]),
    ],
    [
      'the second level, of whom some may be asleep',
      letters(led, row(paged({ level: 1, people: [chen, dana] }), 'x', { actor: timer })),
    ],
    [
      'by somebody, with a reason',
      letters(paging(typed), row(paged({ page: 'call:1', people: [ben] }), 'x'), [
        row({ kind: 'page opened', call: { ...page, ...typed }, repeatAt: night }, 'x', { id: 1 }),
      ]),
    ],
    ['what users see', letters(paging(support), row(paged({ page: 'impact:support', people: [dana] }), 'x'))],
    ['to lead', letters(paging(lead), row(paged({ page: 'lead', people: [dana], level: 1 }), 'x'))],
    ['to come back', letters(recall, recalledRow, since)],
    [
      'who spoke without saying whether they come',
      letters(
        led,
        row(
          { kind: 'page paused', page: page.key, person: ben, until: at + 3 * minute, repeatAt: at, climbAt: at },
          'x',
        ),
      ),
    ],
    ['nobody answered, to the commander', letters(paging(ended), unanswered)],
    [
      'nobody can be called, to the commander',
      letters(
        paging({ ended: 'nobody', called: [] }),
        row({ kind: 'page ended', page: page.key, because: 'nobody' }, 'x'),
      ),
    ],
    ['over: they came', over(paging({ ended: 'answered', takenBy: ben }), ben)],
    ['over: somebody else did', over(paging({ ended: 'answered', takenBy: ben }), dana)],
    ['over: somebody took it in the pager', over(paging({ ended: 'answered', takenBy: null }), dana)],
    ['over: nobody is needed', over(paging({ ended: 'over' }), dana)],
  ]),
  'people-entering': sheet([
    ['early', letters(incident, row({ kind: 'page answered', page: page.key, person: ben, by: 'button' }, 'x'))],
    [
      'with a page',
      letters(
        { ...led, impactKnown: true },
        row({ kind: 'page answered', page: page.key, person: ben, by: 'button' }, 'x', { id: 9 }),
        story,
      ),
    ],
    [
      'to say what users see',
      letters(
        { ...paging(support), watches: [] },
        row({ kind: 'page answered', page: 'impact:support', person: dana, by: 'words' }, 'x', { id: 9 }),
        story,
      ),
    ],
    [
      'by themselves, once it is mitigated',
      letters(
        { ...led, status: 'mitigated', mitigatedAt: night + 9 * minute },
        row({ kind: 'responder active', person: dana }, 'x', { id: 9 }),
        story,
      ),
    ],
    ['who declared it', letters(led, row({ kind: 'responder active', person: ana }, 'x'))],
  ]),
  'people-standing-down': sheet([
    ['suggested, to the commander', letters(crowd, suggested)],
    ['asked', letters(crowd, row({ kind: 'stand down asked', people: [cleo] }, 'x', { id: 21 }), [suggested])],
    [
      'asked, by somebody who typed it',
      letters(crowd, row({ kind: 'stand down asked', people: [ben] }, 'x', { id: 21 }), [suggested]),
    ],
    ['stays, to the commander', letters(crowd, row({ kind: 'responder kept', person: ben }, 'x'))],
    [
      'stays, to who said so',
      shown(
        confirmation({ command: { name: 'keep me' }, incident: led, changed: true, inRoom: false, replaces: true }),
      ),
    ],
    [
      'they were asked, to who asked',
      shown(
        confirmation({
          command: { name: 'ask to stand down', people: [] },
          incident: led,
          changed: true,
          inRoom: false,
          replaces: false,
        }),
      ),
    ],
    [
      'put off, to who did',
      shown(
        confirmation({
          command: { name: 'put off standing down' },
          incident: led,
          changed: true,
          inRoom: false,
          replaces: false,
        }),
      ),
    ],
    ['thanks to an engineer', letters(led, row({ kind: 'responder stood down', person: ben }, 'x'))],
    [
      'thanks to support',
      letters({ ...led, impactKnown: true }, row({ kind: 'responder stood down', person: cleo }, 'x')),
    ],
    ['thanks to who came by themselves', letters(led, row({ kind: 'responder stood down', person: ana }, 'x'))],
    [
      'thanks once it is over',
      letters({ ...led, status: 'resolved' }, row({ kind: 'responder stood down', person: ben }, 'x')),
    ],
    ['in the room', room(led, { kind: 'responder stood down', person: ben }, 'x')],
    [
      'in the room, several',
      shown(tellStoodDown([ben, chen, dana].map((who) => row({ kind: 'responder stood down', person: who }, 'x')))),
    ],
    ['cannot be taken out of the channel', `${failureInWords('conversations.kick', 'restricted_action')}\n`],
    [
      'red again while some stand by',
      shown(
        tellRelapse(standby, [
          row(
            { kind: 'relapsed', alarms: [] },
            'checkout-5xx went red again after 6 min green. Waiting for recovery starts over.',
            { actor: { type: 'alarm', name: 'checkout-5xx' } },
          ),
        ]),
      ),
    ],
    ['reopened while some stand by', room(standby, { kind: 'reopened', byItself: false }, 'Reopened: errors are back')],
    ['called back: the page says it', room(standby, { kind: 'responders recalled', people: [chen] }, 'x')],
  ]),
  'people-leading': sheet([
    ['nobody leads', room(incident, { kind: 'prompted', about: 'lead', person: null }, 'x', { actor: timer })],
    [
      'for now',
      room(
        { ...led, provisional: true },
        { kind: 'role given', role: 'commander', person: ana, provisional: true },
        'x',
      ),
    ],
    [
      'handed over',
      room(
        led,
        { kind: 'role given', role: 'commander', person: ben, provisional: false },
        '<@U0BEN> leads as commander from 03:19 UTC on, taking over from <@U0ANA>.',
      ),
    ],
    [
      'to who was given it',
      letters(
        { ...led, roles: { ...led.roles, commander: dana } },
        row({ kind: 'role given', role: 'commander', person: dana, provisional: false }, 'x', { id: 9 }),
        story,
      ),
    ],
    [
      'for hours',
      letters(
        { ...crowd, rolesSince: { ...led.rolesSince, commander: at - 6 * 60 * minute } },
        row({ kind: 'prompted', about: 'relief', person: ana }, 'x'),
      ),
    ],
    [
      'for hours, alone',
      letters(
        {
          ...led,
          roles: { commander: null, communications: ana, scribe: ana },
          rolesSince: { commander: null, communications: at - 6 * 60 * minute, scribe: at },
          responders: [],
        },
        row({ kind: 'prompted', about: 'relief', person: ana }, 'x'),
      ),
    ],
    [
      'recovery that nobody confirmed',
      room(
        { ...led, status: 'mitigated', recoveredAt: night },
        { kind: 'prompted', about: 'confirmation', person: null },
        'x',
      ),
    ],
    [
      'not a word for a day, to the commander',
      letters(led, row({ kind: 'prompted', about: 'silence', person: ana }, 'x')),
    ],
    [
      'not a word for a day, and nobody leads',
      room(incident, { kind: 'prompted', about: 'silence', person: null }, 'x'),
    ],
    [
      'the status card of who leads for now',
      asRead(statusCard({ incident: { ...led, provisional: true }, policy, at })),
    ],
    [
      'worse',
      room(
        { ...led, severity: 'SEV1' },
        { kind: 'severity changed', from: 'SEV2', to: 'SEV1' },
        'Severity SEV1 (was SEV2): all payments fail',
      ),
    ],
    [
      'less bad',
      room(
        { ...led, severity: 'SEV3' },
        { kind: 'severity changed', from: 'SEV2', to: 'SEV3' },
        'Severity SEV3 (was SEV2): one region only',
      ),
    ],
  ]),
  'people-outside-the-room': sheet([
    ['worse', shown(raisedAnnouncement({ ...led, severity: 'SEV1' }, 'SEV2'))],
    ['it was not known how bad', shown(raisedAnnouncement({ ...led, severity: 'SEV1' }, null))],
    ['nobody answered', shown(unansweredAnnouncement(led, { ...page, ...ended }, at))],
    ['nobody can be called', shown(unansweredAnnouncement(led, { ...page, ended: 'nobody', called: [] }, at))],
  ]),
  'people-before-a-page': sheet([
    ['three, one of whom may sleep', preview([ben, chen, dana])],
    ['one, at night', preview([chen])],
    ['a group that nobody has read', preview([ben], true)],
    ['only that', preview([], true)],
    ['fifty', preview(Array.from({ length: 50 }, (_, index) => person(`U0MANY${index}`)))],
  ]),
  'people-help': ['page', 'join', 'pass', 'role', 'standdown', 'keep', 'recall']
    .map((name) => asRead(help(name)))
    .join('\n'),
};

function preview(people: readonly PersonId[], unread = false): string {
  const text = previewWords({ people, zones, at, night: policy.people.night, missing: unread ? [payments] : [] });
  return asRead(
    refusalMessage({
      type: 'confirm',
      text,
      offers: [
        {
          label: 'Page Them',
          incident: incident.id,
          command: { name: 'page', targets: people, services: [], reason: '', confirmed: true },
        },
      ],
    }),
  );
}

it.each(Object.entries(sheets))('%s reads as the file says', async (name, text) => {
  await expect(text).toMatchFileSnapshot(`__snapshots__/${name}.txt`);
});

it('nobody is told that they are done with', () => {
  for (const text of Object.values(sheets)) {
    expect(text).not.toMatch(/released|no longer needed|done your part/i);
  }
});
