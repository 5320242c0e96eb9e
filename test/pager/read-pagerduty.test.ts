import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readPagerDuty } from '../../src/pager/read-pagerduty.ts';
import { verifyPagerDuty } from '../../src/pager/verify-pagerduty.ts';

/** As PagerDuty documents it. */
function event(
  more: { readonly type?: string; readonly agent?: unknown; readonly data?: object; readonly at?: string } = {},
) {
  const { type = 'incident.acknowledged', at = '2026-11-20T12:03:04.567Z', data = {} } = more;
  return {
    event: {
      id: '5ac64822-4adc-4fda-ade0-410becf0de4f',
      event_type: type,
      resource_type: 'incident',
      occurred_at: at,
      agent:
        'agent' in more
          ? more.agent
          : {
              html_url: 'https://acme.pagerduty.com/users/PLH1HKV',
              id: 'PLH1HKV',
              self: 'https://api.pagerduty.com/users/PLH1HKV',
              summary: 'Tenex Engineer',
              type: 'user_reference',
            },
      client: { name: 'PagerDuty' },
      data: {
        id: 'PGR0VU2',
        type: 'incident',
        number: 2,
        status: 'acknowledged',
        incident_key: 'muster/INC-42/service:checkout',
        title: 'A little bump in the road',
        resolve_reason: null,
        ...data,
      },
    },
  };
}

describe('a webhook of PagerDuty', () => {
  test('says who acknowledged which page, and when', () => {
    expect(readPagerDuty(event())).toEqual({
      dedupKey: 'muster/INC-42/service:checkout',
      act: 'acknowledged',
      by: 'Tenex Engineer',
      person: true,
      at: Date.parse('2026-11-20T12:03:04.567Z'),
      id: '5ac64822-4adc-4fda-ade0-410becf0de4f',
    });
  });

  test.each([
    ['incident.resolved', 'resolved'],
    ['incident.reopened', 'reopened'],
    ['incident.unacknowledged', 'reopened'],
  ])('of the type %s says that it is %s', (type, act) => {
    expect(readPagerDuty(event({ type }))).toMatchObject({ act });
  });

  test.each([
    'incident.triggered',
    'incident.escalated',
    'incident.reassigned',
    'incident.annotated',
    'incident.responder.replied',
    'service.updated',
    'toString',
  ])('of the type %s says nothing of it', (type) => {
    expect(readPagerDuty(event({ type }))).toBeNull();
  });

  test('that is a test says nothing', () => {
    const ping = {
      event: {
        id: '01FKZOXA868SHYEE4DVNWB5P9W',
        event_type: 'pagey.ping',
        resource_type: 'pagey',
        occurred_at: '2026-11-20T12:00:00.000Z',
        agent: { id: 'PVE0ZR9', type: 'user_reference' },
        client: null,
        data: { message: 'Hello', type: 'ping' },
      },
    };
    expect(readPagerDuty(ping)).toBeNull();
  });

  test.each([
    null,
    [],
    'acknowledged',
    {},
    { event: null },
    { messages: [event()] },
    event({ data: { incident_key: null } }),
    event({ data: { incident_key: 'x'.repeat(256) } }),
    event({ at: 'yesterday' }),
    event({ at: '2026-13-45T99:00:00Z' }),
  ])('of another form says nothing: %o', (body) => {
    expect(readPagerDuty(body)).toBeNull();
  });

  test('that merges an incident into another does not say that it is over', () => {
    const merged = { resolve_reason: { type: 'merge_resolve_reason', incident: { id: 'PGR0VU3' } } };
    expect(readPagerDuty(event({ type: 'incident.resolved', data: merged }))).toBeNull();
    expect(readPagerDuty(event({ type: 'incident.resolved', data: { resolve_reason: 'odd' } }))).not.toBeNull();
  });

  test.each([
    [{ type: 'events_api_v2_inbound_integration_reference', summary: 'Muster' }, null, false],
    [{ type: 'service_reference', summary: 'Checkout' }, null, false],
    [null, null, false],
    [undefined, null, false],
    [{ type: 'user_reference' }, null, true],
    [{ type: 'user_reference', summary: '  \u200b ' }, null, true],
    [{ type: 'user_reference', summary: '<!channel>\n\u202eBen' }, '<!channel> Ben', true],
    [{ type: 'user_reference', summary: 'x'.repeat(500) }, `${'x'.repeat(79)}…`, true],
  ])('by %o names %s', (agent, by, person) => {
    expect(readPagerDuty(event({ agent }))).toMatchObject({ by, person });
  });
});

describe('the signature of PagerDuty', () => {
  const body = Buffer.from(JSON.stringify(event({ agent: { type: 'user_reference', summary: 'Zoë' } })));
  const sign = (secret: string): string => `v1=${createHmac('sha256', secret).update(body).digest('hex')}`;

  test('is right with the secret of the subscription', () => {
    expect(verifyPagerDuty(sign('secret'), body, ['secret'])).toBe(true);
    expect(verifyPagerDuty(sign('secret').toUpperCase().replace('V1', 'v1'), body, ['secret'])).toBe(true);
  });

  test('is right with either secret while one replaces the other', () => {
    for (const header of [`${sign('old')},${sign('new')}`, `${sign('new')}, ${sign('old')}`]) {
      expect(verifyPagerDuty(header, body, ['new'])).toBe(true);
      expect(verifyPagerDuty(header, body, ['old'])).toBe(true);
    }
    expect(verifyPagerDuty(sign('old'), body, ['new', 'old'])).toBe(true);
  });

  test.each([
    undefined,
    '',
    'v1=',
    'v1=abc',
    sign('other'),
    sign('secret').replace('v1=', 'v2='),
    sign('secret').slice(3),
    `${sign('secret')}00`,
    `${sign('secret')} ${sign('secret')}`,
  ])('is wrong: %s', (header) => {
    expect(verifyPagerDuty(header, body, ['secret'])).toBe(false);
  });

  test('is wrong for a body that was changed, and without secrets', () => {
    expect(verifyPagerDuty(sign('secret'), Buffer.concat([body, Buffer.from(' ')]), ['secret'])).toBe(false);
    expect(verifyPagerDuty(sign('secret'), body, [])).toBe(false);
  });
});
