// State on disk and the time of a step, ours beside LangGraph's own saver in the same run.
import path from 'node:path';
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite';
import { loadDriver } from '../../src/node/sqlite/database.ts';
import { openStore, type OpenedStore } from '../../src/node/sqlite/openStore.ts';
import { runEngineTurn, type EngineTurn } from './engineTurn.ts';
import { runGraphTurn } from './graphTurn.ts';
import { bytesOfState, median } from './measure.ts';
import type { Row } from './rows.ts';
import { edits, reads, writes, type Workload } from './workload.ts';

export interface StorageSizes {
  /** Messages of the long turn and of the short one. */
  long: number;
  short: number;
  /** How often the short turn and the long one are run by turns. */
  rounds: number;
}

export interface StorageResult {
  rows: Row[];
  long: EngineTurn;
  short: EngineTurn;
}

const quiet = (): undefined => undefined;
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const TAIL = 40;
const NOT_WARM = 2;
/** Messages of the turns that stand for “at 10 messages”. */
const SHORT = 16;

export async function measureStorage(folder: string, sizes: StorageSizes): Promise<StorageResult> {
  await runEngineTurn(path.join(folder, 'warm'), Math.min(200, sizes.long));
  const half = await runEngineTurn(path.join(folder, 'half'), sizes.long >> 1);
  const long = await runEngineTurn(path.join(folder, 'long'), sizes.long);
  const short = await runEngineTurn(path.join(folder, 'short'), sizes.short);
  const stock = await stockBytes(path.join(folder, 'stock.db'), sizes.long);
  const perByte = long.bytes / long.said;
  const slope = (long.bytes - half.bytes) / (long.said - half.said);
  return {
    rows: [
      atMost(3, {
        ...{ what: 'state on disk per byte said', value: perByte, unit: 'bytes' },
        note: `${mb(long.bytes)} MB for ${mb(long.said)} MB in ${long.messages} messages, turn waits`,
      }),
      atMost(3, {
        ...{ what: 'of which checkpoints', value: long.checkpointBytes / long.said, unit: 'bytes' },
        note: `${mb(long.checkpointBytes)} MB; the rest is messages, journal and ledger`,
      }),
      atMost(3, {
        ...{ what: 'state, for each further byte', value: slope, unit: 'bytes' },
        note: 'from half of the turn to all of it',
      }),
      {
        ...{ what: 'smaller than the stock saver', value: stock / long.bytes, unit: 'times' },
        ...{ ok: stock / long.bytes >= 100, budget: '>= 100' },
        note: `${mb(stock)} MB of checkpoints against ${mb(long.bytes)} MB for all of the state`,
      },
      await engineStep(folder, long, { ...sizes, workload: reads }),
      ...(await ofWrites(folder, sizes)),
      ...(await saverSteps(folder, sizes)),
    ],
    long,
    short,
  };
}

function atMost(most: number, row: Omit<Row, 'budget' | 'ok' | 'value'> & { value: number }): Row {
  return { ...row, budget: `<= ${most}`, ok: row.value <= most };
}

const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);

/** The stock saver's file for the same turn: its checkpoints only, no messages and no journal beside them. */
async function stockBytes(file: string, messages: number): Promise<number> {
  const db = (await loadDriver({}))(file, {});
  await runGraphTurn(new SqliteSaver(db), 'turn', { messages });
  db.close();
  return bytesOfState(file);
}

/** Turns whose calls write files and are approved one by one. */
async function ofWrites(folder: string, sizes: StorageSizes): Promise<Row[]> {
  const mixed = await runEngineTurn(path.join(folder, 'edits'), sizes.long, edits);
  const half = await runEngineTurn(path.join(folder, 'fewerWrites'), sizes.long >> 1, writes);
  const only = await runEngineTurn(path.join(folder, 'writes'), sizes.long, writes);
  const beside = only.bytes - only.said - (half.bytes - half.said);
  const perCall = beside / ((only.messages - half.messages) / 2) / 1000;
  const perByte = (only.bytes / only.said).toFixed(2);
  return [
    atMost(3, {
      ...{ what: 'edits: state per byte said', value: mixed.bytes / mixed.said, unit: 'bytes' },
      note: `${mb(mixed.bytes)} MB for ${mb(mixed.said)} MB; 4 of 5 calls write, each approved`,
    }),
    atMost(6, {
      ...{ what: 'a write, beside what it says', value: perCall, unit: 'kB' },
      note: `nothing but writes, of 2 KB each: ${perByte} bytes per byte said`,
    }),
    await engineStep(folder, only, { ...sizes, workload: writes }),
  ];
}

/** Turns of about 10 messages, against the end of the long one. */
async function engineStep(
  folder: string,
  long: EngineTurn,
  { workload, ...sizes }: StorageSizes & { workload: Workload },
): Promise<Row> {
  const early: number[] = [];
  const kind = workload === reads ? 'a step' : 'an approved write';
  for (let n = 0; n <= sizes.rounds * 2; n += 1) {
    const place = path.join(folder, `early ${kind} ${n}`);
    const { steps } = await runEngineTurn(place, SHORT, workload);
    early.push(...steps.slice(NOT_WARM));
  }
  const [a, b] = [median(early), median(long.steps.slice(-TAIL))];
  const what = `${kind} at ${sizes.long} messages vs at 10`;
  const note = `${b.toFixed(1)} ms against ${a.toFixed(1)} ms of processor, the whole engine`;
  return atMost(1.5, { what, value: b / a, unit: 'times', note });
}

/** Processor time of steps of the graph and its saver alone: short turns and long ones by turns. */
async function saverSteps(folder: string, sizes: StorageSizes): Promise<Row[]> {
  const { store, checkpointer } = await openStore({
    ...{ file: path.join(folder, 'steps.db'), logger },
    clock: { now: () => 1 },
  });
  try {
    const [early, late]: [number[], number[]] = [[], []];
    for (let round = 0; round <= sizes.rounds; round += 1) {
      const long = await turnSteps({ store, checkpointer }, `long${round}`, sizes.long);
      const steps: number[] = [];
      for (let n = 0; n < 5; n += 1) {
        steps.push(...(await turnSteps({ store, checkpointer }, `short${round}-${n}`, SHORT)));
      }
      if (round === 0 && sizes.rounds > 0) continue;
      early.push(...steps);
      late.push(...long.slice(-TAIL));
    }
    const [a, b] = [median(early), median(late)];
    const note = `${b.toFixed(1)} ms against ${a.toFixed(1)} ms of graph, saver and processor`;
    const what = 'the same, graph and saver alone';
    return [atMost(1.5, { what, value: b / a, unit: 'times', note })];
  } finally {
    store.dispose();
  }
}

async function turnSteps(
  { store, checkpointer }: Pick<OpenedStore, 'store' | 'checkpointer'>,
  id: string,
  messages: number,
): Promise<number[]> {
  const user = { role: 'user', id: `${id}:m0`, text: 'Read every file.' } as const;
  const threadId = `thread of ${id}`;
  await store.createThread({ id: threadId, title: null, createdAt: 1, updatedAt: 1 });
  await store.createTurn({ id, threadId, snapshot: {}, snapshotHash: '', createdAt: 1 }, user);
  const { cpu } = await runGraphTurn(checkpointer, id, {
    messages,
    keep: (message, position) =>
      store.putMessage({ turnId: id, position, state: 'running', message }),
  });
  return cpu.slice(NOT_WARM);
}
