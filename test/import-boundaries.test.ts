import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Who may know whom: a folder of `src` to all that it may import of the others. */
const allowed = {
  incident: [],
  postmortem: ['incident'],
  export: ['incident', 'postmortem'],
  postgres: ['incident', 'postmortem', 'export'],
  aws: ['incident', 'postmortem', 'export'],
  pager: ['incident', 'postmortem', 'export'],
  slack: ['incident', 'postmortem', 'export', 'aws', 'pager', 'postgres'],
  web: ['incident', 'postmortem', 'export', 'aws', 'pager', 'postgres'],
  jobs: ['incident', 'postmortem', 'export', 'aws', 'pager', 'postgres', 'slack', 'web'],
  sandbox: [],
  replay: ['incident', 'postmortem', 'export', 'aws', 'pager', 'postgres', 'slack', 'web', 'jobs', 'sandbox', 'cli'],
  cli: ['incident', 'postmortem', 'export', 'aws', 'pager', 'postgres', 'slack', 'web', 'jobs', 'sandbox', 'replay'],
} satisfies Record<string, readonly string[]>;
const folders = Object.keys(allowed);

/** The only folders of the bot that may import a package; the sandbox and the tools are not the bot. */
const owners: Record<string, readonly string[]> = {
  pg: ['postgres', 'sandbox', 'replay', 'cli'],
  'pg-boss': ['postgres', 'sandbox', 'replay', 'cli'],
  '@slack/bolt': ['slack'],
  '@slack/web-api': ['slack'],
  '@aws-sdk/client-cloudwatch': ['aws'],
};

type Trial = { readonly file: string; readonly imports: string; readonly allowed: boolean };

const trials: readonly Trial[] = [
  ...Object.entries(allowed).flatMap(([from, may]: [string, readonly string[]]) =>
    folders
      .filter((to) => to !== from)
      .map((to) => ({ file: `${from}/to-${to}.ts`, imports: `../${to}/thing.ts`, allowed: may.includes(to) })),
  ),
  ...Object.entries(owners).flatMap(([imports, may]) =>
    folders.map((from) => ({
      file: `${from}/to-${imports.replace(/\W/g, '-')}.ts`,
      imports,
      allowed: may.includes(from),
    })),
  ),
  ...folders.flatMap((from) => [
    { file: `${from}/to-itself.ts`, imports: './thing.ts', allowed: true },
    {
      file: `${from}/to-log.ts`,
      imports: '../log.ts',
      allowed: !['incident', 'postmortem', 'export', 'sandbox'].includes(from),
    },
    {
      file: `${from}/to-config.ts`,
      imports: '../config.ts',
      allowed: ['slack', 'web', 'replay', 'cli'].includes(from),
    },
    {
      file: `${from}/to-handle.ts`,
      imports: '../handle.ts',
      allowed: ['slack', 'web', 'jobs', 'replay', 'cli'].includes(from),
    },
    { file: `${from}/to-node.ts`, imports: 'node:fs', allowed: !['incident', 'postmortem', 'export'].includes(from) },
    { file: `${from}/to-zod.ts`, imports: 'zod', allowed: !['incident', 'postmortem'].includes(from) },
  ]),
  { file: 'slack/messages/to-incident.ts', imports: '../../incident/thing.ts', allowed: true },
  { file: 'slack/messages/to-jobs.ts', imports: '../../jobs/thing.ts', allowed: false },
  { file: 'to-jobs.ts', imports: './jobs/thing.ts', allowed: true },
  { file: 'to-sandbox.ts', imports: './sandbox/thing.ts', allowed: false },
  { file: 'catalog.ts', imports: './jobs/thing.ts', allowed: false },
];

describe('the linter', () => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-boundaries-'));
  let complaints: readonly string[] = [];

  const write = (file: string, text: string): void => {
    const path = join(folder, 'src', file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  const complainsOf = (file: string, rule: string): boolean =>
    complaints.some((line) => line.startsWith(`src/${file}:`) && line.includes(`(${rule})`));

  beforeAll(() => {
    for (const file of ['.oxlintrc.json', 'package.json', 'tsconfig.json']) {
      copyFileSync(join(root, file), join(folder, file));
    }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
    for (const name of [...folders.map((one) => `${one}/thing`), 'handle', 'config', 'log']) {
      write(`${name}.ts`, 'export const thing = 1;\n');
    }
    for (const { file, imports } of trials)
      write(file, `import { thing } from '${imports}';\nexport const own = thing;\n`);
    write('jobs/ring-a.ts', "import type { B } from './ring-b.ts';\nexport type A = { readonly b: B | null };\n");
    write('jobs/ring-b.ts', "import type { A } from './ring-a.ts';\nexport type B = { readonly a: A | null };\n");
    write('jobs/environment.ts', "export const home = process.env['HOME'];\n");
    complaints = lint(folder);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('lets every folder import what it may know, and nothing else', () => {
    const wrong = trials.filter(({ file, allowed: may }) => complainsOf(file, 'no-restricted-imports') === may);
    expect(wrong).toEqual([]);
  });

  test('refuses rings of imports, of types too', () => {
    expect(complainsOf('jobs/ring-a.ts', 'no-cycle')).toBe(true);
  });

  test('lets only the configuration read the environment', () => {
    expect(complainsOf('jobs/environment.ts', 'no-process-env')).toBe(true);
  });
});

/** One line for each complaint, `file:line:column: words [severity/plugin(rule)]`. */
function lint(folder: string): readonly string[] {
  const oxlint = join(root, 'node_modules', 'oxlint', 'bin', 'oxlint');
  const { stdout } = spawnSync(process.execPath, [oxlint, '--format=unix'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1e7,
  });
  return stdout.split('\n');
}
