// For the crash harness only: ends this process, as kill -9 does, when it passes a named step of a turn.
import { UsageError } from './options.ts';
import type { Store } from '../../core/ports/store.ts';

/** In the order of a turn; the last five while an abandoned turn is looked after, and when a queued one gets its place. */
export const CRASH_POINTS = [
  'turn.created',
  'reply.before',
  'reply.stored',
  'plan.stored',
  'pause.before',
  'pause.stored',
  'claim.before',
  'claim.stored',
  'start.before',
  'start.stored',
  'settle.before',
  'settle.stored',
  'result.stored',
  'end.before',
  'end.stored',
  'interrupt.stored',
  'unstart.stored',
  'resume.stored',
  'dequeue.before',
  'dequeue.stored',
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

const VARIABLE = 'COUNTERSIGN_CRASH_AT';

/** From `COUNTERSIGN_CRASH_AT=<step>[:<n>]`: the n-th passing, else the first. The store as it is when it is not set. */
export function crashAt(env: NodeJS.ProcessEnv): (store: Store) => Store {
  const value = env[VARIABLE];
  if (value === undefined || value === '') return (store) => store;
  const [, name, count = '1'] = /^([a-z.]+)(?::([1-9]\d*))?$/.exec(value) ?? [];
  const wanted = CRASH_POINTS.find((point) => point === name);
  if (!wanted) {
    throw new UsageError(
      `${VARIABLE}=${value}: it is <step>[:<n>] with one of ${CRASH_POINTS.join(', ')}.`,
    );
  }
  let left = Number(count);
  return (store) =>
    tellingSteps(store, (point) => {
      if (point !== wanted) return;
      left -= 1;
      if (left === 0) process.kill(process.pid, 'SIGKILL');
    });
}

/** Told of a step; the move goes on when it is done. */
type PassStep = (point: CrashPoint) => void | Promise<void>;

/** The store, telling of the steps: each is a move of it. */
export function tellingSteps(store: Store, pass: PassStep): Store {
  const step = async <R>(
    [before, after]: readonly [CrashPoint | undefined, CrashPoint],
    move: () => Promise<R>,
  ): Promise<R> => {
    if (before) await pass(before);
    const result = await move();
    await pass(after);
    return result;
  };
  return {
    ...store,
    createTurn: (...move) => step([undefined, 'turn.created'], () => store.createTurn(...move)),
    putMessage: (row) => {
      const reply = row.message.role === 'assistant';
      const points = reply ? REPLY : ([undefined, 'result.stored'] as const);
      return step(points, () => store.putMessage(row));
    },
    planCalls: (rows) => step([undefined, 'plan.stored'], () => store.planCalls(rows)),
    pauseTurn: (...move) => step(['pause.before', 'pause.stored'], () => store.pauseTurn(...move)),
    claimAction: (...move) =>
      step(['claim.before', 'claim.stored'], () => store.claimAction(...move)),
    startCall: (move) => step(['start.before', 'start.stored'], () => store.startCall(move)),
    settleCall: (move) => step(['settle.before', 'settle.stored'], () => store.settleCall(move)),
    endTurn: (move) => step(['end.before', 'end.stored'], () => store.endTurn(move)),
    interruptTurn: (turn) => step([undefined, 'interrupt.stored'], () => store.interruptTurn(turn)),
    unstartCall: (...call) => step([undefined, 'unstart.stored'], () => store.unstartCall(...call)),
    resumeTurn: (...move) => step([undefined, 'resume.stored'], () => store.resumeTurn(...move)),
    startQueued: (...move) =>
      step(['dequeue.before', 'dequeue.stored'], () => store.startQueued(...move)),
  };
}

const REPLY = ['reply.before', 'reply.stored'] as const;
