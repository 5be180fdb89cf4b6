// A turn through the whole engine: store, journal, policy, tools, graph and saver.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { loadDriver } from '../../src/node/sqlite/database.ts';
import { openEngine } from '../../src/node/openEngine.ts';
import { assetsOf } from '../../src/node/assets.ts';
import type { Message } from '../../src/core/agent/message.ts';
import type { DriveEnd } from '../../src/core/agent/turnRunner.ts';
import type { Engine } from '../../src/core/threads/engine.ts';
import { benchModel, makeWorkspace, reads, saidBytes, type Workload } from './workload.ts';
import { bytesOfState, cpuTime, gaps } from './measure.ts';

const DIST = path.resolve(import.meta.dirname, '../../dist');

export interface EngineTurn {
  /** The state file with a turn that waits for an approval. */
  file: string;
  workspace: string;
  said: number;
  /** Bytes on disk while the turn waits, the store being closed. */
  bytes: number;
  /** Of these, what LangGraph's checkpoints take: tables and indexes. */
  checkpointBytes: number;
  messages: number;
  /** Milliseconds of processor time of each step (a model call and its tool call), in order. */
  steps: number[];
}

/** Runs until the last call, a command, asks for approval; what asks before that is approved. */
export async function runEngineTurn(
  folder: string,
  messages: number,
  workload: Workload = reads,
): Promise<EngineTurn> {
  mkdirSync(folder, { recursive: true });
  const workspace = makeWorkspace(folder);
  const file = path.join(folder, `state${messages}.db`);
  const marks: number[] = [];
  const model = benchModel(messages, workload, () => marks.push(cpuTime()));
  const quiet = (): undefined => undefined;
  const opened = await openEngine({
    stateFile: file,
    roots: [workspace],
    assets: assetsOf(DIST),
    settings: {
      read: () => ({ user: {}, workspace: {}, trusted: true }),
      onChange: () => ({ dispose: quiet }),
    },
    secrets: { get: async () => undefined },
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    providers: new Map([['bench', model]]),
  });
  const thread = await opened.engine.createThread();
  const drive = await opened.engine.startTurn({
    threadId: thread.id,
    text: 'Read every file.',
    model: { provider: 'bench', id: 'bench' },
    mode: 'default',
  });
  const end = await approveEdits(opened.engine, await drive.done);
  if (end.kind !== 'paused') throw new Error(`The turn ended as ${JSON.stringify(end)}`);
  const rows = await opened.store.messagesOfTurn(drive.turn.id);
  const said: Message[] = rows.map((row) => row.message);
  opened.dispose();
  return {
    ...{ file, workspace },
    said: saidBytes(said),
    bytes: bytesOfState(file),
    checkpointBytes: await bytesOfCheckpoints(file),
    messages: said.length,
    steps: gaps(marks),
  };
}

async function approveEdits(engine: Engine, first: DriveEnd): Promise<DriveEnd> {
  let end = first;
  while (end.kind === 'paused' && end.action.requests[0]?.proposal.kind === 'edit') {
    const { id: actionId, requests } = end.action;
    const approve = { type: 'approve' } as const;
    const decisions = Object.fromEntries(requests.map(({ callId }) => [callId, approve]));
    const outcome = await engine.submit({ actionId, decisions }, 'bench');
    if (!outcome.ok) throw new Error(`Not approved: ${JSON.stringify(outcome.refusal)}`);
    end = await outcome.done;
  }
  return end;
}

async function bytesOfCheckpoints(file: string): Promise<number> {
  const db = (await loadDriver({}))(file, { readonly: true });
  try {
    const sum = `SELECT sum(stat.pgsize) FROM dbstat AS stat
      JOIN sqlite_schema AS part ON part.name = stat.name WHERE part.tbl_name LIKE 'checkpoint%'`;
    return Number(db.prepare(sum).pluck().get());
  } finally {
    db.close();
  }
}
