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
            needs: [],
            traffic: null,
            stabilisationMillis: null,
            runbook: null,
            links: [],
            bridge: null,
          },
        ],
        alarms: {
          queues: [],
          topics: [],
          selections: [],
          rules: [],
          windowMillis: 1_800_000,
          automaticRooms: 3,
          triageChannel: null,
        },
        fallbackResponders: ['U0AAAAAAA'],
        bridge: null,
        broadcastChannel: null,
        roomPrefix: 'inc',
        defaultStabilisationMillis: null,
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
      needs: [],
      traffic: null,
      alarms: [
        {
          alarm: 'arn:aws:cloudwatch:eu-west-1:012345678901:alarm:checkout-5xx',
          name: 'checkout-5xx',
          severity: 'SEV2',
          opens: true,
          holdMillis: 0,
        },
        {
          alarm: 'arn:aws-cn:cloudwatch:cn-north-1:210987654321:alarm:latency: p99',
          name: 'latency: p99',
          severity: null,
          opens: false,
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
    expect(
      policy.services.flatMap(({ alarms }) => alarms).some(({ opens, severity }) => opens && severity === 'SEV2'),
    ).toBe(true);
    expect(policy.alarms.queues).toHaveLength(1);
    expect(policy.services[0]?.needs).toEqual(['accounts-db']);
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
      'muster.yaml:3: workspace.colour: unknown key; known here: broadcastChannel, triageChannel, roomPrefix, bridge',
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

describe('what the catalog says of alarms', () => {
  /** Line 1 is blank; `workspace` takes three lines, and the parts follow. */
  const withAlarms = (alarms: string, services = ''): string => `
workspace:
  broadcastChannel: C0123456789
accounts:
  012345678901: { name: production }
defaults: { responders: [U0AAAAAAA] }
services:
  - name: checkout
    responders: [U0BBBBBBB]
${services}  - name: accounts-db
    responders: [U0BBBBBBB]
alarms:
${alarms}`;
  const place = 'account: 012345678901, region: eu-west-1';

  test('is read', () => {
    const { policy } = read(
      withAlarms(
        `  queues:
    - https://sqs.eu-west-1.amazonaws.com/123456789012/alarms
    - https://vpce-0a1b.sqs.eu-west-1.vpce.amazonaws.com/123456789012/alarms.fifo
    - https://sqs.cn-north-1.amazonaws.com.cn/123456789012/alarms
    - http://127.0.0.1:4566/000000000000/alarms
  topics: ['arn:aws:sns:eu-west-1:123456789012:alarms']
  find:
    - { ${place}, prefix: checkout- }
    - { ${place}, tag: { team: payments } }
    - { ${place}, action: 'arn:aws:sns:eu-west-1:123456789012:alarms' }
  rules:
    - { prefix: checkout-, service: checkout, opens: SEV2, hold: 5m, title: Checkout is in trouble }
    - { tags: { team: payments, tier: "1" }, region: eu-west-1, service: checkout, severity: SEV3 }
    - { account: 012345678901, service: accounts-db }
    - { region: eu-north-1, service: accounts-db, severity: SEV4, opens: SEV4 }
  window: 45m
  automaticRooms: 0
`,
        `    needs: [accounts-db]
    traffic: { ${place}, namespace: AWS/ApplicationELB, metric: RequestCount, dimensions: { LoadBalancer: app/x/1 } }
    alarms: [{ name: slow, ${place}, severity: SEV3 }]
`,
      ),
    );
    const { account, region } = { account: '012345678901', region: 'eu-west-1' };
    expect(policy.alarms).toEqual({
      queues: [
        'https://sqs.eu-west-1.amazonaws.com/123456789012/alarms',
        'https://vpce-0a1b.sqs.eu-west-1.vpce.amazonaws.com/123456789012/alarms.fifo',
        'https://sqs.cn-north-1.amazonaws.com.cn/123456789012/alarms',
        'http://127.0.0.1:4566/000000000000/alarms',
      ],
      topics: ['arn:aws:sns:eu-west-1:123456789012:alarms'],
      selections: [
        { account, region, by: { type: 'prefix', prefix: 'checkout-' } },
        { account, region, by: { type: 'tag', key: 'team', value: 'payments' } },
        { account, region, by: { type: 'action', action: 'arn:aws:sns:eu-west-1:123456789012:alarms' } },
      ],
      rules: [
        {
          prefix: 'checkout-',
          tags: {},
          account: null,
          region: null,
          service: 'checkout',
          title: 'Checkout is in trouble',
          severity: 'SEV2',
          opens: true,
          holdMillis: 300_000,
        },
        {
          prefix: null,
          tags: { team: 'payments', tier: '1' },
          account: null,
          region: 'eu-west-1',
          service: 'checkout',
          title: null,
          severity: 'SEV3',
          opens: false,
          holdMillis: 120_000,
        },
        expect.objectContaining({ account, region: null, severity: null, opens: false }),
        expect.objectContaining({ region: 'eu-north-1', severity: 'SEV4', opens: true }),
      ],
      windowMillis: 2_700_000,
      automaticRooms: 0,
      triageChannel: 'C0123456789',
    });
    expect(policy.services[0]).toMatchObject({
      needs: ['accounts-db'],
      traffic: {
        account,
        region,
        namespace: 'AWS/ApplicationELB',
        metric: 'RequestCount',
        dimensions: { LoadBalancer: 'app/x/1' },
        statistic: 'Sum',
        periodSeconds: 60,
      },
      alarms: [{ severity: 'SEV3', opens: false, holdMillis: 120_000 }],
    });
  });

  test('is shown in a channel of its own where it has one', () => {
    const own = withAlarms('  topics: []\n').replace(
      'broadcastChannel: C0123456789',
      'broadcastChannel: C0123456789\n  triageChannel: C0ALARMS',
    );
    expect(read(own).policy.alarms.triageChannel).toBe('C0ALARMS');
  });

  test.each([
    "topics: ['arn:aws:sns:eu-west-1:123456789012:alarms']",
    'queues: [https://sqs.eu-west-1.amazonaws.com/123456789012/alarms]',
    `find: [{ ${place}, prefix: x }]`,
  ])('needs a channel as soon as a road is named: %s', (road) => {
    const text = withAlarms(`  ${road}\n`).replace('  broadcastChannel: C0123456789', '  roomPrefix: inc');
    expect(problems(text)).toEqual([
      'muster.yaml:2: workspace.triageChannel: is missing, and so is "broadcastChannel", which is used without it: alarms that open nothing have to be shown somewhere',
    ]);
    expect(read(withAlarms(`  ${road}\n`)).policy.alarms.triageChannel).toBe('C0123456789');
  });

  const shadowed = '{ prefix: a-, service: checkout }\n    - { prefix: a-b, region: eu-west-1, service: accounts-db }';
  test.each([
    ['window: 0s', /^window: must be longer than nothing$/],
    ['automaticRooms: 21', /^automaticRooms: must be a number from 0 to 20$/],
    ['automaticRooms: -1', /^automaticRooms: must be a number from 0 to 20$/],
    ['queues: [http://sqs.eu-west-1.amazonaws.com/123456789012/alarms]', /^queues\[0\]: must be the address of an SQS/],
    ['queues: [https://evil.example/123456789012/alarms]', /^queues\[0\]: must be the address of an SQS queue/],
    ['queues: [https://sqs.eu-west-1.amazonaws.com.evil.example/123456789012/x]', /^queues\[0\]: must be the address/],
    ['queues: [http://127.0.0.1.evil.example/123456789012/x]', /^queues\[0\]: must be the address of an SQS queue/],
    ['queues: [https://me@sqs.eu-west-1.amazonaws.com/123456789012/x]', /^queues\[0\]: must be the address of an SQS/],
    ['queues: ["arn:aws:sqs:eu-west-1:123456789012:alarms"]', /^queues\[0\]: must be the address of an SQS queue/],
    ["topics: ['arn:aws:sqs:eu-west-1:123456789012:alarms']", /^topics\[0\]: must be the ARN of an SNS topic$/],
    [
      "topics: ['arn:aws:sns:eu-west-1:123456789012:a', 'arn:aws:sns:eu-west-1:123456789012:a']",
      /^topics\[1\]: ".+" is already named at alarms\.topics\[0\]$/,
    ],
    [`find: [{ ${place} }]`, /^find\[0\]: must have exactly one of "prefix", "tag" and "action"$/],
    [`find: [{ ${place}, prefix: x, tag: { a: b } }]`, /^find\[0\]: must have exactly one of "prefix", "tag" and/],
    [`find: [{ ${place}, tag: { a: b, c: d } }]`, /^find\[0\]\.tag: must be one key with one value/],
    [`find: [{ ${place}, action: alarms }]`, /^find\[0\]\.action: must be the beginning of an ARN/],
    ['find: [{ account: "111111111111", region: eu-west-1, prefix: x }]', /^find\[0\]\.account: is not listed under/],
    [
      'rules: [{ service: checkout }]',
      /^rules\[0\]: must have at least one of "prefix", "tags", "account" and "region"$/,
    ],
    ['rules: [{ tags: {}, service: checkout }]', /^rules\[0\]\.tags: must name at least one tag, or not be there$/],
    ['rules: [{ prefix: x, service: cart }]', /^rules\[0\]\.service: is not listed under "services"$/],
    ['rules: [{ prefix: x }]', /^rules\[0\]\.service: is missing$/],
    [
      'rules: [{ account: "111111111111", service: checkout }]',
      /^rules\[0\]\.account: is not listed under "accounts"$/,
    ],
    [
      'rules: [{ prefix: x, service: checkout, severity: SEV3, opens: SEV2 }]',
      /^rules\[0\]\.severity: says SEV3, but "opens" says SEV2: leave one out$/,
    ],
    [
      `rules:\n    - ${shadowed}`,
      /^rules\[1\]: never counts: alarms\.rules\[0\] stands before it and fits every alarm that it fits$/,
    ],
  ])('is refused where it is wrong: %s', (alarms, sentence) => {
    const found = problems(withAlarms(`  ${alarms}\n`));
    expect(found).toHaveLength(1);
    const [, line, problem] = /^muster\.yaml:(\d+): alarms\.(.*)$/.exec(found[0] ?? '') ?? [];
    expect(problem).toMatch(sentence);
    expect(Number(line)).toBeGreaterThan(12);
  });

  test('is not refused for rules that overlap without one taking all from the other', () => {
    const rules = `  rules:
    - { prefix: a-b, service: checkout }
    - { prefix: a-, service: accounts-db }
    - { tags: { team: x }, region: eu-west-1, service: checkout }
    - { tags: { team: y }, region: eu-west-1, service: checkout }
`;
    expect(problems(withAlarms(rules))).toEqual([]);
  });

  test.each([
    ['needs: [checkout]', 'needs[0]: a service does not need itself'],
    ['needs: [cart]', 'needs[0]: is not listed under "services"'],
    ['needs: [accounts-db, accounts-db]', 'needs[1]: "accounts-db" is already named at services[0].needs[0]'],
    [`traffic: { ${place}, namespace: x }`, 'traffic.metric: is missing'],
    [
      'traffic: { account: "111111111111", region: eu-west-1, namespace: x, metric: y }',
      'traffic.account: is not listed under "accounts"',
    ],
    [
      `traffic: { ${place}, namespace: x, metric: y, period: 45 }`,
      'traffic.period: must be seconds: 1, 5, 10, 20, 30, or a multiple of 60 up to 86400',
    ],
    [
      `traffic: { ${place}, namespace: x, metric: y, statistic: SUM }`,
      'traffic.statistic: must be Sum, Average, Minimum, Maximum, SampleCount or a percentile such as p99',
    ],
    [
      `alarms: [{ name: a, ${place}, severity: SEV1, opens: SEV2 }]`,
      'alarms[0].severity: says SEV1, but "opens" says SEV2: leave one out',
    ],
  ])('is refused where a service is wrong: %s', (line, problem) => {
    expect(problems(withAlarms('  window: 30m\n', `    ${line}\n`))).toEqual([
      `muster.yaml:10: services[0].${problem}`,
    ]);
  });

  test('lets services need each other', () => {
    const text = withAlarms('  window: 30m\n', '    needs: [accounts-db]\n').replace(
      '- name: accounts-db',
      '- name: accounts-db\n    needs: [checkout]',
    );
    expect(read(text).policy.services.map(({ needs }) => needs)).toEqual([['accounts-db'], ['checkout']]);
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
