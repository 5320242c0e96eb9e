import { readdirSync, readFileSync } from 'node:fs';

/** The folders that are the bot; the sandbox and the tools are not. */
const folders = ['slack', 'jobs', 'web', 'incident', 'postgres', 'aws'];
const root = new URL('../../src/', import.meta.url);

/** Called by the clients that the bot is made of, not by name in its source. */
const calledByLibraries = ['apps.connections.open'];

/** Every method of the Web API that the bot's source calls. @throws Error when one is called in a way that hides its name */
export function botMethods(): readonly string[] {
  const files = folders.flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(new URL(`${folder}/${name}`, root), 'utf8')),
  );
  const named = files.flatMap((text) => [...text.matchAll(/\brun\(\s*'([a-zA-Z.]+)'/g)].map(([, name = '']) => name));
  const made = files.flatMap((text) =>
    [...text.matchAll(/\b(?:web|client)\s*\.(?=[a-z])((?:[a-zA-Z0-9]+\.)+[a-zA-Z0-9]+)\(/g)].map(
      ([, name = '']) => name,
    ),
  );
  const hidden = made.filter((name) => !named.includes(name));
  if (hidden.length > 0) throw new Error(`Called, but not through the door by name: ${hidden.join(', ')}`);
  return [...new Set([...named, ...calledByLibraries])].toSorted();
}
