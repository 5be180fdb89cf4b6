// What a webview may ask for. Nothing that determines a turn comes from it: it names an action, a decision, a choice.
import { currentTurn } from './snapshot.ts';
import { AppError } from '../base/errors.ts';
import { assertNever } from '../base/assert.ts';
import type { PresenterDeps } from './presenter.ts';
import type { Refusal } from '../agent/submission.ts';
import type { ViewToHost } from '../../protocol/messages.ts';
import type { Decisions, Mode } from '../../protocol/calls.ts';
import type { ActionRow } from '../ports/store.ts';

/** What the presenter needs of the window around it. */
export interface PanelHost {
  /** Opens the diff editor for one edit; its right side may be changed. */
  openDiff(action: ActionRow, callId: string): Promise<void>;
  openPanel(actionId: string): Promise<void>;
  selectModel(): Promise<void>;
  openWhy(rule: string): Promise<void>;
  /** A native modal for decisions of high risk; false when the user backs out. */
  confirm(question: string, detail: string): Promise<boolean>;
  /** Who decides, for the record and for other windows. */
  readonly decidedBy: string;
}

/** Null when it was done, else why not. Throws AppError for everything else. */
export async function handleViewMessage(
  deps: PresenterDeps,
  message: ViewToHost,
): Promise<Refusal | null> {
  switch (message.type) {
    case 'ready':
      return null;
    case 'send':
      await sendMessage(deps, message.text);
      return null;
    case 'stop':
      await stopTurn(deps);
      return null;
    case 'newThread':
      deps.session.update({ threadId: null });
      return null;
    case 'submit':
      return submit(deps, message);
    case 'openDiff':
      await deps.host.openDiff(await openAction(deps, message.actionId), message.callId);
      return null;
    case 'openPanel':
      await deps.host.openPanel(message.actionId);
      return null;
    case 'setMode':
      setMode(deps, message.mode);
      return null;
    case 'selectModel':
      await deps.host.selectModel();
      return null;
    case 'openWhy':
      await deps.host.openWhy(message.rule);
      return null;
    default:
      return assertNever(message);
  }
}

/** Starts a turn in the session's thread, or in a new one. */
export async function sendMessage(deps: PresenterDeps, text: string): Promise<void> {
  const { engine, session } = deps;
  const { model, mode } = session.state;
  if (!model) {
    throw new AppError(
      'model_not_configured',
      'No model is selected. Run “Countersign: Select Model…” and send the message again.',
    );
  }
  const threadId = session.state.threadId ?? (await engine.createThread()).id;
  if (threadId !== session.state.threadId) session.update({ threadId });
  const { provider, id } = model;
  await engine.startTurn({ threadId, text, model: { provider, id }, mode });
}

async function stopTurn(deps: PresenterDeps): Promise<void> {
  const { threadId } = deps.session.state;
  const turn = threadId === null ? undefined : await currentTurn(deps.store, threadId);
  if (!turn || !(await deps.engine.stop(turn.id))) {
    throw new AppError('nothing_to_stop', 'Nothing is running or waiting in this thread.');
  }
}

async function submit(
  deps: PresenterDeps,
  message: Extract<ViewToHost, { type: 'submit' }>,
): Promise<Refusal | null> {
  const { actionId, proposalHash, decisions } = message;
  const action = await deps.store.getAction(actionId);
  const risky = action ? riskyRequests(action, decisions) : [];
  if (risky.length > 0) {
    const detail = risky.join('\n');
    if (!(await deps.host.confirm('Approve a change of high risk?', detail))) {
      return { code: 'not_confirmed', message: 'Not approved: you did not confirm.', callIds: [] };
    }
  }
  const outcome = await deps.engine.submit(
    { actionId, proposalHash, decisions },
    deps.host.decidedBy,
  );
  return outcome.ok ? null : outcome.refusal;
}

/** One line for each approved call that touches a protected file or leaves the workspace. */
export function riskyRequests(action: ActionRow, decisions: Decisions): string[] {
  return action.requests.flatMap((request) => {
    const type = decisions[request.callId]?.type;
    if (type !== 'approve' && type !== 'edit') return [];
    const { proposal } = request;
    if (proposal.kind !== 'edit' && proposal.kind !== 'read') return [];
    if (proposal.outside) return [`${request.tool}: ${proposal.realPath} (outside the workspace)`];
    if (proposal.kind === 'edit' && proposal.protected !== undefined) {
      return [`${request.tool}: ${proposal.path} (protected: ${proposal.protected})`];
    }
    return [];
  });
}

function setMode(deps: PresenterDeps, mode: Mode): void {
  if (mode === 'bypass') {
    throw new AppError('not_allowed', '“bypass” can only be set in the user settings.');
  }
  deps.session.update({ mode });
}

async function openAction(deps: PresenterDeps, actionId: string): Promise<ActionRow> {
  const action = await deps.store.getAction(actionId);
  if (action?.state === 'open') return action;
  throw new AppError('not_paused', 'This approval does not wait any more.');
}
