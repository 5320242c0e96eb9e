/** The only reader of the environment. Everything that is missing or wrong is named at once; no value is ever repeated. */
import { z } from 'zod';

export type SlackConnection =
  | { readonly mode: 'socket'; readonly botToken: string; readonly appToken: string }
  | { readonly mode: 'http'; readonly botToken: string; readonly signingSecret: string };

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export type Config = {
  readonly slack: SlackConnection & {
    /** Where the Web API is, if not at Slack: a stand-in, or a proxy. */
    readonly apiUrl: string | null;
  };
  readonly databaseUrl: string;
  /** The HTTP port of health, signals and, without Socket Mode, of Slack's requests. 0: any free one. */
  readonly port: number;
  /** The path of `muster.yaml`. */
  readonly catalogPath: string;
  /** What machines send with `POST /signals`; `null`: nobody may. */
  readonly signalsToken: string | null;
  /** Where SNS is reached, if not at AWS: a stand-in. (The AWS SDK reads the addresses of the others by itself.) */
  readonly snsEndpoint: string | null;
  /** What `pagerVariable` names, by that name: the catalog says which of them count. */
  readonly pagerVariables: { readonly [variable: string]: string };
  /** Where PagerDuty takes events: another region's address, or a stand-in. */
  readonly pagerDutyUrl: string;
  /** Any of them signs what PagerDuty sends; none: it may send nothing. */
  readonly pagerDutySecrets: readonly string[];
  /** What pagers of one's own send with `POST /pages`; `null`: they have to sign. */
  readonly pagesToken: string | null;
  readonly logLevel: LogLevel;
};

export type ConfigReading =
  { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly problems: readonly string[] };

/** What `process.env` is. */
export type Environment = { readonly [name: string]: string | undefined };

/** Reads the whole configuration. Never throws; problems name variables, never their values. */
export function readConfig(env: Environment = process.env): ConfigReading {
  const slack = readSlack(env);
  const rest = restSchema.safeParse(dropBlanks(env));
  const pagers = readPagerVariables(env);
  const problems = [
    ...slack.problems,
    ...(rest.success ? [] : rest.error.issues.map((issue) => `${String(issue.path[0])} ${issue.message}`)),
    ...pagers.problems,
  ];
  if (slack.connection === null || !rest.success || problems.length > 0) return { ok: false, problems };
  const written = rest.data;
  return {
    ok: true,
    config: {
      slack: { ...slack.connection, apiUrl: written.SLACK_API_URL ?? null },
      databaseUrl: written.DATABASE_URL,
      port: written.PORT,
      catalogPath: written.MUSTER_CATALOG,
      signalsToken: written.SIGNALS_TOKEN ?? null,
      snsEndpoint: written.AWS_ENDPOINT_URL_SNS ?? null,
      pagerVariables: pagers.variables,
      pagerDutyUrl: written.PAGERDUTY_URL,
      pagerDutySecrets: written.PAGERDUTY_WEBHOOK_SECRET,
      pagesToken: written.PAGES_TOKEN ?? null,
      logLevel: written.LOG_LEVEL,
    },
  };
}

/** How much of a way into a Slack workspace is there: the sandbox may only take the place of `none`. */
export function slackCredentials(env: Environment = process.env): 'none' | 'some' | 'whole' {
  const given = dropBlanks(env);
  const names = ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET'];
  if (names.every((name) => given[name] === undefined)) return 'none';
  return readSlack(env).problems.length === 0 ? 'whole' : 'some';
}

export type SlackTokens = { readonly botToken: string; readonly appToken: string; readonly apiUrl: string | null };

/** The two tokens of Socket Mode alone, for a command in a shell that needs no more; else what is wrong. */
export function readSlackTokens(
  env: Environment = process.env,
): SlackTokens | { readonly problems: readonly string[] } {
  const { connection, problems } = readSlack(env);
  if (connection === null) return { problems };
  if (connection.mode === 'http') return { problems: ['SLACK_APP_TOKEN is missing, in place of SLACK_SIGNING_SECRET'] };
  return { ...connection, apiUrl: dropBlanks(env)['SLACK_API_URL'] ?? null };
}

/** The variable that belongs to a pager of the catalog: `PAGER_PAYMENTS_KEY` is the secret of `payments`. */
export function pagerVariable(pager: string, what: 'KEY' | 'URL'): string {
  return `PAGER_${pager.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_${what}`;
}

