// What the human attaches, as VS Code names it: the native picker, addresses that were dropped, the selection of an editor. Reads
// no content: that is done when the message is sent.
import * as vscode from 'vscode';
import path from 'node:path';
import { AppError } from '../core/base/errors.ts';
import { displayBytes } from '../protocol/displayBytes.ts';
import { t } from '../protocol/l10n.ts';
import type { Attachment, LineRange } from '../protocol/attachments.ts';
import type { PanelHost } from '../core/panel/requests.ts';

export const attachHost: Pick<PanelHost, 'pickFiles' | 'filesOf'> = {
  pickFiles: async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const picked = await vscode.window.showOpenDialog({
      title: t('Attach files to the message'),
      openLabel: t('Attach'),
      canSelectMany: true,
      ...(folder && { defaultUri: folder }),
    });
    return (picked ?? []).map((uri) => fileAttachment(uri));
  },
  filesOf: async (uris) => uris.map((uri) => fileAttachment(parsed(uri))),
};

/** One for each selection; the whole file when nothing is selected. Throws AppError `no_editor` or `not_a_file`. */
export function selectionAttachments(): Attachment[] {
  const editor = vscode.window.activeTextEditor;
  if (!editor) {
    throw new AppError(
      'no_editor',
      t('There is no text editor to take from. Open a file, select lines in it, and try again.'),
    );
  }
  const { uri } = editor.document;
  const ranges = editor.selections.filter(({ isEmpty }) => !isEmpty).map(linesOfSelection);
  return ranges.length === 0
    ? [fileAttachment(uri)]
    : ranges.map((lines) => fileAttachment(uri, lines));
}

/** Whole lines. A selection that ends before the first character of a line does not take that line. */
export function linesOfSelection({
  start,
  end,
}: Pick<vscode.Selection, 'start' | 'end'>): LineRange {
  const last = end.character === 0 && end.line > start.line ? end.line : end.line + 1;
  return { first: start.line + 1, last };
}

/** Throws AppError `not_a_file`. */
export function fileAttachment(uri: vscode.Uri, lines?: LineRange): Attachment {
  const file = localPath(uri);
  if (file === undefined) {
    throw new AppError(
      'not_a_file',
      t(
        '{0} is no file on the disk of this workspace. Save it there first, and attach that.',
        displayBytes(uri.toString(true)),
      ),
    );
  }
  return { kind: 'file', path: shownPath(file), ...(lines && { lines }) };
}

/** A page of a remote window names the files of the machine that this runs on by the window's own scheme. */
function localPath(uri: vscode.Uri): string | undefined {
  if (uri.scheme === 'file') return uri.fsPath;
  const remote = uri.scheme === 'vscode-remote' && vscode.env.remoteName !== undefined;
  return remote ? vscode.Uri.file(uri.path).fsPath : undefined;
}

/** Relative to the first folder, as the tools resolve it; else absolute. */
function shownPath(file: string): string {
  const root = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const relative = root === undefined ? '' : path.relative(root, file);
  const inside = relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
  return inside ? relative.split(path.sep).join('/') : file;
}

function parsed(uri: string): vscode.Uri {
  try {
    return vscode.Uri.parse(uri, true);
  } catch {
    throw new AppError(
      'not_a_file',
      t(
        '{0} is no file on the disk of this workspace. Save it there first, and attach that.',
        displayBytes(uri),
      ),
    );
  }
}
