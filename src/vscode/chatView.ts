// The chat view: lifetime only. A hidden view is torn down and rebuilt from the store when it comes back.
import * as vscode from 'vscode';
import { VIEWS } from './ids.ts';
import { DisposableStore } from '../core/base/lifecycle.ts';
import { attachWebview } from './webviewChannel.ts';
import type { Contribution } from './contribution.ts';

export const chatView: Contribution = {
  name: 'chat view',
  register: (services) =>
    vscode.window.registerWebviewViewProvider(VIEWS.chat, {
      resolveWebviewView: async (view) => {
        const owned = new DisposableStore();
        view.onDidDispose(() => owned.dispose());
        owned.add(await attachWebview(services, view.webview, { kind: 'chat' }));
      },
    }),
};
