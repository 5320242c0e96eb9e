/** `muster.yaml`: which services exist, who answers for them, which alarms watch them. */
import type { z } from 'zod';
import { describePath, findContradictions, listedArn } from './catalog-contradictions.ts';
import type { Problem } from './catalog-contradictions.ts';
import { catalogSchema } from './catalog-shape.ts';
import type { Written } from './catalog-shape.ts';
import type { Severity } from './incident/incident.ts';
import type { Cadence } from './incident/page.ts';
import type {
  AlarmPolicy,
  AlarmSelection,
  AlarmTreatment,
  Level,
  Metric,
  Pager,
  PeoplePolicy,
  Policy,
  Service,
} from './incident/policy.ts';
import { readYaml } from './yaml-lines.ts';

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
        const place = path.length === 0 ? 'the catalog ' : `${describePath(path)}: `;
        return `${fileName}:${yaml.findLine(path)}: ${place}${sentence}`;
      }),
    );
  }
  return { ok: true, catalog: buildCatalog(shape.data) };
}

function refuse(problems: readonly string[]): CatalogReading {
  return { ok: false, problems };
}

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

const defaultMeanings: Policy['severities'] = {
  SEV1: 'Most users are locked out, or data is being lost or exposed',
  SEV2: 'Many users cannot do something important',
  SEV3: 'Some users are held up, or have a way around',
  SEV4: 'A few users may notice',
  SEV5: 'No user notices, but it should be looked at',
};

function buildCatalog(written: Written): Catalog {
  const stabilisationMillis = written.defaults.stabilisation ?? null;
  const holdMillis = written.defaults.hold ?? 2 * 60_000;
  const services = written.services.map((service): Service => ({
    name: service.name,
    levels: readLevels(service),
    alarms: (service.alarms ?? []).map((alarm) => ({
      alarm: listedArn(alarm),
      name: alarm.name,
      ...readTreatment(alarm, holdMillis),
    })),
    needs: service.needs ?? [],
    traffic: service.traffic ? readMetric(service.traffic) : null,
    stabilisationMillis: service.stabilisation ?? stabilisationMillis,
    runbook: service.runbook ?? null,
    links: service.links ?? [],
    bridge: service.bridge ?? null,
    pager: service.pager ?? null,
  }));
  const meant = written.severities ?? {};
  return {
    policy: {
      services,
      alarms: buildAlarmPolicy(written, holdMillis),
      people: buildPeoplePolicy(written),
      fallbackLevels: readLevels(written.defaults),
      pagers: Object.entries(written.pagers ?? {}).map(readPager),
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

type WrittenWhom = Pick<Written['services'][number], 'responders' | 'levels'>;

function readLevels({ responders, levels }: WrittenWhom): readonly Level[] {
  if (responders) return [{ targets: responders, atLeast: null }];
  return (levels ?? []).map(({ page, atLeast }) => ({ targets: page, atLeast: atLeast ?? null }));
}

const minute = 60_000;

/** Unless the catalog says otherwise. What is worse than SEV3 wakes people. */
const defaultCadences: PeoplePolicy['cadences'] = {
  SEV1: { repeatMillis: 2 * minute, climbMillis: 5 * minute, atNight: true },
  SEV2: { repeatMillis: 4 * minute, climbMillis: 10 * minute, atNight: true },
  SEV3: { repeatMillis: 10 * minute, climbMillis: 30 * minute, atNight: false },
  SEV4: { repeatMillis: 30 * minute, climbMillis: 60 * minute, atNight: false },
  SEV5: { repeatMillis: 30 * minute, climbMillis: 60 * minute, atNight: false },
};

function buildPeoplePolicy({ paging, circles, workspace }: Written): PeoplePolicy {
  const cadenceOf = (severity: Severity): Cadence => {
    const standard = defaultCadences[severity];
    const said = paging?.[severity];
    return {
      repeatMillis: said?.repeat ?? standard.repeatMillis,
      climbMillis: said?.climb ?? standard.climbMillis,
      atNight: said?.atNight ?? standard.atNight,
    };
  };
  return {
    cadences: {
      SEV1: cadenceOf('SEV1'),
      SEV2: cadenceOf('SEV2'),
      SEV3: cadenceOf('SEV3'),
      SEV4: cadenceOf('SEV4'),
      SEV5: cadenceOf('SEV5'),
    },
    night: { fromHour: paging?.night?.from ?? 22, toHour: paging?.night?.to ?? 7 },
    circles: (circles ?? []).map(({ name, page, atLeast }) => ({ name, targets: page, atLeast: atLeast ?? 'SEV2' })),
    reliefMillis: paging?.relief ?? 6 * 60 * minute,
    removes: workspace?.removeFromRoom ?? false,
    archiveMillis: workspace?.archiveAfter ?? null,
  };
}

type WrittenAlarms = NonNullable<Written['alarms']>;
type WrittenRule = NonNullable<WrittenAlarms['rules']>[number];
type WrittenSelection = NonNullable<WrittenAlarms['find']>[number];
type WrittenPager = NonNullable<Written['pagers']>[string];
type WrittenMetric = NonNullable<Written['services'][number]['traffic']>;

function buildAlarmPolicy({ alarms, workspace }: Written, holdMillis: number): AlarmPolicy {
  return {
    queues: alarms?.queues ?? [],
    topics: alarms?.topics ?? [],
    selections: (alarms?.find ?? []).flatMap(readSelection),
    rules: (alarms?.rules ?? []).map((rule) => ({
      prefix: rule.prefix ?? null,
      tags: rule.tags ?? {},
      account: rule.account ?? null,
      region: rule.region ?? null,
      service: rule.service,
      title: rule.title ?? null,
      ...readTreatment(rule, holdMillis),
    })),
    windowMillis: alarms?.window ?? 30 * 60_000,
    automaticRooms: alarms?.automaticRooms ?? 3,
    triageChannel: workspace?.triageChannel ?? workspace?.broadcastChannel ?? null,
  };
}

function readPager([name, { type, url, optional }]: [string, WrittenPager]): Pager {
  const common = { name, optional: optional === 'true' };
  return type === 'pagerduty' ? { ...common, type } : { ...common, type, url: url ?? '' };
}

/** `opens: SEV2` says the severity as well. */
function readTreatment(
  { severity, opens, hold }: Pick<WrittenRule, 'severity' | 'opens' | 'hold'>,
  holdMillis: number,
): AlarmTreatment {
  return { severity: opens ?? severity ?? null, opens: Boolean(opens), holdMillis: hold ?? holdMillis };
}

function readSelection({ account, region, prefix, tag, action }: WrittenSelection): readonly AlarmSelection[] {
  if (prefix) return [{ account, region, by: { type: 'prefix', prefix } }];
  if (action) return [{ account, region, by: { type: 'action', action } }];
  return Object.entries(tag ?? {}).map(([key, value]) => ({ account, region, by: { type: 'tag', key, value } }));
}

function readMetric({ dimensions, statistic, period, ...metric }: WrittenMetric): Metric {
  return { ...metric, dimensions: dimensions ?? {}, statistic: statistic ?? 'Sum', periodSeconds: period ?? 60 };
}
