// What all edit tools share: making the frozen proposal, replacing its text by the human's, and carrying it out.
import { withDifferences, withoutHunks, type Counts } from './editDifferences.ts';
import { counted, isOutside, shownPath } from './paths.ts';
import type { EditProposal, Proposal } from '../../protocol/calls.ts';
import type { ResolvedPath } from '../ports/workspace.ts';
import type { Texts } from '../ports/system.ts';
import type { CurrentText } from './currentText.ts';
import type { DescribeContext, Described, PerformContext, Performed } from './tool.ts';

/** The largest text an edit may leave, in UTF-8 bytes. */
const MAX_TEXT_BYTES = 2 * 1024 * 1024;

const BOM = '\uFEFF';

interface EditPlan {
  tool: string;
  path: ResolvedPath;
  current: CurrentText;
  /** Null deletes. */
  newText: string | null;
}

/** The proposal and its policy subject, or a message when there is nothing to do or the result is too large. */
export function describeEdit(plan: EditPlan, texts: Texts): Described {
  const { path, current, tool } = plan;
  const shown = shownPath(path);
  const { text: newText, encoding } = splitBom(plan.newText, current.encoding);
  if (newText !== null && utf8Length(newText) > MAX_TEXT_BYTES) {
    return { ok: false, message: `${shown} would be larger than ${MAX_TEXT_BYTES} bytes.` };
  }
  if (newText === current.text && encoding === current.encoding) {
    return { ok: false, message: `${shown} already has exactly this content; nothing to change.` };
  }
  const whole: EditProposal = {
    kind: 'edit',
    change: newText === null ? 'delete' : current.text === null ? 'create' : 'modify',
    path: shown,
    realPath: path.real,
    outside: isOutside(path),
    baseHash: current.hash,
    newHash: newText === null ? null : texts.sha256(newText),
    newText,
    encoding,
    added: 0,
    removed: 0,
  };
  const proposal = withDifferences(whole, { before: current.text, text: newText }, texts);
  const op = newText === null ? 'delete' : 'edit';
  return { ok: true, proposal, subject: { group: 'edit', tool, op, paths: [path] } };
}

/**
 * The same proposal with the human's whole new text, line endings as given. `added` and `removed` count against the base
 * where the overlay still has it; without it they are those of the agent's text plus what the human changed.
 */
export function withHumanText(
  proposal: Proposal,
  content: string,
  context: DescribeContext,
): Proposal {
  if (proposal.kind !== 'edit' || proposal.newText === null) return proposal;
  const { texts, overlay } = context;
  const { text, encoding } = splitBom(content, proposal.encoding);
  const newText = text ?? '';
  const base = proposal.baseHash === null ? '' : overlay.get(proposal.realPath);
  const counts = countAgainst({ base, proposal, newText }, texts);
  const written = { newText, newHash: texts.sha256(newText), encoding };
  return { ...withoutHunks(proposal), ...written, ...counts };
}

/** Why a human's whole new text cannot be a file's, as the end of a sentence; null when it can. */
export function textProblem(content: string): string | null {
  if (!content.isWellFormed()) return 'holds half of a surrogate pair, which no file can store';
  if (content.includes('\0')) return 'holds a NUL character, which no text file has';
  if (utf8Length(content) > MAX_TEXT_BYTES) return `is larger than ${MAX_TEXT_BYTES} bytes`;
  return null;
}

function countAgainst(
  edit: { base: string | null | undefined; proposal: EditProposal; newText: string },
  texts: Texts,
): Counts {
  const { base, proposal, newText } = edit;
  if (typeof base === 'string') return texts.countChanges(base, newText);
  const human = texts.countChanges(proposal.newText ?? '', newText);
  return { added: proposal.added + human.added, removed: proposal.removed + human.removed };
}

/** Writes exactly what the proposal says. */
export async function performEdit(proposal: Proposal, context: PerformContext): Promise<Performed> {
  if (proposal.kind !== 'edit') return { outcome: 'error', text: 'The proposal is not an edit.' };
  if (context.signal.aborted) return { outcome: 'cancelled', text: 'Cancelled before the edit.' };
  const { realPath, baseHash, newText, encoding, executable } = proposal;
  const counts = await countNow(proposal, context);
  const runs = executable && { executable };
  const change = { realPath, baseHash, newText, encoding, ...runs };
  const written = await context.effects.writeFile(change);
  switch (written.kind) {
    case 'written':
      return { outcome: 'ok', text: doneText({ ...proposal, ...counts }) };
    case 'stale':
      return {
        outcome: 'error',
        text: `Not written: ${written.message} Read the file again and propose the edit anew.`,
      };
    case 'failed':
      return { outcome: 'error', text: `Not written: ${written.message}` };
    case 'differs':
      return {
        ...{ outcome: 'error', differs: true },
        text: `Not as approved: ${written.message} Read the file again.`,
      };
  }
}

/** Lines against the base as it is: a human's edit was counted without it. Stale or unreadable: as proposed. */
async function countNow(proposal: EditProposal, context: PerformContext): Promise<Counts> {
  const { added, removed, realPath, baseHash, newText } = proposal;
  const base = baseHash === null ? null : await context.files.read(realPath);
  if (base?.kind !== 'text' || base.hash !== baseHash) return { added, removed };
  return context.texts.countChanges(base.text, newText ?? '');
}

function doneText(proposal: EditProposal): string {
  const { path, change, added, removed } = proposal;
  if (change === 'delete') return `Deleted ${path}.`;
  if (change === 'create') return `Created ${path} with ${counted(added, 'line')}.`;
  return `Edited ${path}: ${counted(added, 'line')} added, ${removed} removed.`;
}

/** A leading byte order mark is encoding, not text. */
function splitBom(
  text: string | null,
  encoding: 'utf8' | 'utf8bom',
): { text: string | null; encoding: 'utf8' | 'utf8bom' } {
  if (text === null || !text.startsWith(BOM)) return { text, encoding };
  return { text: text.slice(BOM.length), encoding: 'utf8bom' };
}

function utf8Length(text: string): number {
  return text.length > MAX_TEXT_BYTES ? text.length : new TextEncoder().encode(text).length;
}
