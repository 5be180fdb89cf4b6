// A thread, or the ledger, as a file where the user says. Made and written in pieces, so that nothing else of this process waits.
import * as vscode from 'vscode';
import { notify } from './notify.ts';
import { others } from './inbox/follow.ts';
import { exportedRow } from '../core/ledger/chain.ts';
import { exportName, exportThread, type ExportFormat } from '../core/threads/exporting.ts';
import { titleOf } from '../core/threads/titleText.ts';
import type { ThreadRow } from '../core/ports/store.ts';
import { t } from '../protocol/l10n.ts';
import type { Services } from './services.ts';

/** How long this may hold up everything else, in ms. */
const SLICE_MS = 8;
const ROWS = 500;

export async function exportThreadFile(services: Services, thread: ThreadRow): Promise<void> {
  const target = await askWhere(`${exportName(titleOf(thread))}.md`, {
    Markdown: ['md'],
    JSON: ['json'],
  });
  if (!target) return;
  const { store } = await services.engine();
  const rows = await store.threadRows(thread.id, null);
  const format: ExportFormat = /\.json$/i.test(target.path) ? 'json' : 'markdown';
  const bytes = await inPieces(exportThread(rows, format, Date.now()));
  await save(target, bytes);
}

/** JSON lines, as `ledger export` prints them. */
export async function exportLedger(services: Services): Promise<void> {
  const target = await askWhere('ledger.jsonl', { [t('JSON lines')]: ['jsonl'] });
  if (!target) return;
  const { store } = await services.engine();
  async function* lines(): AsyncGenerator<string, void> {
    let after: number | null = null;
    for (;;) {
      const rows = await store.readLedger(after, ROWS);
      for (const row of rows) yield `${JSON.stringify(exportedRow(row))}\n`;
      const last = rows.at(-1);
      if (!last) return;
      after = last.seq;
    }
  }
  await save(target, await inPieces(lines()));
}

async function askWhere(
  name: string,
  filters: Record<string, string[]>,
): Promise<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return vscode.window.showSaveDialog({
    title: t('Countersign: Export'),
    filters,
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
}

async function inPieces(pieces: AsyncIterable<string> | Iterable<string>): Promise<Uint8Array> {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  let began = performance.now();
  for await (const piece of pieces) {
    parts.push(encoder.encode(piece));
    if (performance.now() - began < SLICE_MS) continue;
    await others();
    began = performance.now();
  }
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

async function save(target: vscode.Uri, bytes: Uint8Array): Promise<void> {
  await vscode.workspace.fs.writeFile(target, bytes);
  const show = t('Open');
  notify('info', t('Exported to {0}.', target.path.split('/').at(-1) ?? ''), [show], () => {
    vscode.window.showTextDocument(target).then(undefined, () => undefined);
  });
}
