// The documents name what there is: dependencies, scripts, settings, commands, tables, folders; and their links lead somewhere.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { USAGE } from '../../src/node/cli/options.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const manifest = z
  .object({
    scripts: z.record(z.string(), z.string()),
    devDependencies: z.record(z.string(), z.string()),
    contributes: z.object({
      configuration: z.object({ properties: z.record(z.string(), z.unknown()) }),
    }),
  })
  .parse(JSON.parse(read('package.json')));

/** Names that `text` lacks; code is compared as it stands between backticks. */
const missing = (names: readonly string[], text: string): string[] =>
  names.filter((name) => !text.includes(name));

describe('CONTRIBUTING.md', () => {
  const text = read('CONTRIBUTING.md');
  const reasons = text.slice(text.indexOf('## Dependencies'));

  it('gives a reason for every development dependency, and for nothing else', () => {
    const packages = Object.keys(manifest.devDependencies);
    assert.deepEqual(
      missing(
        packages.map((name) => `\`${name}\``),
        reasons,
      ),
      [],
    );
    const rows = reasons.split('\n').filter((line) => line.startsWith('| `'));
    const named = rows.flatMap((row) =>
      [...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
    );
    const known = new Set([...packages, 'overrides', 'engines.vscode']);
    assert.deepEqual(
      named.filter((name) => !known.has(name)),
      [],
    );
  });

  it('names every npm script', () => {
    const short = new Set(['start', 'test']);
    const called = Object.keys(manifest.scripts).map((name) =>
      short.has(name) ? `npm ${name}` : `npm run ${name}`,
    );
    const words = new Set([...text.matchAll(/`(npm (?:run )?[\w:]+)/g)].map(([, name]) => name));
    assert.deepEqual(
      called.filter((name) => !words.has(name)),
      [],
    );
  });
});

describe('README.md', () => {
  const text = read('README.md');

  it('names every setting in full', () => {
    const settings = Object.keys(manifest.contributes.configuration.properties);
    const named = settings.map((name) => `\`${name}\``);
    assert.deepEqual(missing(named, text.slice(text.indexOf('## Settings'))), []);
  });

  it('names every command of the command line', () => {
    const commands = [...USAGE.matchAll(/^ {2}([a-z]+(?: [a-z]+)?) +--/gm)].map(([, name]) => name);
    assert.ok(commands.length >= 9);
    const called = commands.map((name) => `dist/cli.js ${name ?? ''} `);
    assert.deepEqual(missing(called, text), []);
  });
});

describe('ARCHITECTURE.md', () => {
  const text = read('ARCHITECTURE.md');

  it('names every table', () => {
    const sources = readdirSync(path.join(ROOT, 'src/node/sqlite')).filter(
      // A probe of the file system, not of the state.
      (file) => file !== 'walProbe.ts',
    );
    const tables = sources.flatMap((file) =>
      [...read(`src/node/sqlite/${file}`).matchAll(/CREATE TABLE (\w+)/g)].map(([, name]) => name),
    );
    assert.ok(tables.length > 10);
    const named = tables.map((name) => `\`${name ?? ''}\``);
    assert.deepEqual(missing(named, text), []);
  });

  it('has every folder of the core and of the tests on its map', () => {
    const folders = ['src/core', 'test'].flatMap((parent) =>
      readdirSync(path.join(ROOT, parent), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name !== 'output')
        .map(({ name }) => `\`${parent}/${name}\``),
    );
    assert.deepEqual(missing(folders, text), []);
  });

  it('names files that exist', () => {
    const files = [...text.matchAll(/`((?:src|test|webview)\/[\w./]+\.(?:ts|mjs))`/g)];
    assert.ok(files.length > 10);
    const gone = files.filter(([, file = '']) => !existsSync(path.join(ROOT, file)));
    assert.deepEqual(
      gone.map(([, file]) => file),
      [],
    );
  });
});

describe('the documents', () => {
  for (const file of readdirSync(ROOT).filter((name) => name.endsWith('.md'))) {
    it(`${file}: every relative link and picture exists`, () => {
      const links = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
      const relative = links.filter((link) => !/^(?:[a-z]+:|#)/.test(link));
      const gone = relative.filter(
        (link) => !existsSync(path.join(ROOT, link.split('#')[0] ?? '')),
      );
      assert.deepEqual(gone, []);
    });
  }
});
