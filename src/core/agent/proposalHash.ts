// The hash that ties a decision to exactly what was shown, and the executor's token.
import { hashOf } from './snapshot.ts';
import type { ActionRequest, JsonObject, Proposal } from '../../protocol/calls.ts';
import type { Texts } from '../ports/system.ts';

export interface HashedCall {
  callId: string;
  tool: string;
  args: JsonObject;
  proposal: Proposal;
}

export type ProposalHasher = (call: HashedCall) => string;

/** sha-256 over callId, tool, args and proposal, independent of key order. */
export function createProposalHasher(texts: Texts): ProposalHasher {
  return ({ callId, tool, args, proposal }) => hashOf({ callId, tool, args, proposal }, texts);
}

/** One hash for a batch: the request's own when there is one, else the hash over all of them in order. */
export function batchHash(requests: readonly ActionRequest[], texts: Texts): string {
  const [first] = requests;
  if (requests.length === 1 && first) return first.proposalHash;
  return texts.sha256(requests.map((request) => request.proposalHash).join('\n'));
}
