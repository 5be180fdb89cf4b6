// How far a batch of calls is that runs, by the rows of the transcript. Pure.
import type { TranscriptItem } from '../src/protocol/messages.ts';
import type { ViewState } from './store.ts';

type CallItem = Extract<TranscriptItem, { kind: 'call' }>;

export interface BatchProgress {
  batchId: string;
  total: number;
  /** They have their result, whatever it is. */
  done: number;
  /** The call that runs now; none in the moment between two. */
  now: CallItem | undefined;
}

const isSettled = ({ state }: CallItem): boolean => state !== 'planned' && state !== 'started';

/** Of the running turn's last batch, while it is decided and not over; none of a single call. */
export function batchProgress({
  status,
  items,
  actions,
}: Pick<ViewState, 'status' | 'items' | 'actions'>): BatchProgress | undefined {
  if (status?.turn !== 'running' || actions.length > 0) return undefined;
  const ofTurn = ({ kind, turnId }: TranscriptItem): boolean =>
    kind === 'call' && turnId === status.turnId;
  const last = items.findLast(ofTurn);
  if (last?.kind !== 'call' || last.batchId === undefined) return undefined;
  const { batchId } = last;
  const calls = callsOf(items, last.turnId).filter((call) => call.batchId === batchId);
  const done = calls.filter(isSettled).length;
  if (calls.length < 2 || done === calls.length) return undefined;
  return {
    batchId,
    total: calls.length,
    done,
    now: calls.find((call) => call.state === 'started'),
  };
}

/** From the end back to the turn's message. */
function callsOf(items: readonly TranscriptItem[], turn: string): CallItem[] {
  const from = items.findLastIndex(({ kind, turnId }) => kind === 'user' && turnId === turn);
  return items
    .slice(from + 1)
    .flatMap((item) => (item.kind === 'call' && item.turnId === turn ? [item] : []));
}
