/** Rules that keep the actions of alarms back for a while, as CloudWatch has them. */
import { CronExpressionParser } from 'cron-parser';
import { z } from 'zod';
import { isOf, paging, takePage } from './paging.ts';
import { AwsError, readInput, validationError, type Caller } from './wire.ts';

/** Times in epoch milliseconds. */
export type MuteRule = {
  readonly name: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly description: string;
  /** `cron(…)` or `at(yyyy-MM-ddThh:mm)` */
  readonly expression: string;
  readonly durationMillis: number;
  readonly timezone: string;
  readonly alarmNames: readonly string[];
  readonly startDate: number | null;
  readonly expireDate: number | null;
  readonly updatedAt: number;
};

/** A window in which a rule holds. */
export type Mute = { readonly ruleArn: string; readonly from: number; readonly to: number };

type RuleSetup = Omit<MuteRule, 'arn' | 'updatedAt'>;

export type MuteRules = {
  put(rule: RuleSetup): MuteRule;
  remove(arn: string): void;
  list(): readonly MuteRule[];
  /** The window that an alarm is in, if any. */
  muteOf(alarm: Caller & { readonly name: string }): Mute | null;
  statusOf(rule: MuteRule): 'SCHEDULED' | 'ACTIVE' | 'EXPIRED';
};

/** Holds the rules; `onChange` is called after every change. */
export function createMuteRules(setup: {
  readonly now: () => number;
  readonly onChange: () => void;
  readonly saved: readonly MuteRule[];
}): MuteRules {
  const { now, onChange } = setup;
  const rules = new Map(setup.saved.map((rule) => [rule.arn, rule]));
  return {
    put(given) {
      const arn = `arn:aws:cloudwatch:${given.region}:${given.account}:alarm-mute-rule:${given.name}`;
      const rule = { ...given, arn, updatedAt: now() };
      rules.set(arn, rule);
      onChange();
      return rule;
    },
    remove(arn) {
      rules.delete(arn);
      onChange();
    },
    list: () => [...rules.values()],
    muteOf(alarm) {
      for (const rule of rules.values()) {
        if (!isOf(rule, alarm) || !rule.alarmNames.includes(alarm.name)) continue;
        const window = windowAt(rule, now());
        if (window !== null) return { ruleArn: rule.arn, ...window };
      }
      return null;
    },
    statusOf(rule) {
      if (windowAt(rule, now()) !== null) return 'ACTIVE';
      const over = now() >= (rule.expireDate ?? Infinity) || !comesAgain(rule, now());
      return over ? 'EXPIRED' : 'SCHEDULED';
    },
  };
}

function windowAt(rule: MuteRule, now: number): { readonly from: number; readonly to: number } | null {
  if (now < (rule.startDate ?? -Infinity)) return null;
  // The time asked about is not counted by the parser itself.
  const from = occurrence(rule, now + 1, 'prev');
  if (from === null) return null;
  const to = Math.min(from + rule.durationMillis, rule.expireDate ?? Infinity);
  return now < to ? { from, to } : null;
}

function comesAgain(rule: MuteRule, now: number): boolean {
  return occurrence(rule, now, 'next') !== null;
}

/** When the expression last (or next) held, seen from `at`. */
function occurrence(rule: Pick<MuteRule, 'expression' | 'timezone'>, at: number, way: 'prev' | 'next'): number | null {
  const once = /^at\((\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)\)$/.exec(rule.expression);
  const [, year, month, day, hour, minute] = once ?? [];
  const fields = once === null ? /^cron\((.+)\)$/.exec(rule.expression)?.[1] : `${minute} ${hour} ${day} ${month} *`;
  if (fields === undefined) throw validationError('The schedule expression must be cron(…) or at(yyyy-MM-ddThh:mm)');
  // A date alone comes every year: only the one that is meant counts.
  const currentDate = once === null || way === 'prev' ? at : Math.max(at, Date.parse(`${year}-01-01T00:00Z`) - 864e5);
  const found = CronExpressionParser.parse(fields, { currentDate: new Date(currentDate), tz: rule.timezone })[way]();
  if (once !== null && String(found.getFullYear()) !== year) return null;
  return found.getTime();
}

