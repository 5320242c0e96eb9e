import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCatalog } from '../src/catalog.ts';
import type { Catalog } from '../src/catalog.ts';

const smallest = `
defaults:
  responders: [U0AAAAAAA]
services:
  - name: checkout
    responders: [U0BBBBBBB]
`;

/** The lines of a catalog that is right, with line 1 first. */
const whole = `workspace:
  broadcastChannel: C0123456789
  roomPrefix: war
  bridge: https://meet.example.com/war
accounts:
  012345678901: { name: production, roleArn: "arn:aws:iam::012345678901:role/muster", externalId: muster-1 }
  "210987654321": { name: china }
defaults:
  stabilisation: 15m
  hold: 90s
  responders: [U0AAAAAAA]
severities:
  SEV1: Nobody can pay
services:
  - name: checkout
    responders: &payments [U0BBBBBBB, W0CCCCCCC]
    runbook: https://wiki.example.com/checkout
    links:
      - { title: Dashboard, url: "https://grafana.example.com/d/1?a=b&c=d" }
    bridge: https://meet.example.com/checkout
    stabilisation: 1h30m
    alarms:
      - { name: checkout-5xx, account: 012345678901, region: eu-west-1, opens: SEV2, hold: 0s }
      - { name: "latency: p99", account: "210987654321", region: cn-north-1 }
  - name: refunds
    responders: *payments
    alarms:
      - { name: refunds, account: 012345678901, region: us-gov-west-1 }
`;

function read(text: string): Catalog {
  const reading = readCatalog(text, 'muster.yaml');
  if (!reading.ok) throw new Error(reading.problems.join('\n'));
  return reading.catalog;
}

function problems(text: string): readonly string[] {
  const reading = readCatalog(text, 'muster.yaml');
  return reading.ok ? [] : reading.problems;
}

describe('a catalog that is right', () => {
  test('gets defaults for all that may be left out', () => {
    expect(read(smallest)).toEqual({
      accounts: [],
      policy: {
        services: [
          {
            name: 'checkout',
            responders: ['U0BBBBBBB'],
            alarms: [],
            stabilisationMillis: 600_000,
            runbook: null,
            links: [],
            bridge: null,
          },
        ],
        fallbackResponders: ['U0AAAAAAA'],
        bridge: null,
        broadcastChannel: null,
        roomPrefix: 'inc',
        defaultStabilisationMillis: 600_000,
        severities: expect.objectContaining({ SEV1: expect.stringContaining('users') }),
      },
    });
  });

  test('says all that it can say', () => {
    const { policy, accounts } = read(whole);
    expect(accounts).toEqual([
      {
        id: '012345678901',
        name: 'production',
        roleArn: 'arn:aws:iam::012345678901:role/muster',
        externalId: 'muster-1',
      },
      { id: '210987654321', name: 'china', roleArn: null, externalId: null },
    ]);
    expect(policy).toMatchObject({
      broadcastChannel: 'C0123456789',
      roomPrefix: 'war',
      bridge: 'https://meet.example.com/war',
      defaultStabilisationMillis: 900_000,
    });
    expect(policy.severities.SEV1).toBe('Nobody can pay');
    expect(policy.services[0]).toEqual({
      name: 'checkout',
      responders: ['U0BBBBBBB', 'W0CCCCCCC'],
      runbook: 'https://wiki.example.com/checkout',
      links: [{ title: 'Dashboard', url: 'https://grafana.example.com/d/1?a=b&c=d' }],
      bridge: 'https://meet.example.com/checkout',
      stabilisationMillis: 5_400_000,
      alarms: [
        {
          alarm: 'arn:aws:cloudwatch:eu-west-1:012345678901:alarm:checkout-5xx',
          name: 'checkout-5xx',
          opens: 'SEV2',
          holdMillis: 0,
        },
        {
          alarm: 'arn:aws-cn:cloudwatch:cn-north-1:210987654321:alarm:latency: p99',
          name: 'latency: p99',
          opens: null,
          holdMillis: 90_000,
        },
      ],
    });
    expect(policy.services[1]?.responders).toEqual(['U0BBBBBBB', 'W0CCCCCCC']);
    expect(policy.services[1]?.alarms[0]?.alarm).toBe(
      'arn:aws-us-gov:cloudwatch:us-gov-west-1:012345678901:alarm:refunds',
    );
  });

  test('words each severity so that Slack shows it uncut', () => {
    for (const meaning of Object.values(read(smallest).policy.severities)) {
      expect(meaning.length).toBeLessThanOrEqual(75);
    }
  });

  test('is what the example in this repository is', () => {
    const { policy } = read(readFileSync(new URL('../muster.yaml', import.meta.url), 'utf8'));
    expect(policy.services.map(({ name }) => name)).toContain('checkout');
    expect(policy.services.flatMap(({ alarms }) => alarms).some(({ opens }) => opens === 'SEV2')).toBe(true);
  });
});

