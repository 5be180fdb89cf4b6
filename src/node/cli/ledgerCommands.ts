// `ledger export` and `ledger verify`: the record as JSON lines, and whether it is what was written. Read-only.
import { once } from 'node:events';
import path from 'node:path';
import { assetsOf } from '../assets.ts';
import { requireState, type CliContext } from './open.ts';
import { UsageError, type CliOptions } from './options.ts';
import { createPrint, EXIT } from './print.ts';
import { openLedgerFile, type LedgerFile } from '../sqlite/ledgerFile.ts';
import { exportedRow } from '../../core/ledger/chain.ts';

/** One JSON object a line, whether --json was given or not: the record is for programs. */
export async function exportLedger(context: CliContext, options: CliOptions): Promise<number> {
  return withLedger(context, options, async (ledger) => {
    for await (const rows of ledger.rows()) {
      const text = rows.map((row) => `${JSON.stringify(exportedRow(row))}\n`).join('');
      if (!process.stdout.write(text)) await once(process.stdout, 'drain');
    }
    return EXIT.finished;
  });
}

export async function verifyLedger(context: CliContext, options: CliOptions): Promise<number> {
  const print = createPrint(options.json);
  return withLedger(context, options, async (ledger) => {
    const { last, broken } = await ledger.verify();
    if (!broken) {
      const text = `The ledger is whole: ${count(last.seq)}, the last one with hash ${last.hash}.`;
      print({ type: 'ledger', whole: true, rows: last.seq, hash: last.hash }, text);
      return EXIT.finished;
    }
    const { seq, what, message } = broken;
    print(
      { type: 'ledger', whole: false, rows: last.seq, seq, what, message },
      `The ledger is broken at row ${seq}: ${message}. Whole before it: ${count(last.seq)}.`,
    );
    return EXIT.failed;
  });
}

async function withLedger(
  context: CliContext,
  options: CliOptions,
  act: (ledger: LedgerFile) => Promise<number>,
): Promise<number> {
  if (options.words.length > 0) throw new UsageError('ledger takes no further words.');
  requireState(options);
  const { nativeBinding } = assetsOf(context.distDir);
  const driver = nativeBinding === undefined ? {} : { nativeBinding };
  const ledger = await openLedgerFile(path.resolve(options.need('state')), driver);
  try {
    return await act(ledger);
  } finally {
    ledger.close();
  }
}

function count(rows: number): string {
  return rows === 1 ? '1 row' : `${rows} rows`;
}
