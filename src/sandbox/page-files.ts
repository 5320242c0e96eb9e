/** The page's own files, and the libraries that it uses straight from where npm put them: nothing is built. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';

const folder = new URL('./page/', import.meta.url);

/** As named in the page's import map. */
const libraries: Readonly<Record<string, string>> = {
  '/lib/preact.js': import.meta.resolve('preact'),
  '/lib/hooks.js': import.meta.resolve('preact/hooks'),
  '/lib/htm.js': import.meta.resolve('htm'),
};

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

export type Part = { readonly content: string; readonly headers: Readonly<Record<string, string>> };

/** The part of the page at that path; `undefined` when there is none. */
export async function readPart(path: string): Promise<Part | undefined> {
  const name = path === '/' ? 'index.html' : path.slice(1);
  const type = types[extname(name)];
  const own = /^[a-z-]+\.[a-z]+$/.test(name) ? new URL(name, folder) : undefined;
  const library = Object.hasOwn(libraries, path) ? libraries[path] : undefined;
  const from = library === undefined ? own : new URL(library);
  if (type === undefined || from === undefined) return undefined;
  const content = await readFile(from, 'utf8').catch(() => undefined);
  if (content === undefined) return undefined;
  return {
    content,
    headers: {
      'content-type': type,
      'cache-control': 'no-cache',
      'content-security-policy': policyFor(content),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    },
  };
}

/** Scripts from here alone, and the one import map that stands in the page. */
function policyFor(content: string): string {
  const map = /<script type="importmap">([^]*?)<\/script>/.exec(content)?.[1];
  const hash = map === undefined ? '' : ` 'sha256-${createHash('sha256').update(map).digest('base64')}'`;
  const rest = "style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'";
  return `default-src 'none'; script-src 'self'${hash}; ${rest}`;
}
