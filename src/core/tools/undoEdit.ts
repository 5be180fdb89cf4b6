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
  const origin = originOf(all, path.real);
  const kept = origin && (await undo.undoText(turn, origin.hash)) !== undefined;
  if (origin === undefined || kept === false) return stays(path, 'its text is not kept');
  const found = await currentText(path, context);
  if (!found.ok) return found;
  const { current } = found;
  const texts = await Promise.all(
    changes.map((change) => withTexts(undo, { turn, change }, context)),
  );
  const restored = restore(texts, current.text, context.texts);
  if (restored.kind === 'restored' && restored.text === null && origin) {
    // Taken away before its old name has it again, the text would be nowhere.
    if (!(await isBack(origin, context))) return stays(path, 'its old name does not hold it again');
  }
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

function stays(path: ResolvedPath, why: string): Described {
  const where = shownPath(path);
  return {
    ok: false,
    message: `${where} was moved there by that turn, and ${why}: move it back yourself.`,
  };
}

interface Origin {
  realPath: string;
  hash: string;
}

/** Where the turn moved the file from, and what it was there; null where it moved nothing that was there, undefined when that cannot be told. */
function originOf(all: readonly UndoChange[], realPath: string): Origin | null | undefined {
  const seen = new Set<string>();
  for (let at: string | null = realPath; at !== null && !seen.has(at);) {
    seen.add(at);
    const here = all.filter((change) => change.realPath === at);
    const hash = here[0]?.beforeHash ?? null;
    if (at !== realPath && here.length === 0) return undefined;
    if (at !== realPath && hash !== null) return { realPath: at, hash };
    at = here.findLast(({ movedFrom }) => movedFrom !== null)?.movedFrom ?? null;
  }
  return null;
}

/** Whether the old name holds the text again, or will when the calls of the batch before this one have run. */
async function isBack(
  { realPath, hash }: Origin,
  { overlay, files, texts }: Pick<DescribeContext, 'overlay' | 'files' | 'texts'>,
): Promise<boolean> {
  const planned = overlay.get(realPath);
  if (planned !== undefined) return planned !== null && texts.sha256(planned) === hash;
  const read = await files.read(realPath);
  return read.kind === 'text' && read.hash === hash;
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
