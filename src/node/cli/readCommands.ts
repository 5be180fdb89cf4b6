// `pending`, `threads`, `show`: read the state, change nothing.
import { toAppError } from '../../core/base/errors.ts';
import { isStoreFault } from '../../core/base/storeFaults.ts';
import { openForCli, requireState, type CliContext } from './open.ts';
import { UsageError, type CliOptions } from './options.ts';
import { createPrint, pausedEvent, pausedText, printWarnings, type Print } from './print.ts';
import { needThread } from './turnCommands.ts';
import { threadSummary } from '../../core/panel/snapshot.ts';
import { displayBytes } from '../../protocol/displayBytes.ts';
import type { OpenedEngine } from '../../core/services.ts';

export async function listPending(context: CliContext, options: CliOptions): Promise<number> {
  return reading(context, options, async (opened, print) => {
    const actions = await opened.store.openActions();
    for (const action of actions)
      print({ ...pausedEvent(action), type: 'pending' }, pausedText(action));
    if (actions.length === 0 && !options.json) print({}, 'Nothing waits.');
  });
}

export async function listThreads(context: CliContext, options: CliOptions): Promise<number> {
  return reading(context, options, async (opened, print) => {
    for (const thread of await opened.store.listThreads()) {
      const summary = await threadSummary(opened.store, thread);
      const { id, title, updatedAt, status, waiting } = summary;
      const when = new Date(updatedAt).toISOString();
      print(
        { type: 'thread', ...summary },
        `${id}  ${when}  ${status ?? 'empty'}${waiting > 0 ? `, ${waiting} waiting` : ''}  ${displayBytes(title)}`,
      );
    }
  });
}

export async function showThread(context: CliContext, options: CliOptions): Promise<number> {
  const [threadId, ...more] = options.words;
  if (threadId === undefined || more.length > 0) throw new UsageError('show takes one THREAD_ID.');
  return reading(context, options, async (opened, print) => {
    await needThread(opened, threadId);
    await printThread(opened, print, threadId);
  });
}

async function printThread(opened: OpenedEngine, print: Print, threadId: string): Promise<void> {
  const messages = await opened.store.messagesOfThread(threadId);
  for (const turn of await opened.store.turnsOfThread(threadId)) {
    const { id: turnId, status, code, message, createdAt } = turn;
    print(
      { type: 'turn', turnId, status, code, message, createdAt },
      `── turn ${turnId} (${status})`,
    );
    for (const row of messages.filter((known) => known.turnId === turnId)) {
      const { role, text } = row.message;
      print(
        { type: 'message', turnId, message: row.message },
        `${role}: ${displayBytes(text, true)}`,
      );
    }
    for (const call of await opened.store.callsOfTurn(turnId)) {
      const { callId, tool, state, outcome, verdict, result } = call;
      print(
        { type: 'call', turnId, callId, tool, state, outcome, why: verdict, result },
        `  ${tool} (${callId}): ${[state, outcome].filter(Boolean).join(', ')}`,
      );
    }
  }
}

/** A turn whose process died waits again before anything is listed. A file that cannot be written can still be read. */
async function recovered(opened: OpenedEngine): Promise<string[]> {
  try {
    await opened.engine.recover({ drive: false });
    return [];
  } catch (error) {
    const failure = toAppError(error);
    if (!isStoreFault(failure)) throw failure;
    return [failure.message];
  }
}

/** Runs `act` on the state file as it is, without a workspace; its exit status, 0 when it says none. */
export async function reading(
  context: CliContext,
  options: CliOptions,
  act: (opened: OpenedEngine, print: Print) => Promise<number | void>,
): Promise<number> {
  requireState(options);
  const opened = await openForCli(context, options, []);
  try {
    const print = createPrint(options.json);
    printWarnings(print, [...(await recovered(opened)), ...opened.problems()]);
    return (await act(opened, print)) ?? 0;
  } finally {
    opened.dispose();
  }
}
