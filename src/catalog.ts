/** `muster.yaml`: which services exist, who answers for them, which alarms watch them. */
import type { z } from 'zod';
import { catalogSchema } from './catalog-shape.ts';
import type { Written } from './catalog-shape.ts';
import type { AlarmArn } from './incident/incident.ts';
import type { AlarmRule, Policy, Service } from './incident/policy.ts';
import { readYaml } from './yaml-lines.ts';
import type { Path } from './yaml-lines.ts';

/** An AWS account whose alarms are read; `roleArn` is assumed for it, `null`: the bot's own credentials do. */
export type Account = {
  readonly id: string;
  readonly name: string;
  readonly roleArn: string | null;
  readonly externalId: string | null;
};

export type Catalog = { readonly policy: Policy; readonly accounts: readonly Account[] };

export type CatalogReading =
  { readonly ok: true; readonly catalog: Catalog } | { readonly ok: false; readonly problems: readonly string[] };

const mostCharacters = 256 * 1024;

/**
 * Reads the text of a catalog. Never throws: each problem is one sentence that names file, line and key.
 * `fileName` is only for those sentences.
 */
export function readCatalog(text: string, fileName: string): CatalogReading {
  if (text.length > mostCharacters) {
    return refuse([`${fileName}:1: the file is larger than ${mostCharacters / 1024} KiB, which no catalog needs`]);
  }
  const yaml = readYaml(text);
  if (!yaml.ok) return refuse(yaml.problems.map(({ line, sentence }) => `${fileName}:${line}: not YAML: ${sentence}`));

  const shape = catalogSchema.safeParse(yaml.value);
  const problems = shape.success ? findContradictions(shape.data) : shape.error.issues.flatMap(toProblems);
  if (!shape.success || problems.length > 0) {
    return refuse(
      problems.map(({ path, sentence }) => {
        const place = path.length === 0 ? 'the catalog ' : `${describe(path)}: `;
        return `${fileName}:${yaml.findLine(path)}: ${place}${sentence}`;
      }),
    );
  }
  return { ok: true, catalog: buildCatalog(shape.data) };
}

function refuse(problems: readonly string[]): CatalogReading {
  return { ok: false, problems };
}

type Problem = { readonly path: Path; readonly sentence: string };

function toProblems(issue: z.core.$ZodIssue): readonly Problem[] {
  switch (issue.code) {
    case 'unrecognized_keys': {
      const sentences = issue.message.split('\n');
      return issue.keys.map((key, index) => ({
        path: [...issue.path, key],
        sentence: sentences[index] ?? issue.message,
      }));
    }
    case 'invalid_key':
      return [{ path: issue.path, sentence: issue.issues[0]?.message ?? issue.message }];
    case 'invalid_type':
    case 'invalid_format':
    case 'invalid_value':
    case 'too_big':
    case 'too_small':
    case 'custom':
    case 'invalid_union':
    case 'invalid_element':
    case 'not_multiple_of':
      return [{ path: issue.path, sentence: issue.message }];
  }
}

/** `services[1].alarms` */
function describe(path: Path): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`))
    .join('')
    .slice(0, 200);
}

/** What is wrong though each value for itself is right. */
function findContradictions(written: Written): readonly Problem[] {
  const accounts = written.accounts ?? {};
  const ofAccounts = Object.entries(accounts).flatMap(([id, { roleArn, externalId }]): Problem[] => {
    const path = ['accounts', id];
    if (roleArn && !roleArn.includes(`::${id}:`)) {
      return [{ path: [...path, 'roleArn'], sentence: 'the role belongs to another account' }];
    }
    return externalId && !roleArn
      ? [{ path: [...path, 'externalId'], sentence: 'means nothing without "roleArn"' }]
      : [];
  });
  const alarms = written.services.flatMap((service, index) =>
    (service.alarms ?? []).map((alarm, place) => ({ alarm, path: ['services', index, 'alarms', place] })),
  );
  return [
    ...ofAccounts,
    ...findRepeats(written.services.map(({ name }, index) => ({ value: name, path: ['services', index, 'name'] }))),
    ...written.services.flatMap(({ responders }, index) =>
      findRepeats(responders.map((value, place) => ({ value, path: ['services', index, 'responders', place] }))),
    ),
    ...findRepeats(alarms.map(({ alarm, path }) => ({ value: toArn(alarm), path: [...path, 'name'] }))),
    ...alarms
      .filter(({ alarm }) => !Object.hasOwn(accounts, alarm.account))
      .map(({ path }) => ({ path: [...path, 'account'], sentence: 'is not listed under "accounts"' })),
  ];
}

function findRepeats(named: readonly { readonly value: string; readonly path: Path }[]): readonly Problem[] {
  const first = new Map<string, Path>();
  return named.flatMap(({ value, path }) => {
    const before = first.get(value);
    if (before === undefined) first.set(value, path);
    return before === undefined ? [] : [{ path, sentence: `"${value}" is already named at ${describe(before)}` }];
  });
}

const defaultMeanings: Policy['severities'] = {
  SEV1: 'Most users are locked out, or data is being lost or exposed',
  SEV2: 'Many users cannot do something important',
  SEV3: 'Some users are held up, or have a way around',
  SEV4: 'A few users may notice',
  SEV5: 'No user notices, but it should be looked at',
};

function buildCatalog(written: Written): Catalog {
  const stabilisationMillis = written.defaults.stabilisation ?? 10 * 60_000;
  const holdMillis = written.defaults.hold ?? 2 * 60_000;
  const services = written.services.map((service): Service => ({
    name: service.name,
    responders: service.responders,
    alarms: (service.alarms ?? []).map((alarm): AlarmRule => {
      return {
        alarm: toArn(alarm),
        name: alarm.name,
        opens: alarm.opens ?? null,
        holdMillis: alarm.hold ?? holdMillis,
      };
    }),
    stabilisationMillis: service.stabilisation ?? stabilisationMillis,
    runbook: service.runbook ?? null,
    links: service.links ?? [],
    bridge: service.bridge ?? null,
  }));
  const meant = written.severities ?? {};
  return {
    policy: {
      services,
      fallbackResponders: written.defaults.responders,
      bridge: written.workspace?.bridge ?? null,
      broadcastChannel: written.workspace?.broadcastChannel ?? null,
      roomPrefix: written.workspace?.roomPrefix ?? 'inc',
      defaultStabilisationMillis: stabilisationMillis,
      severities: {
        SEV1: meant.SEV1 ?? defaultMeanings.SEV1,
        SEV2: meant.SEV2 ?? defaultMeanings.SEV2,
        SEV3: meant.SEV3 ?? defaultMeanings.SEV3,
        SEV4: meant.SEV4 ?? defaultMeanings.SEV4,
        SEV5: meant.SEV5 ?? defaultMeanings.SEV5,
      },
    },
    accounts: Object.entries(written.accounts ?? {}).map(([id, { name, roleArn, externalId }]) => {
      return { id, name, roleArn: roleArn ?? null, externalId: externalId ?? null };
    }),
  };
}

function toArn(alarm: { readonly name: string; readonly account: string; readonly region: string }): AlarmArn {
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
