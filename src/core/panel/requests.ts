// What a webview may ask for. Nothing that determines a turn comes from it: it names an action, a decision, a choice.
import { rememberLines } from './rememberText.ts';
import { riskyRequests } from './risk.ts';
import { currentTurn } from './snapshot.ts';
import { attach, removeQueued } from './composing.ts';
import { discard } from './drift.ts';
import { webAddress } from '../../protocol/webAddress.ts';
import { AppError } from '../base/errors.ts';
import { assertNever } from '../base/assert.ts';
import type { PresenterDeps } from './presenter.ts';
import { callLine } from '../../protocol/callTitle.ts';
import type { Refusal } from '../agent/submission.ts';
import type { ConfirmRead } from '../attachments/readAttachments.ts';
import type { Attachment } from '../../protocol/attachments.ts';
import type { ViewToHost } from '../../protocol/messages.ts';
import type { Mode, RuleLayer, Submission } from '../../protocol/calls.ts';
import type { ActionRow, TurnRow } from '../ports/store.ts';

/** What the presenter needs of the window around it. */
export interface PanelHost {
  /** Opens the diff editor for one edit; its right side may be changed. */
  /** `merge`: in the merge editor, where the edit clashes with what the user changed since. */
  openDiff(action: ActionRow, callId: string, merge?: boolean): Promise<void>;
  openAllDiffs(action: ActionRow): Promise<void>;
  openPanel(actionId: string): Promise<void>;
  selectModel(): Promise<void>;
  /** Starts the demo agent in a thread of its own, where the sample is. */
  tryDemo(): Promise<void>;
  openWhy(rule: string, layer: RuleLayer): Promise<void>;
  /** Shows what undoing the turn would do, and lets the user start it. */
  undoTurn(turnId: string): Promise<void>;
  /** What the command of a call prints, in a terminal that takes no input. Throws AppError `not_running`. */
  showTerminal(call: { turnId: string; callId: string }): Promise<void>;
  /** The list of commands in the background; it stays for as long as the user looks at it. */
  showBackground(): Promise<void>;
  copy(text: string): Promise<void>;
  /** As an edit of the user's, in the editor that they were in. Throws AppError `no_editor`. */
  insertAtCursor(text: string): Promise<void>;
  /** Asks natively first, with the whole address; it is of the web. */
  openLink(address: string): Promise<void>;
  /** Files that the user picks natively; none when they back out. */
  pickFiles(): Promise<Attachment[]>;
  /** What dropped addresses name. Throws AppError `not_a_file` for what is no file of this machine. */
  filesOf(uris: readonly string[]): Promise<Attachment[]>;
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
    // The presenter sends what is asked for.
    case 'ready':
    case 'earlier':
    case 'find':
    case 'findFiles':
      return null;
    case 'send':
      return sendMessage(deps, message);
    case 'stop':
      await stopTurn(deps);
      return null;
    case 'stopCommand':
      return stopCommand(deps, message);
    case 'removeQueued':
      return removeQueued(deps, message.turnId);
    case 'continue':
      await continueTurn(deps, message.drift);
      return null;
    case 'askAgain':
      await askAgain(deps, message.actionId);
      return null;
    case 'discard':
      await discard(deps, message.actionId);
      return null;
    case 'newThread':
    case 'cardFocus':
    case 'chatFocus':
      tellSession(deps, message);
      return null;
    case 'submit':
      return submitFromPage(deps, message);
    case 'draft':
      return saveDraft(deps, message);
    case 'pickFiles':
    case 'dropFiles':
    case 'keepImage':
      return attach(deps, message);
    case 'openDiff':
    case 'openAllDiffs':
    case 'openPanel':
    case 'useText':
    case 'openLink':
    case 'setMode':
    case 'selectModel':
    case 'tryDemo':
    case 'openWhy':
    case 'undoTurn':
    case 'showTerminal':
    case 'showBackground':
      await askWindow(deps, message);
      return null;
    default:
      return assertNever(message);
  }
}

async function submitFromPage(
  deps: PresenterDeps,
  message: Extract<ViewToHost, { type: 'submit' }>,
): Promise<Refusal | null> {
  const { actionId, proposalHash, decisions, drift, confirm } = message;
  const submission = { actionId, proposalHash, decisions, ...(drift !== undefined && { drift }) };
  return submitDecisions(deps, deps.host, submission, confirm);
}

