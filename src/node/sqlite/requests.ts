// Column `pending_action.requests`: the requests without what the journal holds already, and whole again when read.
import { z } from 'zod';
import { canonicalJson } from '../../core/base/json.ts';
import type { ActionRow } from '../../core/ports/store.ts';
import { CallState, type ActionRequest } from '../../protocol/calls.ts';
import type { Db } from './database.ts';
import { basesOf, byHash, editTexts, withoutText } from './editTexts.ts';
import { argsOf } from './eventSchema.ts';
import { parsePlainJson } from './plainJson.ts';

const Call = z.object({
  batchId: z.string(),
  args: z.string().nullable(),
  proposal: z.string().nullable(),
  verdict: z.string().nullable(),
  state: CallState,
});
type Call = z.infer<typeof Call>;

type CallFinder = (turnId: string, callId: string) => Call | undefined;

function callFinder(db: Db): CallFinder {
  const select = db.prepare(
    `SELECT ${argsOf('call')} AS args, batch_id AS batchId, proposal, verdict, state
     FROM tool_call AS call WHERE turn_id = ? AND call_id = ?`,
  );
  return (turnId, callId) => Call.optional().parse(select.get(turnId, callId));
}

export interface StoredRequests {
  json: string;
  /** Inside the transaction that stores the JSON: keeps the texts that it leaves out. */
  keepTexts: () => void;
}

/**
 * What to store of an action's requests; reads the journal, before the transaction that stores it. `bases`: texts that
 * edits were proposed on, of which those that a request or one of `others` names are kept.
 */
export function requestStorer(db: Db) {
  const find = callFinder(db);
  const { keep } = editTexts(db);
  return (
    { turnId, batchId, requests }: Pick<ActionRow, 'turnId' | 'batchId' | 'requests'>,
    bases: readonly string[],
    others: readonly Pick<ActionRequest, 'callId' | 'proposal'>[] = [],
  ): StoredRequests => {
    const known = byHash(bases);
    const stored = requests.map((request) => {
      const call = find(turnId, request.callId);
      return call?.batchId === batchId ? storedRequest(request, call) : request;
    });
    const kept = [...requests, ...others].map(({ callId, proposal }) => {
      const texts = [...withoutText(proposal).texts, ...basesOf(proposal, known)];
      return { call: { turnId, callId }, texts: new Map(texts) };
    });
    return {
      json: JSON.stringify(stored),
      keepTexts: () => {
        for (const { call, texts } of kept) keep(call, texts);
      },
    };
  };
}

/** Without what it says as its call does. A request of a call that is not in the journal, or not of its batch, stays whole. */
function storedRequest(request: ActionRequest, call: Call): object {
  const { args, proposal, why, ...rest } = request;
  const bare = withoutText(proposal).stored;
  return {
    ...rest,
    // The order of arguments is the model's; the other two are read by their schema.
    ...(JSON.stringify(parsed(call.args)) !== JSON.stringify(args) && { args }),
    ...(canonicalJson(parsed(call.proposal)) !== canonicalJson(bare) && { proposal: bare }),
    ...(canonicalJson(parsed(call.verdict)) !== canonicalJson(why) && { why }),
  };
}

function parsed(json: string | null): unknown {
  try {
    return json === null ? null : parsePlainJson(json);
  } catch {
    return null;
  }
}

const Bare = z.looseObject({ callId: z.string() });

/** The requests of one row as they were given; one that cannot be made whole again does not parse as a request. */
export function requestFiller(db: Db): (turnId: string, requests: readonly unknown[]) => unknown[] {
  const find = callFinder(db);
  const { fill } = editTexts(db);
  return (turnId, requests) =>
    requests.map((request) => {
      const bare = Bare.safeParse(request);
      if (!bare.success) return request;
      const { callId } = bare.data;
      const call = find(turnId, callId);
      if (!call) return request;
      const settled = call.state !== 'planned' && call.state !== 'started';
      const { args = parsed(call.args), why = parsed(call.verdict) } = bare.data;
      const { proposal = parsed(call.proposal) } = bare.data;
      return {
        ...bare.data,
        ...{ args, why, proposal: fill(proposal, { turnId, callId, settled }) },
      };
    });
}
