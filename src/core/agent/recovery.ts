// What becomes of a turn whose process died while it ran. Moves rows only: it never runs a call and never asks twice.
import { editNote } from './editNote.ts';
import { answersAfterCrash, actionFor, asks, unknownActionFor } from './gate.ts';
import { pauseWith } from './pausing.ts';
import { isHalfMoved } from '../tools/moveFile.ts';
import { findTool } from '../tools/registry.ts';
import type { EngineDeps } from './deps.ts';
import type { Decision, MoveProposal } from '../../protocol/calls.ts';
import type { ActionRow, CallRow, TurnRow } from '../ports/store.ts';

/**
 * `paused`: it waits for the human again. `drivable`: what remains was decided already; drive it again without asking.
 * `interrupted`: it died while nothing was decided; the human may continue it. `lost`: someone else was faster.
 */
type Recovered = 'paused' | 'drivable' | 'interrupted' | 'lost';

/** Looks at an interrupted turn (generation as it is now) and brings it to where it can go on. */
export async function recoverTurn(deps: EngineDeps, turn: TurnRow): Promise<Recovered> {
  const batch = await openBatch(deps, turn.id);
  if (batch.length === 0) return 'interrupted';
  const [first] = batch;
  const decided = first && (await deps.store.actionOfBatch(turn.id, first.batchId));
  const answers = await answersAfterCrash(deps.store, turn);
  const unknown: CallRow[] = [];
  for (const row of batch) {
    if (row.state !== 'started' || isAnswered(row, answers)) continue;
    if (!(await settleAfterCrash(deps, row, decided))) unknown.push(row);
  }
  // A process that cannot pause opens no card; who drives the turn denies what asks, or leaves the card to others.
  const canPause = deps.canPause();
  if (unknown.length > 0) {
    if (!canPause) return 'interrupted';
    const action = unknownActionFor(deps, turn, unknown);
    return (await pauseWith(deps, turn, action)) ? 'paused' : 'lost';
  }
  if (decided?.state === 'resolved' || batch.some((row) => isAnswered(row, answers))) {
    return 'drivable';
  }
  const asking = batch.some((row) => row.state === 'planned' && asks(row));
  if (!asking || !canPause) return 'interrupted';
  const action = actionFor(deps, turn, batch);
  return (await pauseWith(deps, turn, action)) ? 'paused' : 'lost';
}

/** True when the human said what to do with the call and it was not done yet. */
function isAnswered(row: CallRow, answers: ReadonlyMap<string, Decision>): boolean {
  const answer = answers.get(row.callId);
  // Saying “run again” plans the call at once: one that is started has run since, and is a new question.
  if (row.state === 'started') return answer !== undefined && answer.type !== 'run_again';
  return row.state === 'planned' && answer !== undefined;
}

/** The calls of the batch that is not settled, in order; empty when the turn died elsewhere. */
async function openBatch(deps: EngineDeps, turnId: string): Promise<CallRow[]> {
  const calls = await deps.store.callsOfTurn(turnId);
  const open = calls.find((call) => call.state === 'planned' || call.state === 'started');
  return open ? deps.store.callsOfBatch(turnId, open.batchId) : [];
}

/** True when it is certain what happened: reads and stops just run again, edits are told by the file's content. */
async function settleAfterCrash(
  deps: EngineDeps,
  row: CallRow,
  decided: ActionRow | undefined,
): Promise<boolean> {
  const { turnId, callId, proposal } = row;
  const group = findTool(deps.tools, row.tool)?.group;
  if (group === 'read' || group === 'running') {
    return deps.store.unstartCall(turnId, callId);
  }
  if (proposal?.kind === 'move') return settleMove(deps, row, proposal);
  if (proposal?.kind !== 'edit') return false;
  const now = await hashNow(deps, proposal.realPath);
  if (now === undefined) return false;
  if (now === proposal.newHash) {
    const found = `${proposal.path} holds the approved content (found after a crash).`;
    const note = humanChange(deps, row, decided);
    const result = note === '' ? found : `${found}\n\n${note}`;
    const at = deps.clock.now();
    return deps.store.settleCall({ turnId, callId, state: 'done', outcome: 'ok', result, at });
  }
  return now === proposal.baseHash ? deps.store.unstartCall(turnId, callId) : false;
}

/** A move is told by where the file is: with both names for one file it was cut off in between, and is ended by doing it again. */
async function settleMove(
  deps: EngineDeps,
  { turnId, callId }: CallRow,
  { realPath, toReal, baseHash, to }: MoveProposal,
): Promise<boolean> {
  const [from, there] = [await hashNow(deps, realPath), await hashNow(deps, toReal)];
  if (from === null && there === baseHash) {
    const result = `The file is at ${to} now (found after a crash).`;
    const at = deps.clock.now();
    return deps.store.settleCall({ turnId, callId, state: 'done', outcome: 'ok', result, at });
  }
  if (from !== baseHash) return false;
  const [source, target] = [await deps.files.resolve(realPath), await deps.files.resolve(toReal)];
  const begun = there === null || isHalfMoved(source, target) || source.real === target.real;
  return begun && deps.store.unstartCall(turnId, callId);
}

/** What the human changed in the edit that had been started: the journal has theirs, the card the agent's. */
function humanChange(deps: EngineDeps, row: CallRow, decided: ActionRow | undefined): string {
  const shown = decided?.requests.find((request) => request.callId === row.callId);
  if (!shown || !row.proposal) return '';
  const decision = decided?.decisions?.[row.callId];
  const args = (decision?.type === 'edit' ? decision.args : undefined) ?? shown.args;
  const { argsText } = row;
  return editNote(
    deps.texts,
    { argsText, proposal: shown.proposal },
    { args, proposal: row.proposal },
  );
}

/** Hash of the file's content, null when there is none, undefined when it cannot be told. */
async function hashNow(deps: EngineDeps, realPath: string): Promise<string | null | undefined> {
  const read = await deps.files.read(realPath);
  if (read.kind === 'text') return read.hash;
  return read.kind === 'missing' ? null : undefined;
}
