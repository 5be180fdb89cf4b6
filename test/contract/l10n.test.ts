// Every text that people see goes through package.nls.json or `t()`, and every language has all of them, with the same placeholders.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { keyOf, manifestTexts, type Json } from '../host/l10nManifest.ts';
import { scan, scanAll } from '../host/l10nScan.ts';
import { ROOT } from '../host/paths.mjs';

type Table = Record<string, string>;

const read = <T>(file: string): T => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')) as T;
const languages = (folder: string, pattern: RegExp): string[] =>
  readdirSync(path.join(ROOT, folder))
    .filter((name) => pattern.test(name))
    .map((name) => path.posix.join(folder, name));

/** Placeholders, and in the manifest links and names of settings: what a translation must keep. */
function fixedParts(text: string): string[] {
  const parts = /\{\d+\}|\(command:[^)]+\)|`#[\w.]+#`|https?:\/\/[\w.:/]+/g;
  return [...text.matchAll(parts)].map(([part]) => part).sort();
}

function problems(english: Table, language: Table): string[] {
  const lacking = Object.keys(english).filter((key) => !language[key]?.trim());
  const unknown = Object.keys(language).filter((key) => !Object.hasOwn(english, key));
  const differing = Object.keys(english).filter((key) => {
    const translated = language[key];
    if (translated === undefined) return false;
    return fixedParts(translated).join() !== fixedParts(english[key] ?? '').join();
  });
  return [
    ...lacking.map((key) => `lacks: ${key}`),
    ...unknown.map((key) => `does not need: ${key}`),
    ...differing.map((key) => `has other placeholders or links: ${key}`),
  ];
}

describe('the texts of package.json', () => {
  const manifest = read<Json>('package.json');
  const english = read<Table>('package.nls.json');
  const keys = manifestTexts(manifest).map(({ path: at, text }) => ({
    at: at.join('.'),
    key: keyOf(text),
  }));

  it('are keys, all of them, and every key is used (npm run l10n)', () => {
    assert.ok(keys.length > 90);
    assert.deepEqual(
      keys.filter(({ key }) => key === undefined),
      [],
    );
    assert.deepEqual([...new Set(keys.map(({ key }) => key))].sort(), Object.keys(english).sort());
  });

  for (const file of languages('.', /^package\.nls\..+\.json$/)) {
    it(`${file} has every key, with the same links and settings`, () => {
      assert.deepEqual(problems(english, read<Table>(file)), []);
    });
  }

  it('exist in a second language', () => {
    assert.deepEqual(languages('.', /^package\.nls\.de\.json$/), ['package.nls.de.json']);
    assert.deepEqual(languages('media/l10n', /\.de\.json$/), ['media/l10n/bundle.l10n.de.json']);
  });
});

describe('the texts of the source', () => {
  const found = scanAll();
  const english = read<Table>('media/l10n/bundle.l10n.json');

  it('are listed, each as its own translation (npm run l10n)', () => {
    const used = [...new Set(found.used.map(({ text }) => text))].sort();
    assert.deepEqual(Object.keys(english), used);
    for (const [key, value] of Object.entries(english)) assert.equal(key, value);
  });

  it('go through t(): none stands in the source as it is shown', () => {
    assert.deepEqual(found.bare, []);
  });

  it('are literals, and are translated when they are shown, not when a module is loaded', () => {
    assert.deepEqual(found.wrong, []);
  });

  for (const file of languages('media/l10n', /^bundle\.l10n\..+\.json$/).filter(
    (name) => !name.endsWith('l10n.json'),
  )) {
    it(`${file} has every text, with the same placeholders`, () => {
      assert.deepEqual(problems(english, read<Table>(file)), []);
    });
  }

  it('the scan finds what is planted', () => {
    const bare = (text: string): string[] => scan('x.ts', text).bare.map(({ text: one }) => one);
    assert.deepEqual(
      bare('const f = () => window.showQuickPick(x, { placeHolder: "Choose one" });'),
      ['Choose one'],
    );
    assert.deepEqual(bare('const f = () => `${n} calls wait`;'), ['{} calls wait']);
    assert.deepEqual(bare('const f = () => html`<p title="Say why">Nothing <b>${x}</b>!</p>`;'), [
      'Say why',
      'Nothing',
    ]);
    assert.deepEqual(bare('const f = () => html`<p class="two words">${t("Well done")}</p>`;'), []);
    assert.deepEqual(bare('logger.warn("a thing failed"); throw new Error("Not reached");'), []);
    assert.equal(scan('x.ts', 'const NAME = t("Too early");').wrong.length, 1);
    assert.equal(scan('x.ts', 'const f = (x: string) => t(x);').wrong.length, 1);
    assert.deepEqual(problems({ a: '{0} of {1}' }, { a: '{0} von', b: '' }), [
      'does not need: b',
      'has other placeholders or links: a',
    ]);
  });
});
