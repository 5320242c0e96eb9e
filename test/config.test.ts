import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { readConfig, slackCredentials } from '../src/config.ts';
import { createLog } from '../src/log.ts';

const socket = {
  SLACK_BOT_TOKEN: 'xoxb-1-secret',
  SLACK_APP_TOKEN: 'xapp-1-secret',
  DATABASE_URL: 'postgres://muster:hunter2@db.example.com:5432/muster',
};
const http = {
  SLACK_BOT_TOKEN: 'xoxb-1-secret',
  SLACK_SIGNING_SECRET: '8f742231b10e8888abcd99yyyzzz85a5',
  DATABASE_URL: socket.DATABASE_URL,
};

function problems(env: Record<string, string>): readonly string[] {
  const reading = readConfig(env);
  return reading.ok ? [] : reading.problems;
}

describe('the configuration', () => {
  test('needs three variables for Socket Mode', () => {
    expect(readConfig(socket)).toEqual({
      ok: true,
      config: {
        slack: { mode: 'socket', botToken: 'xoxb-1-secret', appToken: 'xapp-1-secret', apiUrl: null },
        databaseUrl: socket.DATABASE_URL,
        port: 3000,
        catalogPath: 'muster.yaml',
        signalsToken: null,
        snsEndpoint: null,
        pagerVariables: {},
        pagerDutyUrl: 'https://events.pagerduty.com',
        pagerDutySecrets: [],
        pagesToken: null,
        logLevel: 'info',
      },
    });
  });

  test('says all that it can say', () => {
    expect(
      readConfig({
        ...http,
        SLACK_API_URL: 'http://127.0.0.1:4000/api/',
        PORT: '0',
        MUSTER_CATALOG: '/etc/muster.yaml',
        SIGNALS_TOKEN: 'a'.repeat(16),
        AWS_ENDPOINT_URL_SNS: 'http://127.0.0.1:4001',
        PAGER_PAYMENTS_KEY: 'b'.repeat(32),
        PAGER_OPS_DESK_KEY: ' whsec_x ',
        PAGER_OPS_DESK_URL: 'http://127.0.0.1:4002/pages',
        PAGER_UNUSED_KEY: '',
        PAGERDUTY_URL: 'https://events.eu.pagerduty.com',
        PAGERDUTY_WEBHOOK_SECRET: `${'c'.repeat(20)}, ${'d'.repeat(20)}`,
        PAGES_TOKEN: 'e'.repeat(16),
        LOG_LEVEL: 'debug',
      }),
    ).toEqual({
      ok: true,
      config: {
        slack: {
          mode: 'http',
          botToken: 'xoxb-1-secret',
          signingSecret: http.SLACK_SIGNING_SECRET,
          apiUrl: 'http://127.0.0.1:4000/api/',
        },
        databaseUrl: socket.DATABASE_URL,
        port: 0,
        catalogPath: '/etc/muster.yaml',
        signalsToken: 'a'.repeat(16),
        snsEndpoint: 'http://127.0.0.1:4001',
        pagerVariables: {
          PAGER_PAYMENTS_KEY: 'b'.repeat(32),
          PAGER_OPS_DESK_KEY: 'whsec_x',
          PAGER_OPS_DESK_URL: 'http://127.0.0.1:4002/pages',
        },
        pagerDutyUrl: 'https://events.eu.pagerduty.com',
        pagerDutySecrets: ['c'.repeat(20), 'd'.repeat(20)],
        pagesToken: 'e'.repeat(16),
        logLevel: 'debug',
      },
    });
  });

  test('names everything that is missing together', () => {
    expect(problems({})).toEqual([
      'SLACK_BOT_TOKEN is missing',
      'SLACK_APP_TOKEN (for Socket Mode) or SLACK_SIGNING_SECRET (for HTTP) is missing',
      'DATABASE_URL is missing',
    ]);
  });

  test('reads a variable that is set to nothing as not set', () => {
    expect(problems({ ...socket, SLACK_SIGNING_SECRET: '', PORT: ' ', SIGNALS_TOKEN: '' })).toEqual([]);
    expect(problems({ ...socket, DATABASE_URL: '  ' })).toEqual(['DATABASE_URL is missing']);
  });

  test('takes exactly one way to Slack', () => {
    expect(problems({ ...socket, SLACK_SIGNING_SECRET: http.SLACK_SIGNING_SECRET })).toEqual([
      'SLACK_APP_TOKEN and SLACK_SIGNING_SECRET exclude each other: unset one to choose HTTP or Socket Mode',
    ]);
  });

  test('names what is wrong together, and repeats no value', () => {
    const values = {
      SLACK_BOT_TOKEN: 'xoxp-wrong-kind',
      SLACK_APP_TOKEN: 'xoxb-wrong-place',
      SLACK_API_URL: 'ftp://secret-host',
      DATABASE_URL: 'mysql://root:hunter2@db/muster',
      PORT: '70000',
      SIGNALS_TOKEN: 'too-short',
      PAGERDUTY_URL: 'gopher://secret-pager',
      PAGERDUTY_WEBHOOK_SECRET: `${'a'.repeat(20)},short-secret`,
      PAGES_TOKEN: 'short-token',
      LOG_LEVEL: 'loud',
      PAGER_OPS_URL: 'ops.example.com',
    };
    const said = problems(values);
    expect(said.map((problem) => problem.split(' ')[0])).toEqual(Object.keys(values));
    for (const value of Object.values(values)) expect(said.join('\n')).not.toContain(value);
  });

  test.each(['-1', '65536', '3000.5', '0x10', 'http', '3000 '.repeat(2)])('refuses the port "%s"', (PORT) => {
    expect(problems({ ...socket, PORT })).toEqual(['PORT must be a port number']);
  });
});

