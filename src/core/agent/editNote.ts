// Tells the model exactly what the human changed before approving, so that it does not put it back. Pure.
import { sideOf } from '../../protocol/conflict.ts';
import type { JsonObject, Proposal } from '../../protocol/calls.ts';
import type { Texts } from '../ports/system.ts';

interface Shown {
  argsText: string;
  proposal: Proposal | null;
}

/** `shown` is what the agent proposed, `ran` what was approved. Empty when the human changed nothing. */
export function editNote(
  texts: Texts,
  shown: Shown,
  ran: { args: JsonObject; proposal: Proposal },
): string {
  const before = shown.proposal;
  const after = ran.proposal;
  if (before?.kind === 'edit' && after.kind === 'edit' && before.realPath === after.realPath) {
    // Markers were for the human: the agent had proposed its own side.
    const proposed = sideOf(before.newText ?? '', 'ours');
    const patch = texts.patch(after.path, proposed, after.newText ?? '');
    if (patch === '') return '';
    return `The user changed your proposal before approving it. Their change to the text you proposed:\n${patch}`;
  }
  const patch = texts.patch('arguments', pretty(shown.argsText), pretty(JSON.stringify(ran.args)));
  return patch === '' ? '' : `The user changed the arguments before approving them:\n${patch}`;
}

function pretty(json: string): string {
  try {
    return `${JSON.stringify(JSON.parse(json), null, 2)}\n`;
  } catch {
    return `${json}\n`;
  }
}
