import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removePostgres } from '../../src/sandbox/postgres.ts';
import { eventually } from '../harness/waiting.ts';

describe('npm start', () => {
  let folder: string;
  const running: ChildProcess[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-start-'));
    await chmod(folder, 0o755);
    for (const name of ['src', 'migrations', 'node_modules', 'package.json', 'muster.yaml']) {
      await symlink(resolve(name), join(folder, name));
    }
  });

  afterEach(async () => {
    for (const child of running.splice(0)) {
      if (child.exitCode !== null) continue;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    }
    await removePostgres(join(folder, '.muster', 'postgres'));
    await rm(folder, { recursive: true, force: true });
  });

  /** Starts the sandbox as a newcomer does; gives the address that it prints. */
  async function start(...words: readonly string[]): Promise<string> {
    const child = spawn(process.execPath, ['src/cli/start.ts', ...words], {
      cwd: folder,
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running.push(child);
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    await eventually(
      () => printed.includes('Ctrl-C'),
      () => `it prints where to go on; it printed ${printed}`,
      60_000,
    );
    expect(printed).toContain(join(folder, '.muster'));
    return /http:\/\/127\.0\.0\.1:\d+\//.exec(printed)?.[0] ?? '';
  }

  async function stop(): Promise<void> {
    const child = running.pop();
    if (child === undefined) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  }

  it('serves a sandbox whose state survives a restart, unless asked to begin anew', async () => {
    const state = async (address: string): Promise<string> =>
      (await fetch(`${address}api/state?user=U0ANA000001`)).text();
    const address = await start();
    expect(await (await fetch(address)).text()).toMatch(/<!doctype html>/i);
    const answer = await fetch(`${address}api/act`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: new URL(address).origin },
      body: JSON.stringify({
        do: 'command',
        user: 'U0ANA000001',
        channel: 'C0GENERAL01',
        command: '/incident',
        text: 'declare sev2 checkout: payments fail',
      }),
    });
    expect(answer.status).toBe(200);
    await eventually(async () => (await state(address)).includes('inc-1-payments-fail'), 'the room is there', 30_000);
    await stop();

    const again = await start();
    expect(await state(again)).toContain('inc-1-payments-fail');
    await stop();

    const anew = await start('--fresh');
    expect(await state(anew)).not.toContain('inc-1-payments-fail');
  });

  it('names what is missing from half a set of credentials, and starts no sandbox', async () => {
    const refused = promisify(execFile)(process.execPath, ['src/cli/start.ts'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], SLACK_BOT_TOKEN: 'xoxb-1-2-3' },
    });
    await expect(refused).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/SLACK_APP_TOKEN[^]*DATABASE_URL/),
    });
  });
});
