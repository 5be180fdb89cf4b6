// The changes of a proposal in its diff editor: a line above each that drops or restores it. Changes text, decides nothing.
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';
import type { PlacedHunk } from './hunkDraft.ts';
import { COMMANDS } from './ids.ts';

export function hunkLenses(
  document: vscode.TextDocument,
  hunks: readonly PlacedHunk[],
): vscode.CodeLens[] {
  return hunks.flatMap(({ index, dropped, line }) => {
    const at = document.validateRange(new vscode.Range(line, 0, line, 0));
    const command = COMMANDS.diffToggleChange;
    const place = t('Change {0} of {1}', index + 1, hunks.length);
    const title = dropped
      ? t('{0}, dropped: restore this change', place)
      : t('{0}: drop this change', place);
    const change = { uri: document.uri.toString(), index };
    return new vscode.CodeLens(at, { command, title, arguments: [change] });
  });
}

/** Whether the cursor is in a change; one without lines of its own has the line it stands before. */
export function standsOn({ line, lines }: PlacedHunk, cursor: number): boolean {
  return cursor >= line && cursor < line + Math.max(1, lines);
}

/** Puts what the change has instead in its place, as one step that can be undone. */
export async function swapHunk(document: vscode.TextDocument, hunk: PlacedHunk): Promise<boolean> {
  const { line, lines, instead } = hunk;
  const edit = new vscode.WorkspaceEdit();
  const place = document.validateRange(new vscode.Range(line, 0, line + lines, 0));
  edit.replace(document.uri, place, instead);
  return vscode.workspace.applyEdit(edit);
}
