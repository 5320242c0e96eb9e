import { describe, expect, test } from 'vitest';
import { readCatalog } from '../../src/catalog.ts';
import type { Policy } from '../../src/incident/policy.ts';
import { readyPagers } from '../../src/pager-keys.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const routingKey = 'a1'.repeat(16);

function policyWith(pagers: string): Policy {
  const reading = readCatalog(
    `pagers:
${pagers}
defaults: { responders: [U0AAAAAAA] }
services:
  - { name: checkout, responders: [U0BBBBBBB], pager: payments }
`,
    'muster.yaml',
  );
  if (!reading.ok) throw new Error(reading.problems.join('\n'));
  return reading.catalog.policy;
}

describe('the pagers of the catalog', () => {
  const both = policyWith(
    '  payments: { type: pagerduty }\n  ops-desk: { type: webhook, url: https://ops.example.com }',
  );

  test('take their keys from the environment', () => {
    const ready = readyPagers(both, { pagerVariables: { PAGER_PAYMENTS_KEY: routingKey, PAGER_OPS_DESK_KEY: secret } });
    expect(ready).toEqual({
      ok: true,
      policy: both,
      keys: new Map([
        ['payments', routingKey],
        ['ops-desk', secret],
      ]),
      leftOut: [],
    });
  });

  test('are named with all that they miss, or that is of another form', () => {
    expect(readyPagers(both, { pagerVariables: { PAGER_OPS_DESK_KEY: 'hunter2' } })).toEqual({
      ok: false,
      problems: [
        'PAGER_PAYMENTS_KEY is missing: the catalog\'s pager "payments" needs it',
        'PAGER_OPS_DESK_KEY must be a signing secret: "whsec_", and then 24 to 64 bytes in base64',
      ],
    });
    const swapped = readyPagers(both, { pagerVariables: { PAGER_PAYMENTS_KEY: secret, PAGER_OPS_DESK_KEY: secret } });
    expect(swapped).toEqual({
      ok: false,
      problems: [
        'PAGER_PAYMENTS_KEY must be the integration key of an Events API v2 integration, which has 32 letters and digits',
      ],
    });
  });

  test('are left out, if they are optional and have no key', () => {
    const ready = readyPagers(policyWith('  payments: { type: pagerduty, optional: true }'), { pagerVariables: {} });
    expect(ready).toMatchObject({ ok: true, policy: { pagers: [] }, leftOut: ['payments'] });
    expect(ready.ok && ready.policy.services.map(({ pager }) => pager)).toEqual([null]);
  });

  test('are used, if they are optional and have a key', () => {
    const optional = policyWith('  payments: { type: pagerduty, optional: true }');
    const ready = readyPagers(optional, { pagerVariables: { PAGER_PAYMENTS_KEY: routingKey } });
    expect(ready).toMatchObject({ ok: true, policy: optional, leftOut: [] });
    expect(readyPagers(optional, { pagerVariables: { PAGER_PAYMENTS_KEY: 'short' } })).toMatchObject({ ok: false });
  });

  test('go to a stand-in that the environment names', () => {
    const variables = { PAGER_PAYMENTS_KEY: routingKey, PAGER_OPS_DESK_KEY: secret };
    const ready = readyPagers(both, { pagerVariables: { ...variables, PAGER_OPS_DESK_URL: 'http://127.0.0.1:9/x' } });
    expect(ready.ok && ready.policy.pagers[1]).toMatchObject({ name: 'ops-desk', url: 'http://127.0.0.1:9/x' });
  });
});
