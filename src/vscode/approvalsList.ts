// The native list of remembered approvals. It follows what other windows do; each row can be taken back or given an end.
import * as vscode from 'vscode';
import { endGrant, grantActions, revoke, saidActions } from './approvalActions.ts';
import {
  acknowledgementRow,
  grantRow,
  grantState,
  nothingRemembered,
  summaryText,
  type Remembered,
} from './approvalsText.ts';
import { notify } from './notify.ts';
import { DisposableStore } from '../core/base/lifecycle.ts';
import { titleOf } from '../core/threads/titleText.ts';
import type { GrantRow } from '../core/ports/consentStore.ts';
import type { Store } from '../core/ports/store.ts';
import type { OpenedEngine } from '../core/services.ts';
import { t } from '../protocol/l10n.ts';
import type { Services } from './services.ts';

interface Row extends vscode.QuickPickItem {
  /** Undefined for the lines between. */
  of?: Remembered;
}

/** What the user does with a row: picks it, or presses one of its buttons. */
interface Choice {
  of: Remembered;
  button: vscode.QuickInputButton | null;
}

const REVOKE_ICON = new vscode.ThemeIcon('trash');
const END_ICON = new vscode.ThemeIcon('clock');
const revokeButton = (): vscode.QuickInputButton => ({
  iconPath: REVOKE_ICON,
  tooltip: t('Revoke: such calls ask again'),
});
const endButton = (): vscode.QuickInputButton => ({
  iconPath: END_ICON,
  tooltip: t('Change the end…'),
});

/** Shows the list until the user leaves it. `rule`: the one to begin at. */
export async function manageApprovals(services: Services, rule?: string): Promise<void> {
  const opened = await services.engine();
  let start = rule;
  for (;;) {
    const choice = await chooseFrom(services, opened, start);
    if (choice === null) return;
    start = choice.of.kind === 'grant' ? choice.of.grant.rule : undefined;
    if (!(await act(services, opened, choice))) return;
  }
}

/** True to come back to the list. */
async function act(
  services: Services,
  opened: OpenedEngine,
  { of, button }: Choice,
): Promise<boolean> {
  if (button?.iconPath === REVOKE_ICON) return revoke(services, opened, of);
  if (of.kind === 'said') return saidActions(services, opened, of.said);
  return button?.iconPath === END_ICON
    ? endGrant(opened, of.grant)
    : grantActions(services, opened, of.grant);
}

/** Null when the user leaves, or there is nothing to choose from. */
async function chooseFrom(
  services: Services,
  opened: OpenedEngine,
  rule: string | undefined,
): Promise<Choice | null> {
  const first = await rowsOf(opened.store);
  if (first.length === 0) {
    notify('info', nothingRemembered());
    return null;
  }
  const owned = new DisposableStore();
  const pick = vscode.window.createQuickPick<Row>();
  owned.add(pick);
  pick.title = t('Countersign: Manage Approvals');
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.keepScrollPosition = true;
  fill(pick, first, (row) => row.of?.kind === 'grant' && row.of.grant.rule === rule);
  owned.add(follow(services, opened, pick));
  try {
    return await chosen(pick);
  } finally {
    owned.dispose();
  }
}

function chosen(pick: vscode.QuickPick<Row>): Promise<Choice | null> {
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      const of = pick.selectedItems[0]?.of;
      if (of) resolve({ of, button: null });
    });
    pick.onDidTriggerItemButton(({ item: { of }, button }) => {
      if (of) resolve({ of, button });
    });
    pick.onDidHide(() => {
      resolve(null);
    });
    pick.show();
  });
}

/** Reads the list again whenever something may have changed: here, in another window, or in the user's file for all of them. */
function follow(
  services: Services,
  { engine, store }: OpenedEngine,
  pick: vscode.QuickPick<Row>,
): vscode.Disposable {
  const owned = new DisposableStore();
  const look = (): void => {
    rowsOf(store)
      .then((rows) => {
        const active = pick.activeItems[0]?.of;
        fill(pick, rows, (row) => row.of !== undefined && sameSubject(row.of, active));
      })
      .catch((error: unknown) => {
        services.logger.error('remembered approvals could not be read', error);
      });
  };
  owned.add(store.onExternalChange(look));
  owned.add(engine.onEvent((event) => (event.type === 'call' ? look() : undefined)));
  owned.add(vscode.window.onDidChangeWindowState(look));
  return owned;
}

function fill(
  pick: vscode.QuickPick<Row>,
  rows: readonly Row[],
  isActive: (row: Row) => boolean,
): void {
  const grants = rows.flatMap(({ of }) => (of?.kind === 'grant' ? [of.grant] : []));
  pick.placeholder =
    rows.length === 0
      ? t('Nothing is remembered any more')
      : t('{0}. Pick one to see what can be done with it', summaryText(grants, Date.now()));
  pick.items = rows;
  const active = rows.find(isActive);
  if (active) pick.activeItems = [active];
}

function sameSubject(a: Remembered, b: Remembered | undefined): boolean {
  if (a.kind === 'grant') return b?.kind === 'grant' && a.grant.id === b.grant.id;
  return b?.kind === 'said' && a.said.kind === b.said.kind && a.said.subject === b.said.subject;
}

/** What counts first, then what does not any more, then what a workspace brought. */
async function rowsOf(store: Store): Promise<Row[]> {
  const [grants, said] = await Promise.all([
    store.listGrants(),
    store.acknowledgements().catch(() => []),
  ]);
  const now = Date.now();
  const counts = grants.filter((grant) => grantState(grant, now) === 'counts');
  const over = grants.filter((grant) => grantState(grant, now) !== 'counts');
  const toRow = async (grant: GrantRow): Promise<Row> => {
    const thread = await store.getThread(grant.threadId);
    const buttons =
      grantState(grant, now) === 'counts' ? [endButton(), revokeButton()] : [revokeButton()];
    const text = grantRow(grant, thread && titleOf(thread), now);
    return { ...text, buttons, of: { kind: 'grant', grant } };
  };
  return [
    ...section(t('In force'), await Promise.all(counts.map(toRow))),
    ...section(t('Ended or used up'), await Promise.all(over.map(toRow))),
    ...section(
      t('What this workspace brings along'),
      said.map((each) => ({
        ...acknowledgementRow(each),
        buttons: each.accepted ? [revokeButton()] : [],
        of: { kind: 'said', said: each },
      })),
    ),
  ];
}

function section(label: string, rows: readonly Row[]): Row[] {
  const line: Row = { label, kind: vscode.QuickPickItemKind.Separator };
  return rows.length === 0 ? [] : [line, ...rows];
}
