// What the human does with the agent's text by a press in the page: copies it, inserts it, opens an address it names.
import * as vscode from 'vscode';
import { askNatively } from './notify.ts';
import { AppError } from '../core/base/errors.ts';
import { displayBytes } from '../protocol/displayBytes.ts';
import { t } from '../protocol/l10n.ts';
import type { PanelHost } from '../core/panel/requests.ts';

export const textHost: Pick<PanelHost, 'copy' | 'insertAtCursor' | 'openLink'> = {
  copy: async (text) => {
    await vscode.env.clipboard.writeText(text);
  },
  insertAtCursor: async (text) => {
    const editor = vscode.window.activeTextEditor;
    // An edit of the user's own, which undo takes back; nothing is saved.
    const inserted = await editor?.edit((edit) => {
      for (const selection of editor.selections) edit.replace(selection, text);
    });
    if (inserted) return;
    throw new AppError(
      'no_editor',
      t(
        'There is no editor to insert into. Open a file that can be edited, put the cursor where the code belongs, and press Insert again.',
      ),
    );
  },
  openLink: async (address) => {
    const open = t('Open');
    // The first button has the focus: Enter, pressed once too often, opens nothing.
    const detail = `${displayBytes(address)}\n\n${t('The agent wrote this address.')}`;
    if (
      (await askNatively(t('Open this address in the browser?'), detail, [
        t('Don’t Open'),
        open,
      ])) !== open
    )
      return;
    await vscode.env.openExternal(vscode.Uri.parse(address, true));
  },
};
