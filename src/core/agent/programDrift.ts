// The programs that a card showed are those that run: PATH is looked through again right before.
import { displayBytes } from '../../protocol/displayBytes.ts';
import type { CommandPart, Proposal } from '../../protocol/calls.ts';

/** Why the command would run another program than was shown, for the model; undefined when it would not. */
export function programDrift(shown: Proposal | null, now: Proposal): string | undefined {
  if (shown?.kind !== 'command' || now.kind !== 'command') return undefined;
  // What is parsed anew from the same text has the same parts; if not, nothing is certain.
  if (shown.command !== now.command) return undefined;
  if (shown.parts.length !== now.parts.length) {
    return 'Not run: the command is read in another way than when it was judged. Propose it again.';
  }
  for (const [index, before] of shown.parts.entries()) {
    const after = now.parts[index];
    if (after === undefined || before.program === after.program) continue;
    if (before.program === undefined && isSpelledOut(before)) continue;
    const was = before.program ?? 'not found';
    return refused(`${displayBytes(before.text)}: its program was ${displayBytes(was)}`, after);
  }
  return undefined;
}

function refused(what: string, { program }: CommandPart): string {
  const now = program === undefined ? 'another or none' : displayBytes(program);
  return `Not run: ${what} when it was judged and is ${now} now. Propose it again.`;
}

/** `./a.out` may come to exist while an earlier call of the batch runs; its path is what was shown. */
function isSpelledOut({ text }: CommandPart): boolean {
  const [word = ''] = text.replace(/^(?:\w+=\S*\s+)*/, '').split(/\s/);
  return /[\\/]/.test(word);
}
