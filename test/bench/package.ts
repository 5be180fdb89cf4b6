// The size of the package, when there is one: npm run package makes it.
import { statSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../host/paths.mjs';
import type { Row } from './rows.ts';

const MEGABYTE = 1024 * 1024;
const LIMIT = 8;

export function measurePackage(): Row {
  const name = `countersign-${process.platform}-${process.arch}.vsix`;
  const found = statSync(path.join(ROOT, 'dist', name), { throwIfNoEntry: false });
  const row = { what: 'VSIX', unit: 'MB', budget: `<= ${LIMIT}` };
  if (!found) return { ...row, value: null, ok: true, note: 'skipped: npm run package makes it' };
  const value = found.size / MEGABYTE;
  return { ...row, value, ok: value <= LIMIT, note: `${name} of ${found.mtime.toISOString()}` };
}
