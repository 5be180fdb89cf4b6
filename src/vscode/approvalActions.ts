// What can be done with one remembered approval: take it back, give it another end, go where it was learned, copy it.
import * as vscode from 'vscode';
import { factsOf, grantState, type Remembered } from './approvalsText.ts';
import { focusChat } from './commands/threads.ts';
import { askNatively, notify } from './notify.ts';
import { plainPick } from './plainText.ts';
import { titleOf } from '../core/threads/titleText.ts';
import type { Acknowledgement, GrantRow } from '../core/ports/consentStore.ts';
import type { OpenedEngine } from '../core/services.ts';
import { t } from '../protocol/l10n.ts';
import type { Services } from './services.ts';

interface Action extends vscode.QuickPickItem {
  /** True to come back to the list. */
  run: () => Promise<boolean>;
}

/** All of these: true to come back to the list, false when the user has left it. */
export async function revoke(
  services: Services,
  { store, allowList }: OpenedEngine,
  of: Remembered,
): Promise<boolean> {
  if (of.kind === 'grant') {
    if (!(await store.revokeGrant(of.grant.id))) notify('info', t('It was revoked already.'));
    return true;
  }
  const { said } = of;
  const by = services.windowName();
  // The list that is in force is told to whoever judges by it; one that is not is only noted.
  if (said.kind === 'allowList') {
    const refusal = { hash: said.hash, accepted: false, by };
    if (await allowList.say(refusal).catch(() => false)) return true;
  }
  await store.acknowledge({ ...said, accepted: false, by, at: Date.now() });
  return true;
}

export async function grantActions(
  services: Services,
  opened: OpenedEngine,
  grant: GrantRow,
): Promise<boolean> {
  const { store } = opened;
  const thread = await store.getThread(grant.threadId);
  const title = thread && titleOf(thread);
  const counts = grantState(grant, Date.now()) === 'counts';
  const actions: Action[] = [
    {
      label: '$(trash) Revoke',
      description: t('such calls ask again'),
      run: () => revoke(services, opened, { kind: 'grant', grant }),
    },
    ...(counts
      ? [{ label: t('$(clock) Change the end…'), run: () => endGrant(opened, grant) }]
      : []),
    ...(title === undefined
      ? []
      : [
          {
            label: t('$(comment-discussion) Open the thread it was learned in'),
            description: plainPick(title),
            run: () => openThread(services, grant.threadId),
          },
        ]),
    { label: t('$(list-flat) Show all of it'), run: () => showAll(grant, title) },
    { label: t('$(copy) Copy the rule'), run: () => copy(grant.rule) },
  ];
  return runOne(actions, plainPick(grant.rule));
}

export async function saidActions(
  services: Services,
  opened: OpenedEngine,
  said: Acknowledgement,
): Promise<boolean> {
  const actions: Action[] = [
    { label: t('$(copy) Copy what you looked at'), run: () => copy(said.text) },
  ];
  if (said.accepted) {
    actions.unshift({
      label: t('$(trash) Do not let it count any more'),
      run: () => revoke(services, opened, { kind: 'said', said }),
    });
  }
  return runOne(actions, plainPick(said.subject));
}

const MINUTE = 60_000;
const endChoices = (): { label: string; after: number | null }[] => [
  { label: t('In 30 minutes'), after: 30 * MINUTE },
  { label: t('In 8 hours'), after: 480 * MINUTE },
  { label: t('In 7 days'), after: 7 * 24 * 60 * MINUTE },
  { label: t('No end'), after: null },
];

export async function endGrant({ store }: OpenedEngine, grant: GrantRow): Promise<boolean> {
  const set = async (after: number | null): Promise<boolean> => {
    const at = Date.now();
    const end = { expiresAt: after === null ? null : at + after, at };
    if (!(await store.endGrant(grant.id, end))) {
      notify(
        'info',
        t('It has ended or was revoked already; approve and remember the call again.'),
      );
    }
    return true;
  };
  const ends = endChoices().map(({ label, after }) => ({ label, run: () => set(after) }));
  return runOne(ends, t('When {0} ends', plainPick(grant.rule)));
}

/** Backing out leads back to the list. */
async function runOne(actions: readonly Action[], placeHolder: string): Promise<boolean> {
  const title = t('Countersign: Manage Approvals');
  const picked = await vscode.window.showQuickPick(actions, { title, placeHolder });
  return picked === undefined ? true : picked.run();
}

async function openThread({ session }: Services, threadId: string): Promise<boolean> {
  session.update({ threadId });
  await focusChat();
  return false;
}

async function copy(text: string): Promise<boolean> {
  await vscode.env.clipboard.writeText(text);
  notify('info', t('Copied.'));
  return false;
}

async function showAll(grant: GrantRow, title: string | undefined): Promise<boolean> {
  await askNatively(grant.rule, factsOf(grant, title, Date.now()), []);
  return true;
}
