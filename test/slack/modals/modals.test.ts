import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PersonId } from '../../../src/incident/incident.ts';
import type { Policy } from '../../../src/incident/policy.ts';
import { forms, mostNote, mostPageReason, mostReason, mostTitle } from '../../../src/slack/form.ts';
import { declareModal, isInLevels, readDeclare, readOrigin, readPrefill } from '../../../src/slack/modals/declare.ts';
import type { IncidentForm } from '../../../src/slack/modals/incident-forms.ts';
import { incidentModal, readIncidentForm } from '../../../src/slack/modals/incident-forms.ts';
import { formAsRead } from '../as-read.ts';
import {
  ana,
  ben,
  cleo,
  hostileIncident,
  hostilePolicy,
  hostileText,
  incident,
  payments,
  person,
  policy,
} from '../incidents.ts';
import { brokenByModal } from '../slack-limits.ts';

const incidentForms = forms.filter((form): form is IncidentForm => form !== 'declare');
const empty = { title: '', severity: null, services: [] };

function text(value: string | null): object {
  return { input: { type: 'plain_text_input', value } };
}

function choice(value: string): object {
  return { input: { type: 'static_select', selected_option: { text: { type: 'plain_text', text: value }, value } } };
}

function choices(...values: readonly string[]): object {
  return { input: { type: 'multi_static_select', selected_options: values.map((value) => ({ value })) } };
}