function readPagerVariables(env: Environment): {
  readonly variables: { readonly [variable: string]: string };
  readonly problems: readonly string[];
} {
  const given = Object.entries(dropBlanks(env)).flatMap(([name, value = '']) =>
    /^PAGER_[A-Z0-9_]+_(?:KEY|URL)$/.test(name) ? [[name, value] as const] : [],
  );
  return {
    variables: Object.fromEntries(given),
    problems: given
      .filter(([name, value]) => name.endsWith('_URL') && !link.safeParse(value).success)
      .map(([name]) => `${name} ${linkSentence}`),
  };
}

/** A variable that is set to nothing, as an untouched line of `.env.example` is, counts as not set. */
function dropBlanks(env: Environment): Environment {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => {
      const trimmed = value?.trim() ?? '';
      return trimmed === '' ? [] : [[name, trimmed]];
    }),
  );
}

type ReadSlack = { readonly connection: SlackConnection | null; readonly problems: readonly string[] };

function readSlack(env: Environment): ReadSlack {
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret } = dropBlanks(env);
  const problems: string[] = [];
  if (botToken === undefined) problems.push('SLACK_BOT_TOKEN is missing');
  else if (!/^xoxb-\S+$/.test(botToken))
    problems.push('SLACK_BOT_TOKEN must be a bot token, which begins with "xoxb-"');
  if (appToken !== undefined && !/^xapp-\S+$/.test(appToken)) {
    problems.push('SLACK_APP_TOKEN must be an app-level token, which begins with "xapp-"');
  }
  if (signingSecret !== undefined && !/^\S{8,}$/.test(signingSecret)) {
    problems.push('SLACK_SIGNING_SECRET must be the signing secret of the app, at least 8 characters without spaces');
  }
  if (appToken === undefined && signingSecret === undefined) {
    problems.push('SLACK_APP_TOKEN (for Socket Mode) or SLACK_SIGNING_SECRET (for HTTP) is missing');
  }
  if (appToken !== undefined && signingSecret !== undefined) {
    problems.push(
      'SLACK_APP_TOKEN and SLACK_SIGNING_SECRET exclude each other: unset one to choose HTTP or Socket Mode',
    );
  }
  if (botToken === undefined || problems.length > 0) return { connection: null, problems };
  if (appToken !== undefined) return { connection: { mode: 'socket', botToken, appToken }, problems };
  if (signingSecret !== undefined) return { connection: { mode: 'http', botToken, signingSecret }, problems };
  return { connection: null, problems };
}

function wrong(sentence: string): { readonly error: z.core.$ZodErrorMap } {
  return { error: (issue) => (issue.input === undefined ? 'is missing' : sentence) };
}

const linkSentence = 'must be a link that starts with https:// or http://';
const link = z.url({ protocol: /^https?$/, ...wrong(linkSentence) });
const tokenSentence = 'must be at least 16 characters without spaces';
const token = z.string().regex(/^[\x21-\x7e]{16,}$/, tokenSentence);

const restSchema = z.object({
  SLACK_API_URL: link.optional(),
  DATABASE_URL: z.url({
    protocol: /^postgres(?:ql)?$/,
    ...wrong('must be a Postgres address such as postgres://user:password@host:5432/muster'),
  }),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port number')
    .transform(Number)
    .refine((port) => port <= 65_535, 'must be a port number')
    .default(3000),
  MUSTER_CATALOG: z.string().default('muster.yaml'),
  SIGNALS_TOKEN: token.optional(),
  AWS_ENDPOINT_URL_SNS: link.optional(),
  PAGERDUTY_URL: link.default('https://events.pagerduty.com'),
  PAGERDUTY_WEBHOOK_SECRET: z
    .string()
    .transform((written) => written.split(',').map((secret) => secret.trim()))
    .pipe(z.array(z.string().regex(/^[\x21-\x7e]{16,}$/, `${tokenSentence}, each of them`)))
    .default([]),
  PAGES_TOKEN: token.optional(),
  LOG_LEVEL: z.enum(logLevels, wrong(`must be one of ${logLevels.join(', ')}`)).default('info'),
});

/** The database alone, for commands in a shell that need nothing else; `null` when it is not set. */
export function readDatabaseUrl(env: Environment = process.env): string | null {
  return env['DATABASE_URL']?.trim() || null;
}
