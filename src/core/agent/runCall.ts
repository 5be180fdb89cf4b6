// Steps 7 to 9 of one tool call: check again, execute under the journal, and give it exactly one result.
import { changedFiles, changedText, onShownFiles } from './bindings.ts';
import { editNote } from './editNote.ts';
import { deniedEdit, sayOfRow, withTold } from './hooked.ts';
import { contentOfEdit } from './contentOfEdit.ts';
import { execute } from './executor.ts';
import { DECIDED_OTHERWISE, earlierEdits, standOnBatch } from './standOnBatch.ts';
import {
  afterCrash,
  blocked,
  noted,
  CHANGED_SINCE,
  type Settled,
  rejectedText,
  knownResult,
  needsApprovalText,
} from './settled.ts';
import { deniedText, prepareCall, type Prepared } from './plan.ts';
import { programDrift } from './programDrift.ts';
import { unasked } from './unasked.ts';
import { unseenChange, unseenSince } from './unseen.ts';
import { undoBase } from '../undo/undoBase.ts';
import { createResultScreen, type ResultScreen } from '../screening/screenResults.ts';
import { readableFiles } from '../policy/readableFiles.ts';
import { assertNever } from '../base/assert.ts';
import { AppError, isAbort, toAppError } from '../base/errors.ts';
import { isStoreFault } from '../base/storeFaults.ts';
import type { EngineDeps } from './deps.ts';
import type { ToolMessage } from './message.ts';
import type { Decision, JsonObject, Mode, Proposal, Verdict } from '../../protocol/calls.ts';
import type { CallRow } from '../ports/store.ts';
import type { Tool } from '../tools/tool.ts';

const LOST = 'turn_lost';

/** This process does not drive the turn any more: it must settle nothing and say nothing about the call. */
function lostTurn(): AppError {
  return new AppError(LOST, 'The turn is driven elsewhere now.', { audience: 'log' });
}

type EditDecision = Extract<Decision, { type: 'edit' }>;

interface CallRun {
  deps: EngineDeps;
  threadId: string;
  mode: Mode;
  signal: AbortSignal;
}

interface ScreenedRun extends CallRun {
  screen: ResultScreen;
}

/** What the human decided of a call: before it ran, and after a crash in the middle of it. */
interface CallDecisions {
  approval: Decision | undefined;
  unknown: Decision | undefined;
}

/** Settles one call of a batch, whatever happened to it before, and returns its one result. */
export async function runCall(
  run: CallRun,
  row: CallRow,
  decisions: CallDecisions,
): Promise<ToolMessage> {
  const known = knownResult(row);
  if (known) return toMessage(row, known);
  const screen = createResultScreen(run.deps);
  const settled =
    row.state === 'started'
      ? afterCrash(decisions.unknown)
      : await decideAndRun({ ...run, screen }, row, decisions.approval);
  const told = { ...settled, text: withTold(settled.text, row.hook) };
  return toMessage(row, await settle(run, row, withoutSecrets(run.deps, told)));
}

async function decideAndRun(
  run: ScreenedRun,
  row: CallRow,
  decision: Decision | undefined,
): Promise<Settled> {
  if (run.signal.aborted) return blocked('cancelled', 'Not run: the user stopped the turn.');
  // A decision always stands, also where a rule would allow the call by now.
  if (!decision && row.verdict?.verdict === 'allow') return screened(run, row, undefined);
  if (!decision) return undecided(run, row);
  switch (decision.type) {
    case 'reject':
      return blocked('rejected', rejectedText(decision.reason));
    case 'respond':
      return blocked('responded', decision.text);
    case 'approve':
      return screened(run, row, undefined);
    case 'edit':
      return screened(run, row, decision);
    case 'mark_done':
    case 'run_again':
    case 'skip':
      return blocked('rejected', 'Not run: the decision does not fit a call that never started.');
    default:
      return assertNever(decision);
  }
}

/** The gate holds it until it is decided, except where nobody can be asked. */
function undecided({ deps }: CallRun, { verdict, proposal }: CallRow): Settled {
  if (!deps.canPause() && verdict?.verdict === 'ask') {
    const denied = unasked(verdict, proposal);
    return deniedNow(denied.verdict, denied.text);
  }
  return blocked('rejected', 'Rejected: no decision was given for this call.');
}

/** What a human wrote was screened when it was submitted, as the settings say; everything else is screened here. */
async function screened(...call: Parameters<typeof perform>): Promise<Settled> {
  return call[0].screen.result(await perform(...call));
}

