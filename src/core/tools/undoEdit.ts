// undo_edit: takes back what one turn changed in one file. Only the host calls it, for the human who undoes the turn.
import { z } from 'zod';
import { pathArg } from './args.ts';
import { currentText } from './currentText.ts';
import { describeEdit, performEdit, withHumanText } from './editProposal.ts';
import { withDifferences } from './editDifferences.ts';
import { needsFolder, shownPath } from './paths.ts';
import { defineTool, type DescribeContext, type Described } from './tool.ts';
import { restore, restoredNote, type TextChange } from '../undo/restore.ts';
import type { UndoChange, UndoStore } from '../ports/undoStore.ts';
import type { ResolvedPath } from '../ports/workspace.ts';
import { UNDO_TOOL, type EditProposal } from '../../protocol/calls.ts';

const schema = z.strictObject({
  path: pathArg().describe('The file, as the turn named it.'),
  turn: z.string().describe('The turn whose change of the file is taken back.'),
});

export const undoEdit = defineTool({
  name: UNDO_TOOL,
  group: 'edit',
  hostOnly: true,
  description: 'Takes back what a turn changed in one file. Called by Countersign alone.',
  schema,
  describe: describeUndo,
  perform: (proposal, _args, context) => performEdit(proposal, context),
  withContent: withHumanText,
});

async function describeUndo(
  { path: name, turn }: z.infer<typeof schema>,
  context: DescribeContext,
): Promise<Described> {
  const refused = needsFolder(context.files);
  if (refused !== null) return { ok: false, message: refused };
  const { undo } = context;
  if (!undo) return { ok: false, message: 'Nothing is kept that could be undone here.' };
  const path = await context.files.resolve(name);
  const all = await undo.undoChanges(turn);
  const changes = changesOf(all, path, name);
  if (typeof changes === 'string') return { ok: false, message: changes };
  if (!(await comesBack(undo, { turn, all }, path.real))) {
    const where = shownPath(path);
    return {
      ok: false,
      message: `${where} was moved there by that turn, and its text is not kept: move it back yourself.`,
    };
  }
  const found = await currentText(path, context);
  if (!found.ok) return found;
  const { current } = found;
  const texts = await Promise.all(
    changes.map((change) => withTexts(undo, { turn, change }, context)),
  );
  const restored = restore(texts, current.text, context.texts);
  const note = restoredNote(shownPath(path), restored);
  if (restored.kind === 'same' || restored.kind === 'left') {
    const nothing = restored.kind === 'same' && { nothing: true as const };
    return { ok: false, message: note ?? '', ...nothing };
  }
  const encoding = changes[0]?.encoding ?? current.encoding;
  const plan = { tool: toolOf(restored.text), path, current, newText: restored.text };
  const described = describeEdit(plan, context.texts);
  if (!described.ok || described.proposal.kind !== 'edit') return described;
  const conflict = restored.kind === 'conflict' && ({ conflict: true } as const);
  const proposal: EditProposal = {
    ...described.proposal,
    ...(restored.text !== null && { encoding }),
    ...(described.proposal.change === 'create' &&
      changes[0]?.executable === true && { executable: true as const }),
    ...conflict,
    ...(note !== null && { note }),
  };
  const shown = { before: current.text, text: proposal.newText };
  return { ...described, proposal: withDifferences(proposal, shown, context.texts) };
}

/** Rules name the tools that agents have: an undo is what it amounts to. */
function toolOf(text: string | null): string {
  return text === null ? 'delete_file' : 'write_file';
}

/** The changes of the file at `path`, or why there are none. */
function changesOf(
  all: readonly UndoChange[],
  path: ResolvedPath,
  name: string,
): UndoChange[] | string {
  const here = all.filter(({ realPath }) => realPath === path.real);
  if (here.length > 0) return here;
  const shown = shownPath(path);
  const moved = all.find((change) => change.path === name);
  if (!moved)
    return `That turn changed nothing in ${shown}, or what it changed is not kept any more.`;
  return `${shown} led to ${moved.realPath} when the turn changed it and leads to ${path.real} now: it is left as it is.`;
}

/** Where the turn moved the file here: whether undo can give it back its old name, so that it may go here. */
async function comesBack(
  undo: Pick<UndoStore, 'undoText'>,
  { turn, all }: { turn: string; all: readonly UndoChange[] },
  realPath: string,
): Promise<boolean> {
  const seen = new Set<string>();
  for (let at: string | null = realPath; at !== null && !seen.has(at);) {
    seen.add(at);
    const here = all.filter((change) => change.realPath === at);
    const before = here[0]?.beforeHash ?? null;
    if (at !== realPath && here.length === 0) return false;
    if (at !== realPath && before !== null)
      return (await undo.undoText(turn, before)) !== undefined;
    at = here.findLast(({ movedFrom }) => movedFrom !== null)?.movedFrom ?? null;
  }
  return true;
}

async function withTexts(
  undo: Pick<UndoStore, 'undoText'>,
  { turn, change }: { turn: string; change: UndoChange },
  { texts }: Pick<DescribeContext, 'texts'>,
): Promise<TextChange> {
  const { beforeHash, afterHash } = change;
  const textOf = async (hash: string | null): Promise<string | null | undefined> =>
    hash === null ? null : undo.undoText(turn, hash);
  return {
    before: await textOf(beforeHash),
    after: await textOf(afterHash),
    leftAs: (present) => (present === null ? null : texts.sha256(present)) === afterHash,
  };
}