type AskWindow = Extract<
  ViewToHost,
  {
    type:
      | 'openDiff'
      | 'openAllDiffs'
      | 'openPanel'
      | 'useText'
      | 'openLink'
      | 'setMode'
      | 'selectModel'
      | 'tryDemo'
      | 'openWhy'
      | 'undoTurn'
      | 'showTerminal'
      | 'showBackground';
  }
>;

/** What the window around the view does; nothing of it decides. */
async function askWindow(deps: PresenterDeps, message: AskWindow): Promise<void> {
  const { host } = deps;
  switch (message.type) {
    case 'openDiff':
      return host.openDiff(
        await openAction(deps, message.actionId),
        message.callId,
        message.merge === true,
      );
    case 'openAllDiffs':
      return host.openAllDiffs(await openAction(deps, message.actionId));
    case 'openPanel':
      return host.openPanel(message.actionId);
    case 'useText':
      return message.use === 'copy' ? host.copy(message.text) : host.insertAtCursor(message.text);
    case 'openLink':
      return host.openLink(openable(message.address));
    case 'setMode':
      return setMode(deps, message.mode);
    case 'selectModel':
      return host.selectModel();
    case 'tryDemo':
      return host.tryDemo();
    case 'openWhy':
      return host.openWhy(message.rule, message.layer);
    case 'undoTurn':
      return host.undoTurn(message.turnId);
    case 'showTerminal':
      return host.showTerminal({ turnId: message.turnId, callId: message.callId });
    case 'showBackground':
      return host.showBackground();
    default:
      return assertNever(message);
  }
}

function tellSession(
  { session }: PresenterDeps,
  message: Extract<ViewToHost, { type: 'newThread' | 'cardFocus' | 'chatFocus' }>,
): void {
  if (message.type === 'newThread') session.update({ threadId: null });
  else if (message.type === 'cardFocus') session.cardFocused(message.card);
  else session.chatFocused(message.has);
}

async function saveDraft(
  { engine }: PresenterDeps,
  { actionId, callId, proposalHash, card }: Extract<ViewToHost, { type: 'draft' }>,
): Promise<Refusal | null> {
  if (await engine.saveDraft({ actionId, callId, proposalHash, card })) return null;
  const message =
    'This approval does not wait any more: it was decided, stopped or has expired. Its thread shows which.';
  return { code: 'not_paused', message, callIds: [] };
}

/** Starts a turn in the session's thread, or in a new one; in a busy thread only when the message says what becomes of it. */
async function sendMessage(
  deps: PresenterDeps,
  { text, attachments = [], whenBusy, again }: Extract<ViewToHost, { type: 'send' }>,
): Promise<null> {
  const { engine, session, host } = deps;
  const { model, mode } = session.state;
  refuseUntrusted(deps);
  if (text.trim() === '')
    throw new AppError('empty_message', 'The message is empty: write what the agent is to do.');
  if (!model) {
    throw new AppError(
      'model_not_configured',
      'No model is selected. Run “Countersign: Select Model…” and send the message again.',
    );
  }
  const threadId = session.state.threadId ?? (await engine.createThread()).id;
  if (threadId !== session.state.threadId) session.update({ threadId });
  const { provider, id, label: modelName } = model;
  const start = { threadId, text, attachments, model: { provider, id }, modelName, mode, again };
  const confirmRead: ConfirmRead = (question, detail) => host.confirm(question, detail);
  await engine.startTurn({ ...start, confirmRead, whenBusy: whenBusy ?? 'refuse' });
  return null;
}

/** The turn that the session's thread is at, if it has one. */
async function sessionTurn(
  deps: Pick<PresenterDeps, 'store' | 'session'>,
): Promise<TurnRow | undefined> {
  const { threadId } = deps.session.state;
  return threadId === null ? undefined : currentTurn(deps.store, threadId);
}

