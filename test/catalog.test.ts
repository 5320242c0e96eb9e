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
            levels: [{ targets: ['U0BBBBBBB'], atLeast: null }],
            alarms: [],
            needs: [],
            traffic: null,
            stabilisationMillis: null,
            runbook: null,
            links: [],
            bridge: null,
            pager: null,
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
        people: {
          cadences: {
            SEV1: { repeatMillis: 120_000, climbMillis: 300_000, atNight: true },
            SEV2: { repeatMillis: 240_000, climbMillis: 600_000, atNight: true },
            SEV3: { repeatMillis: 600_000, climbMillis: 1_800_000, atNight: false },
            SEV4: { repeatMillis: 1_800_000, climbMillis: 3_600_000, atNight: false },
            SEV5: { repeatMillis: 1_800_000, climbMillis: 3_600_000, atNight: false },
          },
          night: { fromHour: 22, toHour: 7 },
          circles: [],
          reliefMillis: 21_600_000,
          removes: false,
          archiveMillis: null,
        },
        pagers: [],
        fallbackLevels: [{ targets: ['U0AAAAAAA'], atLeast: null }],
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
      levels: [{ targets: ['U0BBBBBBB', 'W0CCCCCCC'], atLeast: null }],
      runbook: 'https://wiki.example.com/checkout',
      links: [{ title: 'Dashboard', url: 'https://grafana.example.com/d/1?a=b&c=d' }],
      bridge: 'https://meet.example.com/checkout',
      pager: null,
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
    expect(policy.services[1]?.levels).toEqual([{ targets: ['U0BBBBBBB', 'W0CCCCCCC'], atLeast: null }]);
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
    expect(policy.services[0]?.levels).toEqual([
      { targets: ['U0BEN000002', 'U0CHEN00003'], atLeast: null },
      { targets: ['S0CHECKOUT01'], atLeast: null },
    ]);
    expect(policy.people).toEqual({
      ...read(smallest).policy.people,
      circles: [{ name: 'support', targets: ['S0SUPPORT001'], atLeast: 'SEV2' }],
    });
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
      'muster.yaml:3: workspace.colour: unknown key; known here: broadcastChannel, triageChannel, roomPrefix, bridge, removeFromRoom, archiveAfter',
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
      'muster.yaml:26: services[1].responders: must name at least one person or group',
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