describe('the credentials of Slack', () => {
  test('are none at all', () => {
    expect(slackCredentials({})).toBe('none');
    expect(slackCredentials({ SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: '  ', DATABASE_URL: socket.DATABASE_URL })).toBe(
      'none',
    );
  });

  test('are whole', () => {
    expect(slackCredentials(socket)).toBe('whole');
    expect(slackCredentials(http)).toBe('whole');
  });

  test.each([
    ['a bot token alone', { SLACK_BOT_TOKEN: 'xoxb-1' }],
    ['an app token alone', { SLACK_APP_TOKEN: 'xapp-1' }],
    ['a signing secret alone', { SLACK_SIGNING_SECRET: http.SLACK_SIGNING_SECRET }],
    ['both ways', { ...socket, ...http }],
    ['a token of another kind', { ...socket, SLACK_BOT_TOKEN: 'xoxp-1' }],
  ])('are half a set with %s', (_, env) => {
    expect(slackCredentials(env)).toBe('some');
    expect(problems(env)).not.toEqual([]);
  });
});

describe('a log line', () => {
  function write(fields: Record<string, unknown>, message = 'said'): string {
    const lines: string[] = [];
    const destination = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    createLog('info', destination).info(fields, message);
    return lines.join('');
  }

  test('has a level in words, a time and the fields that were given', () => {
    const line: unknown = JSON.parse(write({ incident: 'INC-1' }));
    expect(line).toEqual({ level: 'info', time: expect.stringMatching(/Z$/), incident: 'INC-1', msg: 'said' });
  });

  test('shows no secrets, wherever they stand', () => {
    const line = write({
      token: 'hunter2',
      request: { headers: { authorization: 'Bearer hunter2' } },
      config: { databaseUrl: 'postgres://muster:hunter2@db/muster' },
      note: 'xoxb-1-hunter2 and xapp-1-hunter2 and postgres://muster:hunter2@db/muster',
      hook: 'https://hooks.slack.com/commands/hunter2',
    });
    expect(line).not.toContain('hunter2');
    expect(line).toContain('postgres://muster:[hidden]@db/muster');
    expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  test('shows nothing that a person wrote or is called', () => {
    const line = write({
      text: 'hunter2',
      event: { text: 'hunter2', blocks: ['hunter2'] },
      body: { text: 'hunter2' },
      user: { profile: { real_name: 'hunter2', email: 'hunter2' } },
    });
    expect(line).not.toContain('hunter2');
  });

  test('shows of an error its name, message, code and cause, and not what else hangs on it', () => {
    const cause = Object.assign(new Error('connection to postgres://muster:hunter2@db/muster failed'), {
      code: 'ECONNREFUSED',
    });
    const error = Object.assign(new Error('could not save', { cause }), {
      detail: 'hunter2',
      data: { text: 'hunter2' },
    });
    const line = write({ err: error });
    expect(line).not.toContain('hunter2');
    expect(JSON.parse(line)).toMatchObject({ err: { message: 'could not save', cause: { code: 'ECONNREFUSED' } } });
  });
});
