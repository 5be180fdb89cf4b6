// Everything that this VS Code has kept: its files on disk, and what the workbench keeps in the browser's databases.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Host } from '../../host/host.mjs';
import type { Page } from 'playwright-core';

/** The places that hold `text`, as UTF-8, UTF-16 or JSON; empty when it is nowhere. */
export async function placesOf(text: string, host: Host, page: Page): Promise<string[]> {
  const needles = [Buffer.from(text), Buffer.from(text, 'utf16le')];
  // Not extensions/, which leads to this repository.
  const folders = ['user', 'server'].map((name) => path.join(host.data, name));
  const inFiles = folders.flatMap(filesOf).filter((file) => {
    const bytes = readFileSync(file);
    return needles.some((needle) => bytes.includes(needle));
  });
  const kept = await page.evaluate(keptInBrowser);
  return [...inFiles, ...kept.filter(([, value]) => value.includes(text)).map(([key]) => key)];
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true);
}

/** Runs in the page: every entry of its databases and storages as `[place, text]`. */
async function keptInBrowser(): Promise<[string, string][]> {
  const done = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(new Error('The database cannot be read'));
    });
  const entries: [string, string][] = [];
  const textOf = (value: unknown): string =>
    value instanceof Uint8Array || value instanceof ArrayBuffer
      ? new TextDecoder().decode(value)
      : JSON.stringify(value);
  for (const { name = '' } of await indexedDB.databases()) {
    const db = await done(indexedDB.open(name));
    for (const store of db.objectStoreNames) {
      const rows = db.transaction(store).objectStore(store);
      const [keys, values] = await Promise.all([done(rows.getAllKeys()), done(rows.getAll())]);
      for (const [at, key] of keys.entries()) {
        entries.push([`${name}/${store}/${JSON.stringify(key)}`, textOf(values[at])]);
      }
    }
    db.close();
  }
  for (const storage of [localStorage, sessionStorage]) {
    entries.push(
      ...Object.entries(storage).map(([key, value]): [string, string] => [key, `${value}`]),
    );
  }
  // Keys are places, too: names of files stand in them.
  return entries.map(([key, value]) => [key, `${key}\n${value}`]);
}