const name = z.string().min(1).max(255);
const status = z.enum(['SCHEDULED', 'ACTIVE', 'EXPIRED']);
const inputs = {
  put: z.object({
    Name: name,
    Description: z.string().max(1024).optional(),
    Rule: z.object({
      Schedule: z.object({
        Expression: z.string(),
        Duration: z.string(),
        Timezone: z.string().optional(),
      }),
    }),
    MuteTargets: z.object({ AlarmNames: z.array(name).max(100) }).optional(),
    StartDate: z.number().optional(),
    ExpireDate: z.number().optional(),
  }),
  get: z.object({ AlarmMuteRuleName: name }),
  remove: z.object({ AlarmMuteRuleName: name }),
  list: z.object({ AlarmName: name.optional(), Statuses: z.array(status).optional(), ...paging }),
};

export const muteRuleOperations: ReadonlySet<string> = new Set([
  'PutAlarmMuteRule',
  'GetAlarmMuteRule',
  'DeleteAlarmMuteRule',
  'ListAlarmMuteRules',
]);

/** Answers one of `muteRuleOperations`. @throws AwsError as CloudWatch would answer. */
export function answerMuteRules(operation: string, input: unknown, caller: Caller, rules: MuteRules): unknown {
  const mine = rules.list().filter((rule) => isOf(rule, caller));
  const named = (wanted: string): MuteRule => {
    const rule = mine.find((one) => one.name === wanted);
    if (rule === undefined)
      throw new AwsError('com.amazonaws.cloudwatch.v2010_08_01#ResourceNotFoundException', 'Not found', {
        status: 404,
        queryCode: 'ResourceNotFoundException',
      });
    return rule;
  };
  switch (operation) {
    case 'PutAlarmMuteRule':
      rules.put(readRule(readInput(inputs.put, input), caller));
      return {};
    case 'GetAlarmMuteRule':
      return showRule(named(readInput(inputs.get, input).AlarmMuteRuleName), rules);
    case 'DeleteAlarmMuteRule': {
      const rule = mine.find((one) => one.name === readInput(inputs.remove, input).AlarmMuteRuleName);
      if (rule !== undefined) rules.remove(rule.arn);
      return {};
    }
    default: {
      const asked = readInput(inputs.list, input);
      const found = mine
        .filter((rule) => asked.AlarmName === undefined || rule.alarmNames.includes(asked.AlarmName))
        .filter((rule) => asked.Statuses?.includes(rules.statusOf(rule)) ?? true);
      const { page, next } = takePage(found, asked, 50);
      return { AlarmMuteRuleSummaries: page.map((rule) => summarise(rule, rules)), ...next };
    }
  }
}

function readRule(input: z.infer<typeof inputs.put>, caller: Caller): RuleSetup {
  const { Expression: expression, Duration, Timezone: timezone = 'UTC' } = input.Rule.Schedule;
  const durationMillis = readDuration(Duration);
  if (durationMillis < 60_000 || durationMillis > 15 * 86_400_000)
    throw validationError('The duration must be between PT1M and P15D');
  try {
    occurrence({ expression, timezone }, 0, 'next');
  } catch (error) {
    throw error instanceof AwsError ? error : validationError(`Invalid schedule: ${String(error)}`);
  }
  return {
    name: input.Name,
    account: caller.account,
    region: caller.region,
    description: input.Description ?? '',
    expression,
    durationMillis,
    timezone,
    alarmNames: input.MuteTargets?.AlarmNames ?? [],
    startDate: input.StartDate === undefined ? null : input.StartDate * 1000,
    expireDate: input.ExpireDate === undefined ? null : input.ExpireDate * 1000,
  };
}

/** @throws AwsError when it is no ISO 8601 duration of days, hours and minutes. */
function readDuration(text: string): number {
  const found = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(text);
  if (found === null || !/\d/.test(text)) throw validationError(`The duration '${text}' is not valid`);
  const [, days = 0, hours = 0, minutes = 0] = found;
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000;
}

function summarise(rule: MuteRule, rules: MuteRules): object {
  return {
    AlarmMuteRuleArn: rule.arn,
    Status: rules.statusOf(rule),
    MuteType: rule.expression.startsWith('at(') ? 'ONE_TIME' : 'RECURRING',
    LastUpdatedTimestamp: rule.updatedAt / 1000,
    ...(rule.expireDate === null ? {} : { ExpireDate: rule.expireDate / 1000 }),
  };
}

function showRule(rule: MuteRule, rules: MuteRules): object {
  return {
    ...summarise(rule, rules),
    Name: rule.name,
    Description: rule.description,
    Rule: {
      Schedule: {
        Expression: rule.expression,
        Duration: `PT${rule.durationMillis / 60_000}M`,
        Timezone: rule.timezone,
      },
    },
    MuteTargets: { AlarmNames: rule.alarmNames },
    ...(rule.startDate === null ? {} : { StartDate: rule.startDate / 1000 }),
  };
}
