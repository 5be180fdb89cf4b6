// Unsaved text of open editors as the tools see it, and its replacement by an approved text, which can be undone.
import * as vscode from 'vscode';
import type { EditorBuffers } from '../core/ports/workspace.ts';

export function createBuffers(): EditorBuffers {
  return {
    dirtyText: (realPath) => {
      const document = find(realPath);
      return document?.isDirty === true ? document.getText() : undefined;
    },
    replaceText,
  };
}

function find(realPath: string): vscode.TextDocument | undefined {
  const wanted = vscode.Uri.file(realPath).fsPath;
  return vscode.workspace.textDocuments.find(
    (document) =>
      !document.isClosed && document.uri.scheme === 'file' && document.uri.fsPath === wanted,
  );
}

async function replaceText(realPath: string, text: string): Promise<boolean> {
  const document = find(realPath);
  if (!document) return false;
  const edit = new vscode.WorkspaceEdit();
  const last = document.lineAt(document.lineCount - 1).range.end;
  edit.replace(document.uri, new vscode.Range(new vscode.Position(0, 0), last), text);
  const eol = text.includes('\r\n') ? vscode.EndOfLine.CRLF : vscode.EndOfLine.LF;
  if (document.eol !== eol && /\n/.test(text)) {
    edit.set(document.uri, [
      vscode.TextEdit.replace(new vscode.Range(new vscode.Position(0, 0), last), text),
      vscode.TextEdit.setEndOfLine(eol),
    ]);
  }
  return (await vscode.workspace.applyEdit(edit)) && (await document.save());
}
