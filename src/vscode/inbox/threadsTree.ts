// The Threads view: every thread of the workspace, by what it is at and by day. Opens them; names, archive and the rest are
// commands on its rows.
import * as vscode from 'vscode';
import {
  contextValue,
  lookOf,
  threadGroups,
  threadText,
  type ThreadGroup,
} from './threadGroups.ts';
import { clockWhile } from './clockWhile.ts';
import { follow, type Follower } from './follow.ts';
import { COMMANDS, VIEWS } from '../ids.ts';
import { DisposableStore } from '../../core/base/lifecycle.ts';
import { isTemporary } from '../../protocol/temporary.ts';
import type { EngineEvent } from '../../core/agent/events.ts';
import type { OpenedEngine } from '../../core/services.ts';
import type { ThreadEntry } from '../../core/ports/libraryStore.ts';
import type { Contribution } from '../contribution.ts';
import { t } from '../../protocol/l10n.ts';
import type { Services } from '../services.ts';

/** How many threads at rest are listed before more is asked for. */
const PAGE = 200;

type Node =
  { kind: 'group'; group: ThreadGroup } | { kind: 'thread'; entry: ThreadEntry } | { kind: 'more' };

/** What the view shows, and whether there is more of it. */
interface Listed {
  groups: readonly ThreadGroup[];
  more: boolean;
}

export const threadsTree: Contribution = {
  name: 'threads view',
  register: (services) => {
    const owned = new DisposableStore();
    const changed = new vscode.EventEmitter<undefined>();
    owned.add(changed);
    let listed: Listed = { groups: [], more: false };
    let limit = PAGE;
    let follower: Follower | undefined;
    const view = vscode.window.createTreeView<Node>(VIEWS.threads, {
      treeDataProvider: {
        onDidChangeTreeData: changed.event,
        getChildren: (node) => childrenOf(listed, node),
        getTreeItem: (node) => itemOf(node, services.session.state.threadId),
      },
      showCollapseAll: true,
    });
    owned.add(view);
    const redraw = (): void => changed.fire(undefined);
    owned.add(clockWhile(view, () => listed.groups.length > 0, redraw));
    let shown = services.session.state.threadId;
    owned.add(
      services.session.onChange(({ threadId }) => {
        if (threadId !== shown) redraw();
        shown = threadId;
      }),
    );
    owned.add(
      vscode.commands.registerCommand(COMMANDS.showMoreThreads, () => {
        limit += PAGE;
        follower?.now();
      }),
    );
    services.whenOpened((opened) => {
      const look = async (): Promise<void> => {
        listed = await list(opened, limit);
        redraw();
        await leaveDeleted(services, opened);
      };
      follower = follow(opened, concerns, look, (error) => {
        services.logger.error('threads could not be listed', error);
      });
      return follower;
    });
    return owned;
  },
};

function concerns({ type }: EngineEvent): boolean {
  return type === 'thread' || type === 'threadDeleted' || type === 'turn' || type === 'action';
}

async function list({ store }: OpenedEngine, limit: number): Promise<Listed> {
  const underWay = await store.threadsUnderWay();
  const atRest = await store.threadsAtRest({ archived: false, limit: limit + 1 });
  const archived = await store.threadsAtRest({ archived: true, limit: limit + 1 });
  const lists = { underWay, atRest: atRest.slice(0, limit), archived: archived.slice(0, limit) };
  return {
    groups: threadGroups(lists, Date.now()),
    more: atRest.length > limit || archived.length > limit,
  };
}

/** A thread that was deleted, here or in another window, is shown no longer. */
async function leaveDeleted({ session }: Services, { store }: OpenedEngine): Promise<void> {
  const { threadId } = session.state;
  if (threadId === null || (await store.getThread(threadId))) return;
  if (session.state.threadId === threadId) session.update({ threadId: null });
}

function childrenOf({ groups, more }: Listed, node: Node | undefined): Node[] {
  if (node?.kind === 'group') {
    return node.group.entries.map((entry) => ({ kind: 'thread', entry }));
  }
  if (node) return [];
  const all = groups.map((group): Node => ({ kind: 'group', group }));
  return more ? [...all, { kind: 'more' }] : all;
}

function itemOf(node: Node, shown: string | null): vscode.TreeItem {
  if (node.kind === 'thread') return threadItem(node.entry, shown === node.entry.id);
  if (node.kind === 'more') {
    const item = new vscode.TreeItem(t('Show more'));
    item.command = { command: COMMANDS.showMoreThreads, title: t('Show More') };
    return item;
  }
  const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const { id, label, collapsed, entries } = node.group;
  const item = new vscode.TreeItem(label, collapsed ? Collapsed : Expanded);
  item.id = id;
  item.description = String(entries.length);
  return item;
}

function threadItem(entry: ThreadEntry, shown: boolean): vscode.TreeItem {
  const text = threadText(entry, Date.now());
  const { icon, color } = lookOf(entry);
  const item = new vscode.TreeItem(text.label);
  item.id = entry.id;
  item.description = shown ? t('in the chat · {0}', text.description) : text.description;
  item.tooltip = text.tooltip;
  item.accessibilityInformation = {
    label: shown ? t('{0}, in the chat', text.spoken) : text.spoken,
  };
  item.contextValue = contextValue(entry);
  const quiet = entry.status === 'finished' || entry.status === null;
  item.iconPath = new vscode.ThemeIcon(
    quiet && isTemporary(entry.id) ? 'eye-closed' : icon,
    color === undefined ? undefined : new vscode.ThemeColor(color),
  );
  item.command = {
    command: COMMANDS.openThread,
    title: t('Open'),
    arguments: [{ entry: { id: entry.id } }],
  };
  return item;
}