/** Prepares the call again from its arguments (policy may have changed, files too), then executes what was approved. */
async function perform(
  run: ScreenedRun,
  row: CallRow,
  edit: EditDecision | undefined,
): Promise<Settled> {
  const { deps } = run;
  const argsText = edit?.args ? JSON.stringify(edit.args) : row.argsText;
  const again = await prepareCall(
    deps,
    { id: row.callId, name: row.tool, argsText },
    {
      mode: run.mode,
      overlay: edit?.args ? new Map() : await argumentsBase(deps, row),
      ...(edit ? {} : sayOfRow(row)),
      // What a human approved uses up nothing that they remembered.
      ...(row.verdict?.verdict === 'allow' && {
        turn: { turnId: row.turnId, threadId: run.threadId },
      }),
    },
  );
  if (!again.ok) return blocked('error', again.message);
  if (again.verdict.verdict === 'deny') return deniedNow(again.verdict, deniedText(again.verdict));
  if (row.verdict?.verdict === 'allow' && again.verdict.verdict === 'ask') {
    return deniedNow(again.verdict, needsApprovalText(again.verdict));
  }
  const moved = edit?.args ? undefined : leadsElsewhere(row.proposal, again.proposal);
  if (moved !== undefined) return blocked('error', moved);
  if (edit) return merged(row, await performEdited(run, row, { again, edit }));
  if (!row.proposal || !row.proposalHash) return blocked('error', 'The call has no proposal.');
  // One that policy allows by itself was not shown.
  const grown =
    row.verdict?.verdict === 'allow' ? undefined : unseenSince(row.proposal, again.proposal);
  if (grown !== undefined) return blocked('error', grown);
  const { proposal, proposalHash } = row;
  return merged(row, await performFrozen(run, row, { ...again, proposal, proposalHash }));
}

/** The model must know that the file is not what it had read. */
function merged({ proposal }: CallRow, settled: Settled): Settled {
  const asRead = proposal?.kind !== 'edit' || proposal.describedOn === undefined;
  return asRead ? settled : noted(settled, CHANGED_SINCE);
}

/** The text that the arguments of an edit were written for, where it is not the base that was approved. */
async function argumentsBase(deps: EngineDeps, row: CallRow): Promise<Map<string, string | null>> {
  const { turnId, proposal } = row;
  if (proposal?.kind !== 'edit') return new Map();
  const { realPath, describedOn, baseHash } = proposal;
  if (describedOn === undefined && (await earlierEdits(deps, row)).length === 0) return new Map();
  const hash = describedOn === undefined ? baseHash : describedOn;
  const text = hash === null ? null : await deps.store.getText(turnId, hash);
  return new Map(text === undefined ? [] : [[realPath, text]]);
}

/** What was approved is one real path; a link that was turned since must not lead the rules astray. */
function leadsElsewhere(shown: Proposal | null, now: Proposal): string | undefined {
  const before = shown && placeOf(shown);
  if (before === null || before === undefined || before === placeOf(now)) {
    return programDrift(shown, now);
  }
  return `Not run: the path led to ${before} when it was approved and leads elsewhere now. Propose it again.`;
}

function placeOf(proposal: Proposal): string | undefined {
  if (proposal.kind === 'edit' || proposal.kind === 'read') return proposal.realPath;
  if (proposal.kind === 'move') return `${proposal.realPath} and ${proposal.toReal}`;
  return proposal.kind === 'command' ? proposal.cwd : undefined;
}

async function performEdited(
  run: ScreenedRun,
  row: CallRow,
  { again, edit }: { again: Prepared; edit: EditDecision },
): Promise<Settled> {
  const content = await contentOfEdit(run.deps, row, edit);
  if (content === null) return blocked('error', 'Not run: the text that was shown is not kept.');
  const shown = row.proposal ?? again.proposal;
  const proposal =
    content === undefined
      ? onShownBase(again.proposal, shown)
      : await withHumanText(run.deps, again.tool, { turnId: row.turnId, base: shown, content });
  const proposalHash = run.deps.hashProposal({
    callId: row.callId,
    tool: row.tool,
    args: again.args,
    proposal,
  });
  const written = content === undefined ? undefined : proposal;
  const denied = await deniedByHook(run, row, { args: again.args, written });
  if (denied) return denied;
  const settled = await performFrozen(run, row, { ...again, proposal, proposalHash });
  const note = editNote(run.deps.texts, row, { args: again.args, proposal });
  return note === '' ? settled : { ...settled, text: `${settled.text}\n\n${note}` };
}

/** What hooks forbid, they also forbid where a human wrote it; of a file's whole new text they hear as of a file that is written. */
async function deniedByHook(
  { deps, threadId, mode, signal }: CallRun,
  { callId, tool }: CallRow,
  edit: { args: JsonObject; written: Proposal | undefined },
): Promise<Settled | undefined> {
  const { args, written } = edit;
  const call =
    written?.kind === 'edit'
      ? { callId, tool: 'write_file', args: { path: written.path, content: written.newText } }
      : { callId, tool, args };
  const denied = await deniedEdit(deps, { threadId, mode, signal }, call);
  if (signal.aborted) return blocked('cancelled', 'Not run: the user stopped the turn.');
  return denied && deniedNow(denied, deniedText(denied));
}

/** The human changed the arguments while looking at one content of the file: on another content they must not be written. */
function onShownBase(edited: Proposal, shown: Proposal): Proposal {
  if (edited.kind === 'move' && shown.kind === 'move') {
    return edited.realPath === shown.realPath ? { ...edited, baseHash: shown.baseHash } : edited;
  }
  if (edited.kind !== 'edit' || shown.kind !== 'edit') return onShownFiles(edited, shown);
  return edited.realPath === shown.realPath ? { ...edited, baseHash: shown.baseHash } : edited;
}