describe('a catalog that is wrong is refused with file, line and key:', () => {
  const wrong = (from: string, to: string): readonly string[] => {
    expect(whole).toContain(from);
    return problems(whole.replace(from, to));
  };

  test('a key that nobody knows, with the one that was probably meant', () => {
    expect(wrong('    alarms:', '    alarm:')).toEqual([
      'muster.yaml:22: services[0].alarm: unknown key, did you mean "alarms"?',
    ]);
    expect(wrong('  roomPrefix: war', '  colour: red')).toEqual([
      'muster.yaml:3: workspace.colour: unknown key; known here: broadcastChannel, roomPrefix, bridge',
    ]);
    expect(wrong('workspace:', 'workspcae:')).toEqual([
      'muster.yaml:1: workspcae: unknown key, did you mean "workspace"?',
    ]);
  });

  test('several unknown keys of one place, each on its own line', () => {
    expect(wrong('  roomPrefix: war', '  roomprefix: war\n  bridges: x')).toEqual([
      'muster.yaml:3: workspace.roomprefix: unknown key, did you mean "roomPrefix"?',
      'muster.yaml:4: workspace.bridges: unknown key, did you mean "bridge"?',
    ]);
  });

  test('a service without responders', () => {
    expect(wrong('    responders: *payments\n', '')).toEqual(['muster.yaml:25: services[1].responders: is missing']);
    expect(wrong('responders: *payments', 'responders:')).toEqual([
      'muster.yaml:26: services[1].responders: is missing',
    ]);
    expect(wrong('responders: *payments', 'responders: []')).toEqual([
      'muster.yaml:26: services[1].responders: must name at least one person',
    ]);
  });

  test('nobody to page while the service is unknown', () => {
    expect(wrong('  responders: [U0AAAAAAA]\n', '')).toEqual(['muster.yaml:8: defaults.responders: is missing']);
  });

  test('two services of one name', () => {
    expect(wrong('- name: refunds', '- name: checkout')).toEqual([
      'muster.yaml:25: services[1].name: "checkout" is already named at services[0].name',
    ]);
  });

  test('one alarm named twice', () => {
    expect(
      wrong(
        '{ name: refunds, account: 012345678901, region: us-gov-west-1 }',
        '{ name: checkout-5xx, account: 012345678901, region: eu-west-1 }',
      ),
    ).toEqual([
      'muster.yaml:28: services[1].alarms[0].name: "arn:aws:cloudwatch:eu-west-1:012345678901:alarm:checkout-5xx" is already named at services[0].alarms[0].name',
    ]);
  });

  test('a person named twice for one service', () => {
    expect(wrong('W0CCCCCCC', 'U0BBBBBBB')[0]).toMatch(
      /^muster\.yaml:16: services\[0\]\.responders\[1\]: "U0BBBBBBB" is already/,
    );
  });

  test.each(['10', '10 minutes', '', '-5m', '1.5h', '25h', '99999999999s', '5m1h'])('the duration "%s"', (duration) => {
    expect(wrong('stabilisation: 15m', `stabilisation: "${duration}"`)).toEqual([
      expect.stringMatching(/^muster\.yaml:9: defaults\.stabilisation: must be (?:a duration such as 90s|at most 24h)/),
    ]);
  });

  test('a window of no length', () => {
    expect(wrong('stabilisation: 15m', 'stabilisation: 0s')).toEqual([
      'muster.yaml:9: defaults.stabilisation: must be longer than nothing',
    ]);
  });

  test('an account number, region, role and external id that are none', () => {
    expect(wrong('  "210987654321"', '  "21098765432"')[0]).toBe(
      'muster.yaml:7: accounts.21098765432: must be an AWS account number of 12 digits',
    );
    expect(wrong('region: eu-west-1', 'region: Ireland')).toEqual([
      'muster.yaml:23: services[0].alarms[0].region: must be an AWS region such as eu-west-1',
    ]);
    expect(wrong('arn:aws:iam::012345678901:role/muster', 'muster')).toEqual([
      'muster.yaml:6: accounts.012345678901.roleArn: must be the ARN of an IAM role',
    ]);
    expect(wrong('arn:aws:iam::012345678901', 'arn:aws:iam::999999999999')).toEqual([
      'muster.yaml:6: accounts.012345678901.roleArn: the role belongs to another account',
    ]);
    expect(wrong('roleArn: "arn:aws:iam::012345678901:role/muster", ', '')).toEqual([
      'muster.yaml:6: accounts.012345678901.externalId: means nothing without "roleArn"',
    ]);
  });

  test('an alarm of an account that is not listed', () => {
    expect(wrong('account: "210987654321"', 'account: "111111111111"')).toEqual([
      'muster.yaml:24: services[0].alarms[1].account: is not listed under "accounts"',
    ]);
  });

  test('names where ids belong', () => {
    expect(wrong('C0123456789', '"#incidents"')[0]).toMatch(/^muster\.yaml:2: .*must be a channel id/);
    expect(wrong('W0CCCCCCC', '"@ana"')[0]).toMatch(/^muster\.yaml:16: .*must be a Slack member id/);
  });

  test.each(['javascript:alert(1)', 'wiki/checkout', 'https://x.example/|fake', 'https://x.example/<!channel>'])(
    'the link "%s"',
    (link) => {
      const [problem] = wrong('https://wiki.example.com/checkout', JSON.stringify(link));
      expect(problem).toMatch(/^muster\.yaml:17: services\[0\]\.runbook: must be a link/);
    },
  );

  test('a severity that does not exist, and a wording that Slack would cut', () => {
    expect(wrong('opens: SEV2', 'opens: SEV9')).toEqual([
      'muster.yaml:23: services[0].alarms[0].opens: must be one of SEV1, SEV2, SEV3, SEV4, SEV5',
    ]);
    expect(wrong('Nobody can pay', 'x'.repeat(76))[0]).toMatch(
      /^muster\.yaml:13: severities\.SEV1: must be text of 1 to 75/,
    );
  });

  test('several things at once', () => {
    expect(problems('services:\n  - name: Checkout!\n')).toEqual([
      'muster.yaml:1: defaults: is missing',
      expect.stringContaining('muster.yaml:2: services[0].name: must be 1 to 40 small letters'),
      'muster.yaml:2: services[0].responders: is missing',
    ]);
  });
});

