// `run`, `decide`, `continue` and `undo`: drive a turn in this process until it ends or pauses; a queued one waits for its place first.
import { openForCli, requireState, type CliContext } from './open.ts';
import { readDecisions } from './decisionsFile.ts';
import { UsageError, workspaceDir, type CliOptions } from './options.ts';
import {
  createPrint,
  printEnd,
  printEvent,
  printQueued,
  printRefusal,
  printWarnings,
  type Print,
} from './print.ts';
import { checkDrift } from '../../core/agent/submission.ts';
import { AppError } from '../../core/base/errors.ts';
import { parseModelRef } from '../../core/models/modelRef.ts';
import type { ModelRef } from '../../core/ports/model.ts';
import type { OpenedEngine } from '../../core/services.ts';
import type { Drive } from '../../core/threads/deps.ts';
import type { WhenBusy } from '../../core/threads/starting.ts';

export async function runTurn(context: CliContext, options: CliOptions): Promise<number> {
  const [prompt, ...more] = options.words;
  if (prompt === undefined || prompt.trim() === '' || more.length > 0) {
    throw new UsageError('run takes exactly one PROMPT; put it in quotes.');
  }
  const model = modelOption(options);
  const root = workspaceDir(options.need('workspace'));
  const whenBusy = whenBusyOption(options);
  return withEngine(context, options, [root], async (opened, print) => {
    const wanted = options.get('thread');
    const threadId = wanted ?? (await opened.engine.createThread()).id;
    const mode = opened.settings().values['countersign.approval.mode'];
    const start = { threadId, text: prompt, model, mode, whenBusy };
    const drive = await opened.engine.startTurn(start);
    printNotice(print, opened);
    return finish(opened, print, drive);
  });
}

/** What screening let pass or replaced. */
function printNotice(print: Print, { engine }: OpenedEngine): void {
  if (engine.notice !== null) printWarnings(print, [engine.notice]);
}

function modelOption(options: CliOptions): ModelRef {
  try {
    return parseModelRef(options.need('model'));
  } catch (error) {
    if (error instanceof AppError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

function whenBusyOption(options: CliOptions): WhenBusy {
  const value = options.get('when-busy');
  if (value === undefined) return 'refuse';
  if (options.get('thread') === undefined) {
    throw new UsageError('--when-busy belongs to --thread: a new thread is never busy.');
  }
  if (value === 'queue' || value === 'discard') return value;
  throw new UsageError('--when-busy is queue or discard.');
}

export async function decideAction(context: CliContext, options: CliOptions): Promise<number> {
  const [actionId, ...more] = options.words;
  if (actionId === undefined || more.length > 0) {
    throw new UsageError('decide takes exactly one ACTION_ID.');
  }
  requireState(options);
  const root = workspaceDir(options.need('workspace'));
  const read = readDecisions(options.need('decisions'), actionId);
  if (!read.ok) return printRefusal(createPrint(options.json), read.refusal);
  return withEngine(context, options, [root], async (opened, print) => {
    const who = `command line (pid ${process.pid})`;
    const outcome = await opened.engine.submit(read.submission, who);
    if (!outcome.ok) return printRefusal(print, outcome.refusal);
    printNotice(print, opened);
    return finish(opened, print, outcome);
  });
}

/** Goes on with a turn whose process died, or that is queued; what waits or was decided meanwhile is respected. */
export async function continueTurn(context: CliContext, options: CliOptions): Promise<number> {
  const [turnId, ...more] = options.words;
  if (turnId === undefined || more.length > 0) {
    throw new UsageError('continue takes exactly one TURN_ID.');
  }
  requireState(options);
  const root = workspaceDir(options.need('workspace'));
  return withEngine(context, options, [root], async (opened, print) => {
    const turn = await opened.store.getTurn(turnId);
    const going = turn?.status === 'interrupted' || turn?.status === 'queued';
    const refusal = going && checkDrift(opened.engine.drift(turn), options.get('drift'));
    if (refusal) return printRefusal(print, refusal);
    const drive = await opened.engine.continueTurn(turnId, options.get('drift'));
    if (drive) return finish(opened, print, drive);
    const open = await opened.store.openActions();
    const action = open.find((known) => known.turnId === turnId);
    if (action) return printEnd(print, { kind: 'paused', action }, '');
    const message = turn ? `Turn ${turnId} is ${turn.status}.` : `There is no turn ${turnId}.`;
    return printRefusal(print, { code: 'not_interrupted', message, callIds: [] });
  });
}

/** Starts a turn that undoes another one; it waits for the approval of each file. */
export async function undoTurn(context: CliContext, options: CliOptions): Promise<number> {
  const [turnId, ...more] = options.words;
  if (turnId === undefined || more.length > 0) {
    throw new UsageError('undo takes exactly one TURN_ID.');
  }
  requireState(options);
  const root = workspaceDir(options.need('workspace'));
  return withEngine(context, options, [root], async (opened, print) => {
    const drive = await startUndo(opened, turnId);
    if ('code' in drive) return printRefusal(print, drive);
    return finish(opened, print, drive);
  });
}

async function startUndo({ engine }: OpenedEngine, turnId: string): Promise<Drive | NotUndone> {
  try {
    return await engine.undoTurn(turnId);
  } catch (error) {
    if (error instanceof AppError) {
      return { code: error.code, message: error.message, callIds: [] };
    }
    throw error;
  }
}

interface NotUndone {
  code: string;
  message: string;
  callIds: string[];
}

/** Opens, prints the problems with settings once, runs, and always closes. */
async function withEngine(
  context: CliContext,
  options: CliOptions,
  roots: readonly string[],
  act: (opened: OpenedEngine, print: Print) => Promise<number>,
): Promise<number> {
  const print = createPrint(options.json);
  const opened = await openForCli(context, options, roots);
  const watching = opened.engine.onEvent((event) => printEvent(print, event));
  try {
    await opened.engine.recover({ drive: false });
    printWarnings(print, opened.problems());
    return await act(opened, print);
  } finally {
    watching.dispose();
    opened.dispose();
  }
}

/** Waits for the turn and prints its one closing event. Ctrl+C stops it cleanly; one that is queued is left in the queue. */
async function finish(opened: OpenedEngine, print: Print, drive: Drive): Promise<number> {
  const { engine, store } = opened;
  const { id } = drive.turn;
  const waiting = new AbortController();
  const interrupt = (): void => {
    waiting.abort();
    if (engine.isDriving(id)) engine.stop(id).catch(() => undefined);
  };
  process.once('SIGINT', interrupt);
  try {
    let end = await drive.done;
    if (end.kind === 'queued') {
      printQueued(print, drive.turn);
      end = await engine.seeThrough(id, waiting.signal);
    }
    const messages = await store.messagesOfTurn(id);
    const last = messages.findLast(({ message }) => message.role === 'assistant')?.message;
    return printEnd(print, end, last?.role === 'assistant' ? last.text : '');
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}

/** For a thread that must exist. */
export async function needThread(opened: OpenedEngine, id: string): Promise<void> {
  if (await opened.store.getThread(id)) return;
  throw new AppError('unknown_thread', `There is no thread ${id} in this state file.`);
}
