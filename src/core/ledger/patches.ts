// The exact difference between what was shown and what the human made of it, as a unified patch.
import { canonicalJson } from '../base/json.ts';
import type { Texts } from '../ports/system.ts';
import type { ActionRequest, Decision, JsonObject, Proposal } from '../../protocol/calls.ts';

type Patches = Pick<Texts, 'patch'>;

/** What an `edit` changed in the proposal it was made on; undefined for other decisions and when nothing differs. */
export function decisionPatch(
  request: ActionRequest,
  decision: Decision,
  texts: Patches,
): string | undefined {
  if (decision.type !== 'edit') return undefined;
  const { proposal, args } = request;
  const changed =
    decision.content !== undefined && proposal.kind === 'edit'
      ? texts.patch(proposal.path, proposal.newText ?? '', decision.content)
      : argsPatch(args, decision.args ?? args, texts);
  return changed === '' ? undefined : changed;
}

/** What runs instead of what was planned, for proposals of one kind; undefined when it cannot be compared. */
export function proposalPatch(
  before: Proposal,
  after: Proposal,
  texts: Patches,
): string | undefined {
  const changed = rawPatch(before, after, texts);
  return changed === '' ? undefined : changed;
}

function rawPatch(before: Proposal, after: Proposal, texts: Patches): string {
  if (before.kind === 'edit' && after.kind === 'edit') {
    const same = before.realPath === after.realPath;
    return same ? texts.patch(after.path, before.newText ?? '', after.newText ?? '') : '';
  }
  if (before.kind === 'command' && after.kind === 'command') {
    return texts.patch('command', before.command, after.command);
  }
  return '';
}

/** One part per argument, so that a text argument is compared line by line. */
function argsPatch(before: JsonObject, after: JsonObject, texts: Patches): string {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const parts = names.map((name) => {
    const [old, now] = [textOf(before[name]), textOf(after[name])];
    return texts.patch(`arguments/${name}`, old, now);
  });
  return parts.filter((part) => part !== '').join('');
}

function textOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : canonicalJson(value);
}
