// What an approval teaches: the grants that are added once its claim has committed, never before and never by who lost it.
import { prefixIn } from '../../protocol/temporary.ts';
import { AppError, toAppError } from '../base/errors.ts';
import { folderOf } from '../policy/grantRules.ts';
import type { ActionRequest, Decisions } from '../../protocol/calls.ts';
import type { Grant } from '../ports/consentStore.ts';
import type { EngineDeps } from '../agent/deps.ts';
import type { ActionRow, ClaimAction } from '../ports/store.ts';

type RememberDeps = Pick<EngineDeps, 'store' | 'ids' | 'logger'>;

/**
 * Adds what the decisions say is to be remembered: the rules that their requests offered, of approvals alone. The decision stands
 * whatever happens here; then the answer is a sentence for the human. Never rejects.
 */
export async function remember(
  deps: RememberDeps,
  action: ActionRow,
  claim: ClaimAction,
): Promise<string | null> {
  try {
    const grants = action.requests.flatMap((request) => grantsOf(deps, { action, request }, claim));
    if (grants.length === 0) return null;
    await deps.store.addGrants(grants);
    return null;
  } catch (error) {
    deps.logger.error('An approval could not be remembered', error);
    return `Your approval counts for this call, but it could not be remembered: ${toAppError(error).message}`;
  }
}

const MINUTE = 60_000;

function grantsOf(
  { ids }: Pick<RememberDeps, 'ids'>,
  { action, request }: { action: ActionRow; request: ActionRequest },
  { decisions, decidedBy: by, at }: ClaimAction,
): Grant[] {
  const { callId } = request;
  const decision = chosen(decisions, callId);
  if (decision?.type !== 'approve' || !decision.remember || !request.remember) return [];
  const { scope, minutes, uses = null } = decision.remember;
  const { threadId, turnId } = action;
  const expiresAt = minutes === undefined ? null : at + minutes * MINUTE;
  const learned = { scope, threadId, turnId, callId, by, createdAt: at, expiresAt, uses };
  return request.remember.rules.map((rule) => {
    const folder = scope === 'always' ? null : folderOf(request.proposal, rule);
    if (folder === undefined) throw nowhere();
    return { id: ids.next(prefixIn(turnId, 'g')), rule, folder, ...learned };
  });
}

function nowhere(): AppError {
  return new AppError('cannot_remember', 'It cannot be told which folder it is about.');
}

function chosen(decisions: Decisions, callId: string): Decisions[string] | undefined {
  return Object.hasOwn(decisions, callId) ? decisions[callId] : undefined;
}
