// One edit whose file changed while it waited, on the file as it is: three-way merge of the base that was shown, the new
// text that was shown and the present text. Reads only.
import { isMarked, markedText, sideOf } from '../../protocol/conflict.ts';
import { withDifferences } from '../tools/editDifferences.ts';
import { textProblem } from '../tools/editProposal.ts';
import { unreadable } from '../tools/currentText.ts';
import { findTool, parseToolArgs } from '../tools/registry.ts';
import type { EngineDeps } from './deps.ts';
import type { EditProposal } from '../../protocol/calls.ts';
import type { CallRow } from '../ports/store.ts';
import type { Merged } from '../ports/system.ts';
import type { ReadOutcome } from '../ports/workspace.ts';

/** A file as it is, or as the calls of the batch so far would leave it. */
export interface Place {
  /** Null when there is no file. */
  text: string | null;
  encoding: EditProposal['encoding'];
  /** Why there is no text although there is something. */
  unreadable: Exclude<ReadOutcome, { kind: 'text' | 'missing' }> | null;
}

export interface RebasedEdit {
  proposal: EditProposal;
  /** Whether the human may approve it as it is; else they may write a text of their own, unless it is `hopeless`. */
  outcome: 'approvable' | 'conflict' | 'hopeless';
  /** For the human: one or two sentences. */
  note: string;
  /** What the human had typed instead of the agent's text, merged in the same way. */
  typed?: string;
}

export async function lookAt(deps: EngineDeps, realPath: string): Promise<Place> {
  // What was shown is a place, not a name: a link that leads elsewhere by now is not followed.
  const { real } = await deps.files.resolve(realPath);
  const moved = { kind: 'failed', message: 'it leads elsewhere now.' } as const;
  const read = real === realPath ? await deps.files.read(realPath) : moved;
  if (read.kind === 'text') return { text: read.text, encoding: read.encoding, unreadable: null };
  const none = { text: null, encoding: 'utf8' } as const;
  return { ...none, unreadable: read.kind === 'missing' ? null : read };
}

/** Undefined when the edit stands on the file as it was shown. */
export async function rebaseEdit(
  deps: EngineDeps,
  edit: { row: CallRow; proposal: EditProposal; typed: string | undefined },
  place: Place,
): Promise<RebasedEdit | undefined> {
  const { proposal } = edit;
  const { path, baseHash, newText } = proposal;
  if (place.unreadable) {
    return { proposal, outcome: 'hopeless', note: unreadable(place.unreadable, path) };
  }
  const hash = place.text === null ? null : deps.texts.sha256(place.text);
  if (hash === baseHash) return undefined;
  if (place.text === null) return onNothing(deps, edit);
  const { encoding } = place;
  const based = { ...proposal, ...describedOn(proposal), baseHash: hash, encoding };
  if (newText === null) {
    const note = `${path} changed after this was shown. What would be deleted is shown as it is now.`;
    const deletion = withDifferences(based, { before: place.text, text: null }, deps.texts);
    return { proposal: deletion, outcome: 'approvable', note };
  }
  return onText(deps, edit, { ...based, change: 'modify', newText }, place.text);
}

/** Nothing is there any more. */
function onNothing(
  { texts }: EngineDeps,
  { proposal, typed }: { proposal: EditProposal; typed: string | undefined },
): RebasedEdit {
  const { path, newText } = proposal;
  if (newText === null) return { proposal, outcome: 'hopeless', note: `${path} is gone already.` };
  const based = {
    ...proposal,
    ...describedOn(proposal),
    change: 'create',
    baseHash: null,
  } as const;
  const note = `${path} was deleted after this was shown. To create it again, write the text yourself.`;
  return {
    proposal: withDifferences(based, { before: null, text: newText }, texts),
    outcome: 'conflict',
    note,
    ...(typed !== undefined && { typed }),
  };
}

async function onText(
  deps: EngineDeps,
  edit: { row: CallRow; proposal: EditProposal; typed: string | undefined },
  based: EditProposal & { newText: string },
  present: string,
): Promise<RebasedEdit> {
  const { row, proposal } = edit;
  const { path } = proposal;
  const { texts } = deps;
  // What clashed before clashes on what both were made of; else it stands on what was shown.
  const clashed = isMarked(proposal.newText);
  const baseHash = clashed ? (proposal.describedOn ?? null) : proposal.baseHash;
  const mergeOn = async (hash: string | null, text: string): Promise<Merged> => {
    const base = hash === null ? '' : await deps.store.getText(row.turnId, hash);
    // Without the base nobody can tell the changes apart.
    return base === undefined ? withoutBase(text, present) : texts.merge(base, text, present);
  };
  const merged = await mergeOn(baseHash, clashed ? sideOf(based.newText, 'ours') : based.newText);
  // A human typed on the file as it was shown.
  const human = edit.typed === undefined ? undefined : await mergeOn(proposal.baseHash, edit.typed);
  const typed = human === undefined ? {} : { typed: human.marked };
  // Whatever the human made of it: the text that can be approved without theirs keeps every change, too.
  const clean = merged.clean && human?.clean !== false && textProblem(merged.text) === null;
  const again = clean ? undefined : await describedAnew(deps, edit, present);
  const { conflict: _clashed, ...rest } = based;
  const shown = (newText: string): EditProposal => {
    const text = { ...rest, newText, newHash: texts.sha256(newText) };
    return withDifferences(text, { before: present, text: newText }, texts);
  };
  if (clean || again !== undefined) {
    const note = `${path} changed after this was shown. What is shown now keeps that change.`;
    return { proposal: shown(again ?? merged.text), outcome: 'approvable', note, ...typed };
  }
  const { marked } = merged;
  // A text that has such lines of its own is shown without markers.
  const settle = !isMarked(marked) || textProblem(marked) !== null;
  const rebased = shown(settle ? merged.text : marked);
  const conflict = settle ? {} : ({ conflict: true } as const);
  const note =
    `${path} changed after this was shown, in the same lines. Both are shown there, between markers: ` +
    'resolve the conflict, reject it or respond.';
  return { proposal: { ...rebased, ...conflict }, outcome: 'conflict', note, ...typed };
}

function withoutBase(text: string, present: string): Merged {
  const marked = markedText([{ ours: text, before: '', theirs: present }]);
  return { text, clean: false, marked };
}

/**
 * The new text as the model's arguments make it of the present one, for a tool whose arguments name exactly what they
 * replace: that leaves everything else alone. Only where the merge has a conflict; a clean merge is what the human saw.
 */
async function describedAnew(
  deps: EngineDeps,
  { row, proposal, typed }: { row: CallRow; proposal: EditProposal; typed: string | undefined },
  present: string,
): Promise<string | undefined> {
  const tool = findTool(deps.tools, row.tool);
  if (tool?.replacesExactly !== true || typed !== undefined) return undefined;
  const parsed = parseToolArgs(tool, row.argsText);
  if (!parsed.ok) return undefined;
  const overlay = new Map([[proposal.realPath, present]]);
  const described = await tool.describe(parsed.args, { ...deps, overlay });
  if (!described.ok || described.proposal.kind !== 'edit') return undefined;
  const { realPath, newText } = described.proposal;
  return realPath === proposal.realPath ? (newText ?? undefined) : undefined;
}

/** The arguments still mean the text that the model saw. */
function describedOn(proposal: EditProposal): Pick<EditProposal, 'describedOn'> {
  const { describedOn: first, baseHash } = proposal;
  return { describedOn: first === undefined ? baseHash : first };
}
