// Temporary state files for the tests of the SQLite store.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../../../src/core/base/errors.ts';
import type { Logger } from '../../../../src/core/ports/system.ts';
import { loadDriver, type Db } from '../../../../src/node/sqlite/database.ts';
import {
  openStore,
  type OpenedStore,
  type OpenStoreOptions,
} from '../../../../src/node/sqlite/openStore.ts';

export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

/** A logger that keeps what it was told. */
export function keepingLogger(): Logger & { lines: string[] } {
  const lines: string[] = [];
  const keep = (message: string): void => {
    lines.push(message);
  };
  return { lines, debug: keep, info: keep, warn: keep, error: keep };
}

/** Runs `body` with the path of a state file that does not exist yet, in a folder of its own. */
export function withFile(body: (file: string) => Promise<void>) {
  return async (): Promise<void> => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-sqlite-'));
    try {
      await body(join(folder, 'state.db'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
}

export function open(file: string, options: Partial<OpenStoreOptions> = {}): Promise<OpenedStore> {
  return openStore({ file, logger: keepingLogger(), clock: { now: () => NOW }, ...options });
}

/** Opens the store, runs `body` and closes it again. */
export async function using<T>(
  file: string,
  body: (opened: OpenedStore) => Promise<T>,
): Promise<T> {
  const opened = await open(file);
  try {
    return await body(opened);
  } finally {
    opened.store.dispose();
  }
}

/** Runs SQL on the file behind the store's back. */
export async function tamper<T>(file: string, body: (db: Db) => T | Promise<T>): Promise<T> {
  const openFile = await loadDriver({});
  const db = openFile(file, {});
  try {
    return await body(db);
  } finally {
    db.close();
  }
}

export const hasCode =
  (code: string, text?: string) =>
  (thrown: unknown): boolean =>
    thrown instanceof AppError &&
    thrown.code === code &&
    (text === undefined || thrown.message.includes(text));