async function continueTurn(deps: PresenterDeps, drift: string | undefined): Promise<void> {
  refuseUntrusted(deps);
  const turn = await sessionTurn(deps);
  if (turn && (await deps.engine.continueTurn(turn.id, drift))) return deps.session.update({});
  throw new AppError(
    'not_interrupted',
    'This turn is not interrupted any more: it goes on already, here or in another window.',
  );
}

async function askAgain(deps: PresenterDeps, actionId: string | undefined): Promise<void> {
  refuseUntrusted(deps);
  const { model } = deps.session.state;
  const turnId =
    actionId === undefined
      ? (await sessionTurn(deps))?.id
      : (await deps.store.getAction(actionId))?.turnId;
  const chosen = model ? { provider: model.provider, id: model.id } : undefined;
  // The views read all anew: the line that says how the turn stopped goes.
  if (turnId !== undefined && (await deps.engine.askAgain(turnId, chosen))) {
    return deps.session.update({});
  }
  throw new AppError(
    'not_expired',
    'This approval is not expired any more: it was asked again, or its turn was stopped.',
  );
}

/** Stops what the session's thread is at, in whatever state, and what is queued in it. Throws AppError `nothing_to_stop`. */
export async function stopTurn(deps: Pick<PresenterDeps, 'engine' | 'session'>): Promise<void> {
  const { threadId } = deps.session.state;
  if (threadId === null || !(await deps.engine.stopThread(threadId))) {
    throw new AppError('nothing_to_stop', 'Nothing is running or waiting in this thread.');
  }
}

async function stopCommand(
  { engine }: PresenterDeps,
  { turnId, callId }: { turnId: string; callId: string },
): Promise<null> {
  if (await engine.stopCommand({ turnId, callId })) return null;
  throw new AppError(
    'not_running',
    'This command does not run in this window: it is over, or another window runs it. Stop it there, or stop its turn.',
  );
}

const NOT_CONFIRMED: Refusal = {
  code: 'not_confirmed',
  message: 'Not approved: you did not confirm.',
  callIds: [],
};

/**
 * Decides for a human at `host`: trust, the native confirmation where it is due, then the engine's guards. `byCommand`: it is always
 * due, because no hand pressed the button on the card.
 */
export async function submitDecisions(
  deps: Pick<PresenterDeps, 'engine' | 'store' | 'trusted'>,
  host: Pick<PanelHost, 'confirm' | 'decidedBy'>,
  submission: Submission,
  byCommand = false,
): Promise<Refusal | null> {
  refuseUntrusted(deps);
  const action = await deps.store.getAction(submission.actionId);
  const decisions = submission.decisions ?? {};
  const edited = await deps.engine.proposalsOfEdits(submission.actionId, decisions);
  const risky = action ? riskyRequests(action, decisions, edited) : [];
  const asks = risky.length > 0 ? 'Approve a change of high risk?' : 'Approve this call?';
  const lines = risky.length > 0 ? risky : byCommand ? (action?.requests ?? []).map(callLine) : [];
  if (lines.length > 0 && !(await host.confirm(asks, lines.join('\n')))) return NOT_CONFIRMED;
  // Asked on its own: who looks at a protected file must not overlook that it is remembered.
  const lasting = action ? rememberLines(action, decisions) : [];
  if (
    lasting.length > 0 &&
    !(await host.confirm('Remember this approval?', lasting.join('\n\n')))
  ) {
    return NOT_CONFIRMED;
  }
  const outcome = await deps.engine.submit(submission, host.decidedBy);
  return outcome.ok ? null : outcome.refusal;
}

/** Throws AppError `untrusted_workspace`. */
export function refuseUntrusted(deps: Pick<PresenterDeps, 'trusted'>): void {
  if (deps.trusted()) return;
  throw new AppError(
    'untrusted_workspace',
    'This workspace is in Restricted Mode. Trust it (“Workspaces: Manage Workspace Trust”) to let an agent work in it.',
  );
}

/** As it would be opened: names in other scripts as their ASCII form. */
function openable(text: string): string {
  const address = webAddress(text);
  if (address !== undefined) return address;
  throw new AppError('not_allowed', 'Only addresses of the web (http, https) are opened.');
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
  throw new AppError(
    'not_paused',
    'This approval does not wait any more: it was decided, stopped or has expired. Its thread shows which.',
  );
}