describe('what is no catalog at all', () => {
  test('not YAML', () => {
    expect(problems('services:\n  - name: "checkout\n')[0]).toMatch(/^muster\.yaml:\d: not YAML: /);
    expect(problems('a: 1\na: 2\n')).toEqual(['muster.yaml:2: not YAML: Map keys must be unique']);
  });

  test.each(['', '\n\n', 'just words', '[1, 2]', 'null', '# only a comment'])('%j', (text) => {
    expect(problems(text)).toEqual([
      expect.stringMatching(/^muster\.yaml:\d: the catalog (?:is missing|must have keys: )/),
    ]);
  });

  test('more than a catalog can need', () => {
    expect(problems(`#${'x'.repeat(300_000)}`)).toEqual([expect.stringContaining('muster.yaml:1: the file is larger')]);
  });

  test('aliases that multiply', () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const inner = level === 0 ? '"x"' : Array.from({ length: 9 }, () => `*l${level - 1}`).join(', ');
      return `l${level}: &l${level} [${inner}]`;
    });
    expect(problems(levels.join('\n'))).toEqual([expect.stringContaining('too many aliases')]);
  });

  test('nesting without end', () => {
    expect(problems('['.repeat(200_000))[0]).toMatch(/^muster\.yaml:\d+: not YAML: /);
  });

  test('an alias of nothing, and one of itself', () => {
    expect(problems('services: *nobody')[0]).toMatch(/^muster\.yaml:1: not YAML/);
    expect(problems('services: &all [*all]')).not.toEqual([]);
  });

  test('keys that every object has', () => {
    expect(problems(`${smallest}__proto__: { x: 1 }\n`)).toEqual([expect.stringContaining('__proto__: unknown key')]);
    expect(problems(`${smallest}constructor: { x: 1 }\n`)).toEqual([
      expect.stringContaining('constructor: unknown key'),
    ]);
  });
});
