// The Approvals view: every call that waits, by thread. It opens cards; nothing is decided in it.
import * as vscode from 'vscode';
import {
  groupDescription,
  rowDescription,
  rowSpoken,
  rowTooltip,
  type ApprovalGroup,
  type ApprovalRow,
} from './approvalRows.ts';
import { clockWhile } from './clockWhile.ts';
import { COMMANDS, CONTEXT, VIEWS } from '../ids.ts';
import { DisposableStore } from '../../core/base/lifecycle.ts';
import type { Contribution } from '../contribution.ts';
import { t } from '../../protocol/l10n.ts';
import type { InboxState } from './inbox.ts';

type Node =
  | { kind: 'group'; group: ApprovalGroup }
  | { kind: 'call'; row: ApprovalRow; group: ApprovalGroup }
  | { kind: 'more'; count: number };

export const approvalsTree: Contribution = {
  name: 'approvals view',
  register: (services) => {
    const { inbox } = services;
    const owned = new DisposableStore();
    const changed = new vscode.EventEmitter<undefined>();
    owned.add(changed);
    const view = vscode.window.createTreeView<Node>(VIEWS.approvals, {
      treeDataProvider: {
        onDidChangeTreeData: changed.event,
        getChildren: (node) => childrenOf(inbox.state, node),
        getTreeItem: itemOf,
      },
      showCollapseAll: true,
    });
    owned.add(view);
    const show = (): void => {
      changed.fire(undefined);
      const { calls } = inbox.state;
      view.badge = calls === 0 ? undefined : { value: calls, tooltip: badgeText(calls) };
      vscode.commands
        .executeCommand('setContext', CONTEXT.hasPending, calls > 0)
        .then(undefined, () => undefined);
    };
    owned.add(inbox.onChange(show));
    owned.add(
      clockWhile(
        view,
        () => inbox.state.calls > 0,
        () => changed.fire(undefined),
      ),
    );
    services.whenOpened((opened) => inbox.attach(opened));
    return owned;
  },
};

function badgeText(calls: number): string {
  return calls === 1
    ? t('1 call waits for your decision')
    : t('{0} calls wait for your decision', calls);
}

function childrenOf(state: InboxState, node: Node | undefined): Node[] {
  if (node?.kind === 'group') {
    return node.group.rows.map((row) => ({ kind: 'call', row, group: node.group }));
  }
  if (node) return [];
  const groups = state.groups.map((group): Node => ({ kind: 'group', group }));
  return state.more === 0 ? groups : [...groups, { kind: 'more', count: state.more }];
}

function itemOf(node: Node): vscode.TreeItem {
  if (node.kind === 'call') return callItem(node.row);
  const item = new vscode.TreeItem('');
  if (node.kind === 'more') {
    item.label = t('Show more ({0})', node.count);
    item.command = { command: COMMANDS.showMoreApprovals, title: t('Show More') };
    return item;
  }
  const { threadId, title, temporary } = node.group;
  item.label = title;
  item.id = threadId;
  item.description = groupDescription(node.group);
  item.tooltip = title;
  item.contextValue = 'approvalThread';
  item.iconPath = new vscode.ThemeIcon(temporary ? 'eye-closed' : 'comment');
  item.collapsibleState = vscode.TreeItemCollapsibleState.Expanded;
  return item;
}

function callItem(row: ApprovalRow): vscode.TreeItem {
  const { actionId, callId, label, risks, icon } = row;
  const item = new vscode.TreeItem(label);
  const now = Date.now();
  item.id = `${actionId} ${callId}`;
  item.description = rowDescription(row, now);
  item.tooltip = rowTooltip(row, now);
  item.accessibilityInformation = { label: rowSpoken(row, now) };
  item.contextValue = 'approval';
  const color =
    risks.length > 0 ? new vscode.ThemeColor('notificationsWarningIcon.foreground') : undefined;
  item.iconPath = new vscode.ThemeIcon(icon, color);
  item.command = {
    command: COMMANDS.openPending,
    title: t('Show in Chat'),
    arguments: [{ row: { actionId, callId } }],
  };
  return item;
}
