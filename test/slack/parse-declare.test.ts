import { describe, expect, it } from 'vitest';
import type { Asked } from '../../src/slack/asked.ts';
import { mostTitle } from '../../src/slack/form.ts';
import { parseCommand } from '../../src/slack/parse-command.ts';
import { ana, policy } from './incidents.ts';

function parse(text: string): Asked {
  return parseCommand(text, { by: ana, catalog: policy });
}

function misunderstood(text: string): string {
  const asked = parse(text);
  return asked.type === 'misunderstood' ? asked.text : `understood as ${JSON.stringify(asked)}`;
}

describe('declaring on one line', () => {
  const nothing = {
    name: 'declare',
    severity: null,
    services: [],
    test: false,
    origin: null,
    anyway: false,
    lead: false,
  };

  it.each<[string, object]>([
    ['declare payments fail', { title: 'payments fail' }],
    ['declare sev2 payments fail', { severity: 'SEV2', title: 'payments fail' }],
    ['declare SEV-2: payments fail', { severity: 'SEV2', title: 'payments fail' }],
    ['declare sev? payments fail', { title: 'payments fail' }],
    ['declare sev 1 payments fail', { severity: 'SEV1', title: 'payments fail' }],
    ['declare 1 host is down', { title: '1 host is down' }],
    [
      'declare sev2 checkout: payments fail for everyone',
      { severity: 'SEV2', services: ['checkout'], title: 'payments fail for everyone' },
    ],
    ['declare checkout, search: all down', { services: ['checkout', 'search'], title: 'all down' }],
    ['declare on checkout payments fail', { services: ['checkout'], title: 'payments fail' }],
    ['declare checkout is down', { services: ['checkout'], title: 'checkout is down' }],
    ['declare payments fail on checkout.', { services: ['checkout'], title: 'payments fail on checkout.' }],
    ['declare payments fail service:checkout', { services: ['checkout'], title: 'payments fail' }],
    ['declare service:? payments fail', { title: 'payments fail' }],
    [
      'declare sev3 service:search,checkout slow',
      { severity: 'SEV3', services: ['search', 'checkout'], title: 'slow' },
    ],
    ['declare note: something is odd', { title: 'note: something is odd' }],
    ['declare R&amp;D is down', { title: 'R&D is down' }],
    ['declare see <https://example.com|graph>', { title: 'see graph (https://example.com)' }],
    ['test', { title: 'Test incident', test: true }],
    ['test sev1 checkout: a drill', { severity: 'SEV1', services: ['checkout'], title: 'a drill', test: true }],
  ])('/incident %s', (text, command) => {
    expect(parse(text)).toEqual({ type: 'declare', command: { ...nothing, ...command } });
  });

  it.each<[string, object]>([
    ['declare', { title: '', severity: null, services: [] }],
    ['declare sev2', { title: '', severity: 'SEV2', services: [] }],
    ['declare checkout', { title: '', severity: null, services: ['checkout'] }],
    ['declare sev1 checkout:', { title: '', severity: 'SEV1', services: ['checkout'] }],
  ])('/incident %s opens the form with what is known', (text, prefill) => {
    expect(parse(text)).toEqual({ type: 'declare form', prefill });
  });

  it('names the service that the catalog does not have', () => {
    expect(misunderstood('declare service:chekout payments fail')).toBe(
      'The catalog has no service "chekout". Did you mean `checkout`?\nIt is typed like this: `/incident declare [SEV2] [service:] <what users feel>`',
    );
  });

  it('refuses a severity that does not exist', () => {
    expect(misunderstood('declare sev9 payments fail')).toContain('"sev9" is no severity: they go from SEV1');
  });

  it('gives a title back that is too long', () => {
    const title = 'x'.repeat(mostTitle + 1);
    expect(misunderstood(`declare ${title}`)).toBe(
      `That title has 151 characters and 150 fit, so nothing was done. Here it is, to shorten and send again:\n${title}`,
    );
    expect(parse(`declare ${'x'.repeat(mostTitle)}`).type).toBe('declare');
  });
});
