/** What is wrong in a catalog though each of its values for itself is right. */
import type { Written } from './catalog-shape.ts';
import { pagerVariable } from './config.ts';
import type { AlarmArn } from './incident/incident.ts';
import type { Path } from './yaml-lines.ts';

export type Problem = { readonly path: Path; readonly sentence: string };

/** In the order of the file's own parts; nothing for a catalog that can be used. */
export function findContradictions(written: Written): readonly Problem[] {
  return [
    ...checkAccounts(written),
    ...checkRoads(written),
    ...checkRules(written),
    ...checkPeople(written),
    ...checkPagers(written),
    ...checkServices(written),
    ...checkPlaces(written),
  ];
}

/** `services[1].alarms` */
export function describePath(path: Path): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`))
    .join('')
    .slice(0, 200);
}

/** The ARN of an alarm that the catalog lists. */
export function listedArn(alarm: {
  readonly name: string;
  readonly account: string;
  readonly region: string;
}): AlarmArn {
  return `arn:${findPartition(alarm.region)}:cloudwatch:${alarm.region}:${alarm.account}:alarm:${alarm.name}`;
}

const partitions = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
  ['eusc-', 'aws-eusc'],
] as const;

function findPartition(region: string): string {
  return partitions.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';
}

function checkPeople({ defaults, services, circles }: Written): readonly Problem[] {
  const written = [
    { whom: defaults, path: ['defaults'] as Path },
    ...services.map((whom, index) => ({ whom, path: ['services', index] as Path })),
  ];
  return [
    ...written.flatMap(({ whom, path }): Problem[] => {
      if (!whom.responders && !whom.levels) return [{ path: [...path, 'responders'], sentence: 'is missing' }];
      return whom.responders && whom.levels
        ? [{ path: [...path, 'responders'], sentence: 'stands beside "levels": write the first level in one of them' }]
        : [];
    }),
    ...findRepeats((circles ?? []).map(({ name }, index) => ({ value: name, path: ['circles', index, 'name'] }))),
    ...(circles ?? []).flatMap(({ page }, index) => repeatsIn(page, ['circles', index, 'page'])),
    ...repeatsIn(defaults.responders ?? [], ['defaults', 'responders']),
    ...(defaults.levels ?? []).flatMap(({ page }, index) => repeatsIn(page, ['defaults', 'levels', index, 'page'])),
  ];
}

function repeatsIn(targets: readonly string[], path: Path): readonly Problem[] {
  return findRepeats(targets.map((value, index) => ({ value, path: [...path, index] })));
}

function checkAccounts({ accounts }: Written): readonly Problem[] {
  return Object.entries(accounts ?? {}).flatMap(([id, { roleArn, externalId }]): Problem[] => {
    const path = ['accounts', id];
    if (roleArn && !roleArn.includes(`::${id}:`)) {
      return [{ path: [...path, 'roleArn'], sentence: 'the role belongs to another account' }];
    }
    return externalId && !roleArn
      ? [{ path: [...path, 'externalId'], sentence: 'means nothing without "roleArn"' }]
      : [];
  });
}

function checkRoads({ alarms, workspace }: Written): readonly Problem[] {
  const queues = alarms?.queues ?? [];
  const topics = alarms?.topics ?? [];
  const selections = (alarms?.find ?? []).map((selection, index) => ({ selection, path: ['alarms', 'find', index] }));
  const road = queues.length > 0 || topics.length > 0 || selections.length > 0;
  return [
    ...(road && !workspace?.triageChannel && !workspace?.broadcastChannel
      ? [
          {
            path: ['workspace', 'triageChannel'],
            sentence:
              'is missing, and so is "broadcastChannel", which is used without it: ' +
              'alarms that open nothing have to be shown somewhere',
          },
        ]
      : []),
    ...findRepeats(queues.map((value, index) => ({ value, path: ['alarms', 'queues', index] }))),
    ...findRepeats(topics.map((value, index) => ({ value, path: ['alarms', 'topics', index] }))),
    ...selections
      .filter(({ selection: { prefix, tag, action } }) => [prefix, tag, action].filter(Boolean).length !== 1)
      .map(({ path }) => ({ path, sentence: 'must have exactly one of "prefix", "tag" and "action"' })),
  ];
}

type Rule = NonNullable<NonNullable<Written['alarms']>['rules']>[number];

function checkRules({ alarms, services }: Written): readonly Problem[] {
  const names = new Set(services.map(({ name }) => name));
  const rules = alarms?.rules ?? [];
  return rules.flatMap((rule, index): readonly Problem[] => {
    const path = ['alarms', 'rules', index];
    if (!rule.prefix && !rule.tags && !rule.account && !rule.region) {
      return [{ path, sentence: 'must have at least one of "prefix", "tags", "account" and "region"' }];
    }
    const before = rules.slice(0, index).findIndex((earlier) => covers(earlier, rule));
    return [
      ...(names.has(rule.service) ? [] : [{ path: [...path, 'service'], sentence: 'is not listed under "services"' }]),
      ...checkTreatment(rule, path),
      ...(before === -1
        ? []
        : [
            {
              path,
              sentence: `never counts: alarms.rules[${before}] stands before it and fits every alarm that it fits`,
            },
          ]),
    ];
  });
}

function checkPagers({ pagers, services }: Written): readonly Problem[] {
  const named = Object.entries(pagers ?? {});
  return [
    ...named.flatMap(([name, { type, url }], index): readonly Problem[] => {
      const path = ['pagers', name];
      const variable = pagerVariable(name, 'KEY');
      const before = named.slice(0, index).find(([other]) => pagerVariable(other, 'KEY') === variable)?.[0];
      return [
        ...(type === 'webhook' && !url ? [{ path: [...path, 'url'], sentence: 'is missing' }] : []),
        ...(type === 'pagerduty' && url
          ? [{ path: [...path, 'url'], sentence: 'means nothing here: it is for pagers of the type webhook' }]
          : []),
        ...(before === undefined
          ? []
          : [{ path, sentence: `would take its secret from ${variable}, as pagers.${before} does: rename one` }]),
      ];
    }),
    ...services.flatMap(({ pager }, index) =>
      !pager || Object.hasOwn(pagers ?? {}, pager)
        ? []
        : [{ path: ['services', index, 'pager'], sentence: 'is not listed under "pagers"' }],
    ),
  ];
}

/** Whether whatever fits the narrow rule fits the broad one too. */
function covers(broad: Rule, narrow: Rule): boolean {
  return (
    (!broad.prefix || (narrow.prefix ?? '').startsWith(broad.prefix)) &&
    Object.entries(broad.tags ?? {}).every(([key, value]) => {
      const tags = narrow.tags ?? {};
      return Object.hasOwn(tags, key) && tags[key] === value;
    }) &&
    (!broad.account || broad.account === narrow.account) &&
    (!broad.region || broad.region === narrow.region)
  );
}

function checkTreatment({ severity, opens }: Pick<Rule, 'severity' | 'opens'>, path: Path): readonly Problem[] {
  return severity && opens && severity !== opens
    ? [{ path: [...path, 'severity'], sentence: `says ${severity}, but "opens" says ${opens}: leave one out` }]
    : [];
}

function checkServices({ services }: Written): readonly Problem[] {
  const names = new Set(services.map(({ name }) => name));
  const alarms = services.flatMap((service, index) =>
    (service.alarms ?? []).map((alarm, place) => ({ alarm, path: ['services', index, 'alarms', place] })),
  );
  return [
    ...findRepeats(services.map(({ name }, index) => ({ value: name, path: ['services', index, 'name'] }))),
    ...services.flatMap(({ responders, levels }, index) => [
      ...repeatsIn(responders ?? [], ['services', index, 'responders']),
      ...(levels ?? []).flatMap(({ page }, level) => repeatsIn(page, ['services', index, 'levels', level, 'page'])),
    ]),
    ...services.flatMap(({ name, needs }, index) => {
      const named = (needs ?? []).map((value, place) => ({ value, path: ['services', index, 'needs', place] }));
      return [
        ...findRepeats(named),
        ...named.flatMap(({ value, path }): readonly Problem[] => {
          if (value === name) return [{ path, sentence: 'a service does not need itself' }];
          return names.has(value) ? [] : [{ path, sentence: 'is not listed under "services"' }];
        }),
      ];
    }),
    ...findRepeats(alarms.map(({ alarm, path }) => ({ value: listedArn(alarm), path: [...path, 'name'] }))),
    ...alarms.flatMap(({ alarm, path }) => checkTreatment(alarm, path)),
  ];
}

/** Everything that names an account names one that can be read. */
function checkPlaces({ accounts, alarms, services }: Written): readonly Problem[] {
  const named: readonly { readonly account: string | null | undefined; readonly path: Path }[] = [
    ...(alarms?.find ?? []).map(({ account }, index) => ({ account, path: ['alarms', 'find', index] })),
    ...(alarms?.rules ?? []).map(({ account }, index) => ({ account, path: ['alarms', 'rules', index] })),
    ...services.flatMap((service, index) => [
      ...(service.alarms ?? []).map(({ account }, place) => ({
        account,
        path: ['services', index, 'alarms', place],
      })),
      { account: service.traffic?.account, path: ['services', index, 'traffic'] },
    ]),
  ];
  return named
    .filter(({ account }) => account && !Object.hasOwn(accounts ?? {}, account))
    .map(({ path }) => ({ path: [...path, 'account'], sentence: 'is not listed under "accounts"' }));
}

function findRepeats(named: readonly { readonly value: string; readonly path: Path }[]): readonly Problem[] {
  const first = new Map<string, Path>();
  return named.flatMap(({ value, path }) => {
    const before = first.get(value);
    if (before === undefined) first.set(value, path);
    return before === undefined ? [] : [{ path, sentence: `"${value}" is already named at ${describePath(before)}` }];
  });
}
