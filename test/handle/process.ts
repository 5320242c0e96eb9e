/** Runs a few lines of the bot in a process of their own. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';

function sourceOf(file: string): string {
  return JSON.stringify(new URL(`../../src/${file}`, import.meta.url).href);
}

/** @param script an ES module in which `src('handle.ts')` imports from the sources. */
export function runElsewhere(script: string): ChildProcess {
  const prelude = `const src = (file) => import(new URL(file, ${sourceOf('')}).href);\n`;
  return spawn(process.execPath, ['--input-type=module', '-e', prelude + script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** The first thing it says. */
export async function firstWords(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('it cannot be heard');
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return said.toString();
}

export async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}
