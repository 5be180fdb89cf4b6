// The status-bar item: how many calls wait, in this window's workspace, and a standing warning while approvals are switched off
// or mode bypass counts.
import * as vscode from 'vscode';
import { COMMANDS } from './ids.ts';
import { statusBarText } from './statusBarText.ts';
import { approvalSwitch } from '../core/approvalSwitch.ts';
import { DisposableStore } from '../core/base/lifecycle.ts';
import type { OpenedEngine } from '../core/services.ts';
import type { Contribution } from './contribution.ts';
import { t } from '../protocol/l10n.ts';
import type { Services } from './services.ts';

export const statusBar: Contribution = {
  name: 'status bar',
  register: (services) => {
    const item = vscode.window.createStatusBarItem(
      'countersign.waiting',
      vscode.StatusBarAlignment.Left,
      10,
    );
    item.name = t('Countersign: waiting approvals');
    item.command = COMMANDS.showPendingApprovals;
    const owned = new DisposableStore();
    owned.add(item);
    let waiting = 0;
    const showNow = (): void => {
      show(item, services, waiting);
    };
    owned.add(services.settings.onChange(showNow));
    showNow();
    item.show();
    services.whenOpened((opened) => {
      const watching = new DisposableStore();
      const update = (): void => {
        countWaiting(opened)
          .then((count) => {
            waiting = count;
            showNow();
          })
          .catch((error: unknown) =>
            services.logger.error('waiting calls could not be counted', error),
          );
      };
      watching.add(
        opened.engine.onEvent((event) => (event.type === 'action' ? update() : undefined)),
      );
      watching.add(opened.store.onExternalChange(update));
      update();
      return watching;
    });
    return owned;
  },
};

async function countWaiting({ store }: OpenedEngine): Promise<number> {
  return (await store.waiting()).reduce((sum, { calls }) => sum + calls, 0);
}

function show(item: vscode.StatusBarItem, services: Services, count: number): void {
  const shown = statusBarText(count, approvalSwitch(services.settings.read(), Date.now()));
  item.text = shown.text;
  item.tooltip = `${shown.tooltip}\n${t('This is {0}', services.windowName())}`;
  item.backgroundColor = shown.warns
    ? new vscode.ThemeColor('statusBarItem.warningBackground')
    : undefined;
  item.accessibilityInformation = { label: shown.label, role: 'button' };
}