describe('the form to declare', () => {
  const origin = { channel: 'C0SOME', message: '1700000000.000100' };

  it("keeps Slack's limits", () => {
    fc.assert(
      fc.property(hostilePolicy, hostileText, fc.array(hostileIncident, { maxLength: 9 }), (rules, title, open) => {
        const numbered = open.map((one, index) => ({ ...one, id: incident.id, title: `${index} ${one.title}` }));
        const [first] = numbered;
        const prefill = { title, severity: 'SEV1', services: ['search', 'gone'] } as const;
        expect(
          brokenByModal(declareModal({ policy: rules, prefill, origin, open: first === undefined ? [] : [first] })),
        ).toEqual([]);
      }),
    );
  });

  it('lists no more services than Slack takes, and says how to type the others', () => {
    const [checkout] = policy.services;
    if (checkout === undefined) throw new Error('the catalog is empty');
    const many: Policy = {
      ...policy,
      services: Array.from({ length: 240 }, (_, index) => ({
        ...checkout,
        name: `service-${index}`,
      })),
    };
    const prefill = { ...empty, services: ['service-239'] };
    const view = declareModal({ policy: many, prefill, origin: null, open: [] });
    expect(brokenByModal(view)).toEqual([]);
    expect(formAsRead(view)).toContain("141 more don't fit here. Type them: /incident declare service:NAME …");
    expect(formAsRead(view)).toContain('service-239');
  });

  it('reads as the file says', async () => {
    await expect(
      formAsRead(declareModal({ policy, prefill: empty, origin: null, open: [incident] })),
    ).toMatchFileSnapshot('__snapshots__/declare.txt');
  });

  it('becomes a declaration', () => {
    const values = {
      title: text(' payments\nfail '),
      severity: choice('SEV2'),
      services: choices('unknown', 'checkout'),
      lead: choices('lead'),
    };
    expect(readDeclare(values, JSON.stringify({ origin }))).toEqual({
      type: 'declare',
      command: {
        name: 'declare',
        title: 'payments fail',
        severity: 'SEV2',
        services: ['checkout'],
        test: false,
        origin,
        anyway: false,
        lead: true,
      },
      line: null,
    });
    const about = JSON.stringify({ origin, line: 4 });
    expect(readDeclare(values, about)).toMatchObject({ command: { origin }, line: 4 });
  });

  it("takes I don't know for an answer", () => {
    const values = { title: text('odd'), severity: choice('unknown'), services: choices('unknown'), lead: choices() };
    expect(readDeclare(values, '')).toMatchObject({
      command: { severity: null, services: [], origin: null, lead: false },
    });
  });

  it('is ticked to lead for who is paged for the service, and takes a no', () => {
    const groups = new Map([[payments, [person('U0PAYER')]]]);
    const named = (who: PersonId, services: readonly string[]): boolean =>
      isInLevels(who, { services, policy, groups });
    expect([ana, ben, cleo, person('U0PAYER')].map((who) => named(who, ['checkout']))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([named(ana, ['search']), named(ana, []), named(person('U0OTHER'), ['checkout'])]).toEqual([
      false,
      false,
      false,
    ]);
    const asked = { policy, prefill: { ...empty, services: ['checkout'] }, origin: null, open: [] };
    const ticked = declareModal({ ...asked, leads: true });
    expect(brokenByModal(ticked)).toEqual([]);
    expect(JSON.stringify(ticked)).toContain('"block_id":"lead-unless"');
    expect(JSON.stringify(declareModal(asked))).toContain('"block_id":"lead"');
    expect(readDeclare({ title: text('odd'), 'lead-unless': choices('lead') }, '')).toMatchObject({
      command: { lead: true },
    });
    expect(readDeclare({ title: text('odd'), 'lead-unless': choices() }, '')).toMatchObject({
      command: { lead: false },
    });
  });

  it('says under the field what is missing or too long', () => {
    expect(readDeclare({ title: text('  \u200b ') }, '')).toEqual({
      type: 'errors',
      errors: { title: 'Say in a few words what users feel.' },
    });
    expect(readDeclare({ title: text('x'.repeat(mostTitle + 1)) }, '')).toMatchObject({ type: 'errors' });
    expect(readDeclare({ title: text(null) }, '')).toMatchObject({ type: 'errors' });
  });

  it('is built again with what was filled in', () => {
    const values = { title: text('odd'), severity: choice('SEV4'), services: choices('search') };
    expect(readPrefill(values)).toEqual({ title: 'odd', severity: 'SEV4', services: ['search'] });
    expect(readOrigin(JSON.stringify({ origin }))).toEqual(origin);
  });

  it('never throws on what it is sent', () => {
    fc.assert(
      fc.property(fc.anything(), hostileText, (values, metadata) => {
        expect(readDeclare(values, metadata).type).toBeTypeOf('string');
      }),
    );
  });
});

describe('the forms about an incident', () => {
  const about = JSON.stringify({ incident: 12, subject: 'arn:x' });

  function read(form: IncidentForm, values: object): object {
    return readIncidentForm(`form:${form}`, about, values);
  }

  it.each(incidentForms)("%s keeps Slack's limits", (form) => {
    fc.assert(
      fc.property(hostilePolicy, fc.option(hostileText), (rules, subject) => {
        expect(
          brokenByModal(
            incidentModal({
              form,
              incident: incident.id,
              subject,
              alarms: [subject ?? ''],
              policy: rules,
              groups: [{ id: payments, handle: subject ?? '', name: subject ?? '' }],
            }),
          ),
        ).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('read as the file says', async () => {
    const all = incidentForms.map((form) =>
      formAsRead(
        incidentModal({
          form,
          incident: incident.id,
          subject: null,
          alarms: ['checkout-5xx', 'checkout-latency'],
          policy,
          groups: [{ id: payments, handle: 'payments', name: 'Payments on call' }],
        }),
      ),
    );
    await expect(all.join('\n----\n\n')).toMatchFileSnapshot('__snapshots__/incident-forms.txt');
  });

  it.each<[IncidentForm, object, object]>([
    ['mitigate', { reason: text('rolled back') }, { name: 'mitigate', reason: 'rolled back', confirmed: true }],
    ['resolve', { reason: text('renewed') }, { name: 'resolve', reason: 'renewed', confirmed: true }],
    ['cancel', { reason: text('load test') }, { name: 'cancel', reason: 'load test', confirmed: true }],
    ['reopen', { reason: text(null) }, { name: 'reopen', reason: '' }],
    [
      'page',
      { people: { input: { selected_users: ['U0BEN', 'x'] } } },
      { name: 'page', targets: ['U0BEN'], services: [], reason: '', confirmed: false },
    ],
    [
      'page',
      { groups: choices('S0PAY', 'x'), services: choices('checkout'), reason: text('the queue\nonly grows') },
      { name: 'page', targets: ['S0PAY'], services: ['checkout'], reason: 'the queue only grows', confirmed: false },
    ],
    [
      'role',
      { role: choice('scribe'), person: { input: { selected_user: 'U0BEN' } } },
      { name: 'give role', role: 'scribe', person: 'U0BEN' },
    ],
    [
      'severity',
      { severity: choice('SEV1'), reason: text(null) },
      { name: 'set severity', severity: 'SEV1', reason: '' },
    ],
    ['discount', { reason: text('retired') }, { name: 'discount alarm', alarm: 'arn:x', reason: 'retired' }],
    [
      'note',
      { kind: choice('decision'), text: text('we roll back\nnow') },
      {
        name: 'note',
        noteKind: 'decision',
        text: 'we roll back\nnow',
        occurredAt: null,
        link: null,
        said: false,
        saidBy: null,
      },
    ],
  ])('%s becomes a command', (form, values, command) => {
    expect(read(form, values)).toEqual({ type: 'command', incident: 12, command });
  });

  it.each<[IncidentForm, object, string]>([
    ['mitigate', { reason: text(' ') }, 'reason'],
    ['resolve', {}, 'reason'],
    ['cancel', { reason: text('x'.repeat(mostReason + 1)) }, 'reason'],
    ['page', { people: { input: { selected_users: [] } } }, 'people'],
    ['page', { services: choices('checkout'), reason: text('x'.repeat(mostPageReason + 1)) }, 'reason'],
    ['role', { role: choice('driver'), person: { input: { selected_user: 'U0BEN' } } }, 'role'],
    ['role', { role: choice('scribe'), person: { input: { selected_user: null } } }, 'person'],
    ['severity', { severity: choice('SEV9') }, 'severity'],
    ['discount', { reason: text('') }, 'reason'],
    ['note', { text: text('') }, 'text'],
    ['note', { text: text('x'.repeat(mostNote + 1)) }, 'text'],
  ])('%s says under the field what is wrong', (form, values, field) => {
    expect(read(form, values)).toEqual({ type: 'errors', errors: { [field]: expect.any(String) } });
  });

  it('an alarm that got lost is said to be lost', () => {
    const lost = JSON.stringify({ incident: 12, subject: null });
    expect(readIncidentForm('form:discount', lost, { reason: text('x') })).toMatchObject({ type: 'errors' });
  });

  it.each([
    ['form:mitigate', ''],
    ['form:mitigate', '{"incident":0,"subject":null}'],
    ['form:declare', about],
    ['other', about],
  ])('what is none of ours is unreadable: %s %s', (id, metadata) => {
    expect(readIncidentForm(id, metadata, { reason: text('x') })).toEqual({ type: 'unreadable' });
  });

  it('never throw on what they are sent', () => {
    fc.assert(
      fc.property(fc.constantFrom(...incidentForms), fc.anything(), (form, values) => {
        expect(readIncidentForm(`form:${form}`, about, values).type).toBeTypeOf('string');
      }),
    );
  });
});
