// The status-bar item: how many calls wait, in this window's workspace.
import * as vscode from 'vscode';
import { COMMANDS } from './ids.ts';
import { DisposableStore } from '../core/base/lifecycle.ts';
import type { OpenedEngine } from '../core/services.ts';
import type { Contribution } from './contribution.ts';

export const statusBar: Contribution = {
  name: 'status bar',
  register: (services) => {
    const item = vscode.window.createStatusBarItem(
      'countersign.waiting',
      vscode.StatusBarAlignment.Left,
      10,
    );
    item.name = 'Countersign: waiting approvals';
    item.command = COMMANDS.showPendingApprovals;
    show(item, 0);
    item.show();
    services.whenOpened((opened) => {
      const owned = new DisposableStore();
      const update = (): void => {
        countWaiting(opened)
          .then((count) => show(item, count, services.windowName()))
          .catch((error: unknown) =>
            services.logger.error('waiting calls could not be counted', error),
          );
      };
      owned.add(opened.engine.onEvent((event) => (event.type === 'action' ? update() : undefined)));
      owned.add(opened.store.onExternalChange(update));
      update();
      return owned;
    });
    return item;
  },
};

async function countWaiting({ store }: OpenedEngine): Promise<number> {
  return (await store.waiting()).reduce((sum, { calls }) => sum + calls, 0);
}

/** `name` is how other windows call this one. */
function show(item: vscode.StatusBarItem, count: number, name?: string): void {
  item.text = count === 0 ? '$(pass) Countersign' : `$(bell-dot) ${count} waiting`;
  const waiting = count === 0 ? 'Nothing waits for you' : `${count} calls wait for your decision`;
  item.tooltip = name === undefined ? waiting : `${waiting}\nThis is ${name}`;
  item.backgroundColor =
    count === 0 ? undefined : new vscode.ThemeColor('statusBarItem.warningBackground');
  item.accessibilityInformation = { label: `Countersign: ${count} waiting`, role: 'button' };
}
