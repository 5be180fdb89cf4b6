// Diff editors of temporary threads: VS Code writes names, titles and unsaved texts of open editors to disk, so these have
// none that says anything.
import * as vscode from 'vscode';
import path from 'node:path';
import { isTemporary } from '../protocol/temporary.ts';
import { toDisposable, type Disposable } from '../core/base/lifecycle.ts';
import type { DiffRequest } from './diffEditors.ts';

/** Well below the second after which VS Code backs an unsaved text up, in milliseconds. */
const SAVE_AFTER = 200;

/** The file by its path, and the call's key in the addresses of the editor, which no reload needs to find again. */
export function discreetName(request: DiffRequest): { name: string; call: string } {
  const { actionId, callId, proposalHash, before } = request;
  const shown = request.path.replaceAll('\\', '/').replace(/^\/+/, '');
  if (!isTemporary(actionId)) return { name: shown, call: callId };
  const name = path.posix.basename(shown);
  // Of a file that is there already, the ending gives the language; the name of a new one is the agent's words.
  const ending = before === '' ? '' : path.posix.extname(name);
  return { name: `proposal${ending}`, call: proposalHash };
}

/** Saves a document of a temporary thread, into memory, soon after a change. Others stay unsaved until they are decided. */
export class SaveSoon implements Disposable {
  readonly #timers = new Map<string, Disposable>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  changed(actionId: string, document: vscode.TextDocument): void {
    if (!isTemporary(actionId)) return;
    const key = document.uri.toString();
    this.#timers.get(key)?.dispose();
    const timer = setTimeout(() => {
      this.#timers.delete(key);
      save(document).catch(this.#onError);
    }, SAVE_AFTER);
    this.#timers.set(
      key,
      toDisposable(() => clearTimeout(timer)),
    );
  }

  dispose(): void {
    for (const timer of this.#timers.values()) timer.dispose();
  }
}

/** Where it can be: without formatters and the like, which would change the text under the human's hands. */
async function save(document: vscode.TextDocument): Promise<void> {
  if (document.isClosed || !document.isDirty) return;
  if (vscode.window.activeTextEditor?.document === document) {
    await vscode.commands.executeCommand('workbench.action.files.saveWithoutFormatting');
  }
  if (document.isDirty) await document.save();
}