/** The proposal that was shown, with the human's text in place of the agent's. */
async function withHumanText(
  deps: EngineDeps,
  tool: Tool,
  edit: { turnId: string; base: Proposal; content: string },
): Promise<Proposal> {
  const { turnId, base, content } = edit;
  if (base.kind !== 'edit' || !tool.withContent) return base;
  // The base text, so that added and removed lines are counted against what is replaced.
  const before = base.baseHash === null ? '' : await deps.store.getText(turnId, base.baseHash);
  const overlay = new Map(before === undefined ? [] : [[base.realPath, before]]);
  return tool.withContent(base, content, { ...deps, overlay });
}

async function performFrozen(run: ScreenedRun, row: CallRow, prepared: Prepared): Promise<Settled> {
  const { deps, signal, screen } = run;
  const { args, verdict } = prepared;
  const proposal = await standOnBatch(deps, row, prepared.proposal);
  const call = { callId: row.callId, tool: row.tool, args, proposal };
  const token = proposal === prepared.proposal ? prepared.proposalHash : deps.hashProposal(call);
  const changed = await changedFiles(deps, proposal);
  if (changed.length > 0) return blocked('error', changedText(changed));
  try {
    const unseen = unseenChange(row, { proposal, proposalHash: token });
    const order = { call, token, verdict, unseen, ...(await undoBase(deps, proposal)) };
    const execution = await execute(deps, row.turnId, order, (effects, frozen) => {
      announceStart(run, row);
      const lines = screen.stream(outputSink(run, row));
      const output = deps.redactor.stream(lines.write);
      const { texts } = deps;
      const files = readableFiles(deps.files, deps.policy);
      const clean = { effects: screen.effects(effects), onOutput: output.write };
      const at = { threadId: run.threadId, turnId: row.turnId, callId: row.callId };
      const own = deps.running?.begin(at, signal);
      const { commands } = deps;
      const more = { at, ...(commands && { commands }), signal: own?.signal ?? signal };
      const context = { files, texts, ...clean, ...more };
      const performing = prepared.tool.perform(frozen.proposal, frozen.args, context);
      return performing.finally(() => {
        own?.end();
        output.end();
        return lines.end();
      });
    });
    if (execution.kind === 'notPlanned') throw lostTurn();
    const done: Settled = { state: 'done', ...execution.value };
    return proposal === prepared.proposal ? done : noted(done, DECIDED_OTHERWISE);
  } catch (error) {
    if (isAbort(error))
      return { state: 'done', outcome: 'cancelled', text: 'Cancelled by the user.' };
    const failure = toAppError(error);
    // The call was not started: that was not written.
    if (failure.code === LOST || isStoreFault(failure)) throw failure;
    deps.logger.error(`call ${row.callId} (${row.tool}) failed`, error);
    return { state: 'done', outcome: 'error', text: `The call failed: ${failure.message}` };
  }
}

function deniedNow(verdict: Verdict, text: string): Settled {
  return { ...blocked('denied', text), verdict };
}

function announceStart(run: CallRun, row: CallRow): void {
  run.deps.emit({ type: 'call', threadId: run.threadId, call: { ...row, state: 'started' } });
}

function withoutSecrets({ redactor }: EngineDeps, settled: Settled): Settled {
  const { text, fullOutput } = settled;
  const full = fullOutput === undefined ? {} : { fullOutput: redactor.text(fullOutput) };
  return { ...settled, text: redactor.text(text), ...full };
}

function outputSink(run: CallRun, row: CallRow): (chunk: string) => void {
  let offset = 0;
  return (delta) => {
    const { turnId, callId } = row;
    run.deps.emit({ type: 'output', threadId: run.threadId, turnId, callId, offset, delta });
    offset += delta.length;
  };
}

/** Writes the result into the journal; gives what the journal holds, should it have been settled meanwhile. */
async function settle(run: CallRun, row: CallRow, settled: Settled): Promise<Settled> {
  const { store, clock } = run.deps;
  const { state, outcome, text: result, verdict, fullOutput, differs = false } = settled;
  const { turnId, callId } = row;
  const outputHash = fullOutput === undefined ? null : await store.putText(turnId, fullOutput);
  const at = clock.now();
  const move = { turnId, callId, state, outcome, result, outputHash, at, differs };
  const written = await store.settleCall({ ...move, ...(verdict && { verdict }) });
  const call = await store.getCall(turnId, callId);
  if (call) run.deps.emit({ type: 'call', threadId: run.threadId, call });
  if (written) return settled;
  const known = call && knownResult(call);
  if (!known) throw lostTurn();
  return known;
}

function toMessage(row: CallRow, settled: Settled): ToolMessage {
  const good = settled.outcome === 'ok' || settled.outcome === 'responded';
  return {
    role: 'tool',
    id: `${row.batchId}:${row.callId}`,
    callId: row.callId,
    tool: row.tool,
    status: good ? 'ok' : 'error',
    text: settled.text,
  };
}
