// npm run l10n: moves new texts of package.json to package.nls.json, writes the list of the texts in the source, drops what is
// used no more from every language, and names what a language lacks.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'prettier';
import { moveTexts, type Json } from './l10nManifest.ts';
import { scanAll } from './l10nScan.ts';
import { ROOT } from './paths.mjs';

const BUNDLES = 'media/l10n';

type Table = Record<string, string>;

const read = <T>(file: string): T => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')) as T;

async function write(file: string, value: unknown): Promise<void> {
  const text = await format(JSON.stringify(value), {
    parser: file === 'package.json' ? 'json-stringify' : 'json',
  });
  if (text !== readFileSync(path.join(ROOT, file), 'utf8'))
    writeFileSync(path.join(ROOT, file), text);
}

/** Brings every language of one list to its keys, in its order; returns what is missing, a line each. */
async function follow(list: string, languages: readonly string[]): Promise<string[]> {
  const english = read<Table>(list);
  const missing: string[] = [];
  for (const file of languages) {
    const known = read<Table>(file);
    const kept = Object.keys(english).filter((key) => Object.hasOwn(known, key));
    await write(file, Object.fromEntries(kept.map((key) => [key, known[key]])));
    const lacking = Object.keys(english).filter((key) => !Object.hasOwn(known, key));
    missing.push(...lacking.map((key) => `${file} lacks ${JSON.stringify(key)}`));
  }
  return missing;
}

const { manifest, table } = moveTexts(read<Json>('package.json'), read<Table>('package.nls.json'));
await write('package.json', manifest);
await write('package.nls.json', table);
const texts = [...new Set(scanAll().used.map(({ text }) => text))].sort();
await write(`${BUNDLES}/bundle.l10n.json`, Object.fromEntries(texts.map((text) => [text, text])));
const bundles = readdirSync(path.join(ROOT, BUNDLES)).filter((name) =>
  /^bundle\.l10n\..+\.json$/.test(name),
);
const manifests = readdirSync(ROOT).filter((name) => /^package\.nls\..+\.json$/.test(name));
const missing = [
  ...(await follow('package.nls.json', manifests)),
  ...(await follow(
    `${BUNDLES}/bundle.l10n.json`,
    bundles.map((name) => `${BUNDLES}/${name}`),
  )),
];
for (const line of missing) process.stdout.write(`${line}\n`);
if (missing.length > 0) process.exitCode = 1;
