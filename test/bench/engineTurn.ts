// A turn through the whole engine: store, journal, policy, tools, graph and saver.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { loadDriver } from '../../src/node/sqlite/database.ts';
import { openEngine } from '../../src/node/openEngine.ts';
import { assetsOf } from '../../src/node/assets.ts';
import type { Message } from '../../src/core/agent/message.ts';
import { benchModel, makeWorkspace, saidBytes } from './workload.ts';
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

/** Runs until the last call asks for approval. */
export async function runEngineTurn(folder: string, messages: number): Promise<EngineTurn> {
  mkdirSync(folder, { recursive: true });
  const workspace = makeWorkspace(folder);
  const file = path.join(folder, `state${messages}.db`);
  const marks: number[] = [];
  const model = benchModel(messages, () => marks.push(cpuTime()));
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
  const end = await drive.done;
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
