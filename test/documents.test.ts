import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { subcommandNames } from '../src/slack/usage.ts';

const root = new URL('../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

describe('the documents', () => {
  test('explain every command, and none besides', () => {
    const explained = [...read('README.md').matchAll(/^\| `\/incident ([a-z]+)/gm)].map(([, name]) => name);
    expect(explained).toEqual([...subcommandNames]);
  });

  test('offer every variable that the configuration reads, and none besides', () => {
    const offered = [...read('.env.example').matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => name);
    const known = [
      ...read('src/config.ts').matchAll(
        /\b(?:SLACK|MUSTER|AWS|LOG|SIGNALS|DATABASE|PAGER|PAGERDUTY|PAGES)_[A-Z_]+\b|\bPORT\b/g,
      ),
    ];
    expect(offered.toSorted()).toEqual([...new Set(known.map(([name]) => name))].toSorted());
  });

  test('explain every key of the catalog', () => {
    const keys = [...read('src/catalog-shape.ts').matchAll(/^\s+(?:[a-zA-Z]+: only\(\{ )?([a-zA-Z]+): [a-z]/gm)].map(
      ([, key]) => key,
    );
    expect(keys).toContain('broadcastChannel');
    expect(keys).toContain('hold');
    expect(keys.filter((key) => key !== 'error' && !read('README.md').includes(key ?? ''))).toEqual([]);
  });

  test('name only files and folders that are there', () => {
    const named = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'].flatMap((document) => [
      ...[...read(document).matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path),
      ...[...read(document).matchAll(/`((?:src|test|migrations|\.ci)\/[\w./-]*)`/g)].map(([, path]) => path),
    ]);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((path) => path !== undefined && !existsSync(new URL(path, root)))).toEqual([]);
  });

  test('show the tree as it is', () => {
    const [, tree = ''] = /```\nsrc\/\n([^]*?)\nmigrations/.exec(read('ARCHITECTURE.md')) ?? [];
    const folders = [...tree.matchAll(/── ([a-z]+)\/ /g)].map(([, name = '']) => name);
    const there = readdirSync(new URL('src', root), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.toSorted()).toEqual(there.map(({ name }) => name).toSorted());
    for (const file of readdirSync(new URL('src', root)).filter((name) => name.endsWith('.ts')))
      expect(tree).toContain(file);
  });
});

describe('the package', () => {
  const { scripts, dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json')) as Record<
    'scripts' | 'dependencies' | 'devDependencies' | 'optionalDependencies',
    Record<string, string>
  >;

  test('has only scripts whose files are there', () => {
    const files = Object.values(scripts).flatMap((script) =>
      [...script.matchAll(/\bsrc\/\S+\.(?:ts|cjs)/g)].map(([file]) => file),
    );
    expect(files.length).toBeGreaterThan(2);
    expect(files.filter((file) => !existsSync(new URL(file, root)))).toEqual([]);
  });

  test('pins every version exactly', () => {
    const versions = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([]);
  });

  test('is locked without the address of a registry', () => {
    expect(read('package-lock.json')).not.toMatch(/"resolved": "https?:/);
  });
});