describe('what the catalog says of people', () => {
  /** Line 1 is blank; `defaults` takes line 2, the service three lines, and the parts follow in line 6. */
  const withPeople = (parts: string, whom = 'responders: [U0BBBBBBB]'): string => `
defaults: { responders: [U0AAAAAAA] }
services:
  - name: checkout
    ${whom}
${parts}`;

  test('is read: levels, cadences, night, circles', () => {
    const { policy } = read(
      withPeople(
        `paging:
  SEV1: { repeat: 30s, climb: 90s }
  SEV2: { atNight: no }
  SEV3: { climb: 20m, atNight: true }
  night: { from: 0, to: 6 }
  relief: 4h
circles:
  - { name: support, page: [S0SUPPORT, U0DDDDDDD] }
  - { name: qa, page: [U0EEEEEEE], atLeast: SEV4 }
workspace: { removeFromRoom: yes, archiveAfter: 30d }
`,
        'levels: [{ page: [S0GROUP01, U0BBBBBBB] }, { page: [W0CCCCCCC], atLeast: SEV2 }]',
      ),
    );
    expect(policy.services[0]?.levels).toEqual([
      { targets: ['S0GROUP01', 'U0BBBBBBB'], atLeast: null },
      { targets: ['W0CCCCCCC'], atLeast: 'SEV2' },
    ]);
    expect(policy.people).toEqual({
      cadences: {
        ...read(smallest).policy.people.cadences,
        SEV1: { repeatMillis: 30_000, climbMillis: 90_000, atNight: true },
        SEV2: { repeatMillis: 240_000, climbMillis: 600_000, atNight: false },
        SEV3: { repeatMillis: 600_000, climbMillis: 1_200_000, atNight: true },
      },
      night: { fromHour: 0, toHour: 6 },
      circles: [
        { name: 'support', targets: ['S0SUPPORT', 'U0DDDDDDD'], atLeast: 'SEV2' },
        { name: 'qa', targets: ['U0EEEEEEE'], atLeast: 'SEV4' },
      ],
      reliefMillis: 14_400_000,
      removes: true,
      archiveMillis: 30 * 86_400_000,
    });
  });

  test('may be levels for whoever is paged while nobody knows the service', () => {
    const text = withPeople('').replace(
      'responders: [U0AAAAAAA]',
      'levels: [{ page: [U0AAAAAAA] }, { page: [S0GROUP01] }]',
    );
    expect(read(text).policy.fallbackLevels.map(({ targets }) => targets)).toEqual([['U0AAAAAAA'], ['S0GROUP01']]);
  });

  test.each([
    ['paging: { SEV1: { repeat: 29s } }', 'paging.SEV1.repeat: must be at least 30s'],
    ['paging: { SEV1: { climb: 0s } }', 'paging.SEV1.climb: must be at least 30s'],
    ['paging: { SEV1: { climb: soon } }', 'paging.SEV1.climb: must be a duration such as 90s, 2m or 1h'],
    ['paging: { SEV3: { atNight: maybe } }', 'paging.SEV3.atNight: must be yes or no'],
    ['paging: { SEV1: { every: 2m } }', 'paging.SEV1.every: unknown key; known here: repeat, climb, atNight'],
    ['paging: { SEV6: { repeat: 2m } }', 'paging.SEV6: unknown key, did you mean "SEV1"?'],
    ['paging: { night: { from: 24, to: 7 } }', 'paging.night.from: must be an hour from 0 to 23'],
    ['paging: { night: { from: "22:00", to: 7 } }', 'paging.night.from: must be an hour from 0 to 23'],
    ['paging: { night: { from: 22 } }', 'paging.night.to: is missing'],
    ['paging: { relief: 10m }', 'paging.relief: must be at least 30m'],
    ['circles: [{ page: [S0SUPPORT] }]', 'circles[0].name: is missing'],
    ['circles: [{ name: support }]', 'circles[0].page: is missing'],
    ['circles: [{ name: support, page: [] }]', 'circles[0].page: must name at least one person or group'],
    [
      'circles: [{ name: support, page: [S0SUPPORT], atLeast: bad }]',
      'circles[0].atLeast: must be one of SEV1, SEV2, SEV3, SEV4, SEV5',
    ],
    [
      'circles: [{ name: support, page: [S0SUPPORT] }, { name: support, page: [U0DDDDDDD] }]',
      'circles[1].name: "support" is already named at circles[0].name',
    ],
    [
      'circles: [{ name: qa, page: [U0D1, U0D1] }]',
      'circles[0].page[1]: "U0D1" is already named at circles[0].page[0]',
    ],
    ['workspace: { removeFromRoom: sometimes }', 'workspace.removeFromRoom: must be yes or no'],
    ['workspace: { archiveAfter: 0d }', 'workspace.archiveAfter: must be days such as 30d'],
    ['workspace: { archiveAfter: 36h }', 'workspace.archiveAfter: must be days such as 30d'],
  ])('is refused where it is wrong: %s', (part, problem) => {
    expect(problems(withPeople(`${part}\n`))).toEqual([`muster.yaml:6: ${problem}`]);
  });

  const id = 'must be a Slack member id such as U024BE7LH or a user group id such as S0614TZR7, not a name';
  test.each([
    ['levels: []', 'levels: must have at least one level'],
    ['levels: [U0BBBBBBB]', 'levels[0]: must have keys: page, atLeast'],
    ['levels: [{ page: U0BBBBBBB }]', 'levels[0].page: must be a list'],
    ['levels: [{ page: [] }]', 'levels[0].page: must name at least one person or group'],
    ['levels: [{ page: ["@ana"] }]', `levels[0].page[0]: ${id}`],
    ['levels: [{ page: [C0123456789] }]', `levels[0].page[0]: ${id}`],
    [
      'levels: [{ page: [U0BBBBBBB], atLeast: SEV0 }]',
      'levels[0].atLeast: must be one of SEV1, SEV2, SEV3, SEV4, SEV5',
    ],
    ['levels: [{ page: [U0BBBBBBB], after: 5m }]', 'levels[0].after: unknown key; known here: page, atLeast'],
    ['levels: [{ page: [U0B1, U0B1] }]', 'levels[0].page[1]: "U0B1" is already named at services[0].levels[0].page[0]'],
  ])('is refused where the levels are wrong: %s', (whom, problem) => {
    expect(problems(withPeople('', whom))).toEqual([`muster.yaml:5: services[0].${problem}`]);
  });

  test('is refused with more levels, people or circles than anybody can need', () => {
    const ids = Array.from({ length: 101 }, (_, index) => `U${1000 + index}`).join(', ');
    expect(problems(withPeople('', `levels: [{ page: [${ids}] }]`))).toEqual([
      'muster.yaml:5: services[0].levels[0].page: must name at most 100 people and groups',
    ]);
    const eleven = Array.from({ length: 11 }, () => '{ page: [U0BBBBBBB] }').join(', ');
    expect(problems(withPeople('', `levels: [${eleven}]`))).toEqual([
      'muster.yaml:5: services[0].levels: at most 10 levels',
    ]);
    const circles = Array.from({ length: 21 }, (_, index) => `{ name: c${index}, page: [U0BBBBBBB] }`).join(', ');
    expect(problems(withPeople(`circles: [${circles}]\n`))).toEqual(['muster.yaml:6: circles: at most 20 circles']);
  });

  test('is written once: as levels, or as one list of responders', () => {
    expect(problems(withPeople('', 'responders: [U0BBBBBBB]\n    levels: [{ page: [U0CCCCCCC] }]'))).toEqual([
      'muster.yaml:5: services[0].responders: stands beside "levels": write the first level in one of them',
    ]);
  });

  test('names nobody twice for whoever is paged while nobody knows the service', () => {
    const text = withPeople('').replace('responders: [U0AAAAAAA]', 'responders: [U0AAAAAAA, U0AAAAAAA]');
    expect(problems(text)).toEqual([
      'muster.yaml:2: defaults.responders[1]: "U0AAAAAAA" is already named at defaults.responders[0]',
    ]);
  });

  test('may name somebody on several levels', () => {
    expect(problems(withPeople('', 'levels: [{ page: [U0BBBBBBB] }, { page: [U0BBBBBBB, U0CCCCCCC] }]'))).toEqual([]);
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

describe('what the catalog says of pagers', () => {
  const withPagers = (pagers: string, pager = 'payments'): string => `pagers:
${pagers}
defaults: { responders: [U0AAAAAAA] }
services:
  - { name: checkout, responders: [U0BBBBBBB], pager: ${pager} }
  - { name: search, responders: [U0BBBBBBB] }
`;

  test('is read', () => {
    const { policy } = read(
      withPagers(`  payments: { type: pagerduty, optional: true }
  ops-desk: { type: webhook, url: https://ops.example.com/pages }
  here: { type: webhook, url: http://127.0.0.1:4000 }`),
    );
    expect(policy.pagers).toEqual([
      { name: 'payments', type: 'pagerduty', optional: true },
      { name: 'ops-desk', type: 'webhook', url: 'https://ops.example.com/pages', optional: false },
      { name: 'here', type: 'webhook', url: 'http://127.0.0.1:4000', optional: false },
    ]);
    expect(policy.services.map(({ pager }) => pager)).toEqual(['payments', null]);
  });

  test.each([
    ['  payments: { type: opsgenie }', 'muster.yaml:2: pagers.payments.type: must be pagerduty or webhook'],
    ['  payments: { type: webhook }', 'muster.yaml:2: pagers.payments.url: is missing'],
    [
      '  payments: { type: webhook, url: http://ops.example.com/pages }',
      'muster.yaml:2: pagers.payments.url: must be a link that starts with https://',
    ],
    [
      '  payments: { type: webhook, url: http://127.0.0.1.evil.example/pages }',
      'muster.yaml:2: pagers.payments.url: must be a link that starts with https://',
    ],
    [
      '  payments: { type: pagerduty, url: https://events.eu.pagerduty.com }',
      'muster.yaml:2: pagers.payments.url: means nothing here: it is for pagers of the type webhook',
    ],
    [
      '  payments: { type: pagerduty, key: abc }',
      'muster.yaml:2: pagers.payments.key: unknown key; known here: type, url, optional',
    ],
    [
      '  payments: { type: pagerduty }\n  my-team: { type: pagerduty }\n  my.team: { type: pagerduty }',
      'muster.yaml:4: pagers.my.team: would take its secret from PAGER_MY_TEAM_KEY, as pagers.my-team does: rename one',
    ],
    ['  other: { type: pagerduty }', 'muster.yaml:5: services[0].pager: is not listed under "pagers"'],
    ['  constructor: { type: pagerduty }', 'muster.yaml:5: services[0].pager: is not listed under "pagers"'],
  ])('is refused: %s', (pagers, problem) => {
    expect(problems(withPagers(pagers))).toEqual([problem]);
  });
});
