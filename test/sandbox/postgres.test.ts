import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removePostgres, startPostgres } from '../../src/sandbox/postgres.ts';

let root: string;
let folder: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sandbox-test-'));
  await chmod(root, 0o755);
  folder = join(root, 'postgres');
});

afterAll(async () => {
  await removePostgres(folder);
  await rm(root, { recursive: true });
});

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Starts the same Postgres from a process of its own and kills that process once it has the address. */
async function startElsewhere(): Promise<string> {
  const source = new URL('../../src/sandbox/postgres.ts', import.meta.url).href;
  const script = `const { startPostgres } = await import(${JSON.stringify(source)});
    console.log((await startPostgres({ folder: ${JSON.stringify(folder)}, durable: false })).url);
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill('SIGKILL');
  return said.toString().trim();
}

async function serverProcess(): Promise<number> {
  return Number.parseInt(await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8'), 10);
}

test('three processes that start at once, and one that comes after they were killed, share one server', async () => {
  const urls = await Promise.all([startElsewhere(), startElsewhere(), startElsewhere()]);
  expect(new Set(urls).size).toBe(1);
  const mine = await startPostgres({ folder });
  expect(mine.url).toBe(urls[0]);
  expect(await ask(mine.url, 'select current_database() as name, 1 as one')).toEqual([{ name: 'muster', one: 1 }]);
});

test('the server listens on loopback only, wants a password, and the password is readable by its owner only', async () => {
  const { url } = await startPostgres({ folder });
  expect(await ask(url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  expect(await ask(url, 'show unix_socket_directories')).toEqual([{ unix_socket_directories: '' }]);
  await expect(ask(url.replace(/:[^:@]*@/, ':wrong@'), 'select 1')).rejects.toThrow(/password authentication failed/);
  expect((await stat(join(folder, 'data', 'sandbox-password'))).mode & 0o777).toBe(0o600);
});

test('what was committed is there after the server was killed, although its lock file still lies there', async () => {
  const first = await startPostgres({ folder });
  await ask(first.url, 'create table kept as select 42 as answer');
  process.kill(await serverProcess(), 'SIGKILL');
  const second = await startPostgres({ folder });
  expect(await ask(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
});

test('a lock file that names a process of somebody else does not keep the server down', async () => {
  const first = await startPostgres({ folder });
  const lock = await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8');
  await first.stop();
  await expect(ask(first.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
  await writeFile(join(folder, 'data', 'postmaster.pid'), lock.replace(/^\d+/, String(process.pid)));
  const second = await startPostgres({ folder });
  expect(await ask(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  await second.stop();
});

test('a folder that only its owner may enter serves too, and can be removed whole', async () => {
  const closed = join(root, 'closed');
  await mkdir(closed, { mode: 0o700 });
  const { url } = await startPostgres({ folder: join(closed, 'postgres'), durable: false });
  const [where] = await ask(url, 'show data_directory');
  await removePostgres(join(closed, 'postgres'));
  await expect(ask(url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
  expect(where).toEqual({ data_directory: expect.stringContaining('data') });
  await expect(stat((where as { data_directory: string }).data_directory)).rejects.toThrow(/ENOENT/);
});
