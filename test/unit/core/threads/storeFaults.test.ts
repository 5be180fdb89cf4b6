// Whole turns on a state file that cannot be written for a while: full, locked, read-only, replaced, changed by a newer
// version. Whatever step it hits, no approval is lost, nothing runs twice, and the turn is brought to its end afterwards.
import assert from 'node:assert/strict';
import { readFileSync, existsSync, renameSync } from 'node:fs';
import type { DriveEnd } from '../../../../src/core/agent/turnRunner.ts';
import type { ActionRow, TurnRow } from '../../../../src/core/ports/store.ts';
import type { Decision } from '../../../../src/protocol/calls.ts';
import type { TurnCheckpointer } from '../../../../src/node/sqlite/checkpointer.ts';
import { loadDriver, type Db } from '../../../../src/node/sqlite/database.ts';
import { SCHEMA_VERSION } from '../../../../src/node/sqlite/migrations.ts';
import { openBench, type Bench, type Reply } from '../agent/support.ts';

/** Each is over quickly, so that a test need not wait for a lock as a user would. */
const deadlines = { deciding: 60, driving: 90 };
const COMMAND = 'echo ran >> log.txt';

/** Asks for the command until it has a result: also when it is asked again after a crash. */
const reply: Reply = async function* ({ messages }) {
  if (messages.some(({ role }) => role === 'tool')) {
    yield { type: 'text', delta: 'Done.' };
    yield { type: 'end', reason: 'stop' };
    return;
  }
  const args = JSON.stringify({ command: COMMAND });
  yield { type: 'toolCall', index: 0, id: 'c1', name: 'run_command', args };
  yield { type: 'end', reason: 'tool_calls' };
};

/** The engine's own connection, which LangGraph's saver hands out. */
const connectionOf = (bench: Bench): Db => (bench.deps.checkpointer as TurnCheckpointer).db;
const fileOf = (bench: Bench): string => bench.folder.at('state.db');
const ran = (bench: Bench): number => {
  const log = bench.at('log.txt');
  return existsSync(log) ? readFileSync(log, 'utf8').split('\n').length - 1 : 0;
};

async function start(bench: Bench): Promise<{ turnId: string; end: DriveEnd }> {
  const { engine } = bench;
  const { id: threadId } = await engine.createThread();
  const model = { provider: 'played', id: 'x' };
  const drive = await engine.startTurn({ threadId, text: 'Do it', model, mode: 'default' });
  return { turnId: drive.turn.id, end: await drive.done };
}

async function decide(bench: Bench, action: ActionRow, type: Decision['type']): Promise<DriveEnd> {
  const decisions = { c1: { type } as Decision };
  const outcome = await bench.engine.submit({ actionId: action.id, decisions }, 'me');
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.done;
}

const turnOf = async (bench: Bench, turnId: string): Promise<TurnRow> => {
  const turn = await bench.deps.store.getTurn(turnId);
  assert.ok(turn);
  return turn;
};

/** As a user would, once the file can be written again. Returns what was asked on the way. */
async function bringToEnd(bench: Bench, turnId: string): Promise<ActionRow['kind'][]> {
  const asked: ActionRow['kind'][] = [];
  for (let step = 0; step < 10; step += 1) {
    const drives = await bench.engine.recover({ drive: true });
    for (const { done } of drives) await done;
    const { status } = await turnOf(bench, turnId);
    if (status === 'finished') return asked;
    assert.notEqual(status, 'failed');
    const [action] = await bench.deps.store.openActions();
    if (action) {
      asked.push(action.kind);
      await decide(bench, action, action.kind === 'outcome_unknown' ? 'skip' : 'approve');
    } else if (status === 'interrupted') {
      await (
        await bench.engine.continueTurn(turnId)
      )?.done;
    }
  }
  assert.fail(`the turn is still ${(await turnOf(bench, turnId)).status}`);
}

async function assertWhole(bench: Bench, turnId: string, outcome: string): Promise<void> {
  assert.equal(ran(bench), 1, 'the command ran exactly once');
  const call = await bench.deps.store.getCall(turnId, 'c1');
  assert.equal(`${call?.state} ${call?.outcome}`, outcome);
  assert.equal((await bench.results(turnId)).length, 1);
  assert.equal((await turnOf(bench, turnId)).code, null);
}

describe('turns on a disk that is full', function () {
  this.timeout(60_000);
  let bench: Bench;

  beforeEach(async () => {
    bench = await openBench({}, { deadlines });
    bench.say(...Array.from({ length: 12 }, () => reply));
    connectionOf(bench).exec('CREATE TABLE filler (body TEXT)');
  });
  afterEach(() => bench.dispose());

  /** From then on what these triggers stand for finds no space: they ask for more pages than there are. */
  const fill = (...events: string[]): void => {
    const db = connectionOf(bench);
    for (const [n, event] of events.entries()) {
      db.exec(`CREATE TEMP TRIGGER full${n} AFTER ${event}
        BEGIN INSERT INTO filler VALUES (hex(zeroblob(1000000))); END`);
    }
    db.pragma(`max_page_count=${Number(db.pragma('page_count', { simple: true })) + 100}`);
  };
  const free = (): void => {
    const db = connectionOf(bench);
    db.exec('DROP TRIGGER IF EXISTS full0; DROP TRIGGER IF EXISTS full1');
    db.pragma('max_page_count=1000000');
  };
  const GIVEN_UP = "UPDATE OF status ON turn WHEN new.status = 'interrupted'";

  function assertHalted(end: DriveEnd, recorded: boolean): void {
    assert.ok(end.kind === 'halted', JSON.stringify(end));
    assert.equal(end.failure.code, 'store_full');
    assert.match(end.failure.message, /no space left .* Free some space/);
    assert.equal(end.recorded, recorded);
  }

  const before: [string, string][] = [
    ['its reply', "INSERT ON message WHEN new.role = 'assistant'"],
    ['its plan', 'INSERT ON tool_call'],
    ['a checkpoint', 'INSERT ON checkpoint'],
    ['its pause', 'INSERT ON pending_action'],
  ];
  for (const [what, event] of before) {
    it(`halts when ${what} cannot be written, and asks once there is space (H8)`, async () => {
      fill(event);
      const { turnId, end } = await start(bench);
      assertHalted(end, true);
      const halted = await turnOf(bench, turnId);
      assert.deepEqual([halted.status, halted.code], ['interrupted', 'store_full']);
      free();
      assert.deepEqual(await bringToEnd(bench, turnId), ['tool_approval']);
      await assertWhole(bench, turnId, 'done ok');
    });
  }

  it('consumes nothing when a claim cannot be written', async () => {
    const { turnId } = await start(bench);
    const action = await bench.action();
    fill("UPDATE ON pending_action WHEN new.state = 'resolved'");
    await assert.rejects(decide(bench, action, 'approve'), { code: 'store_full' });
    assert.equal((await turnOf(bench, turnId)).status, 'paused');
    assert.deepEqual(await bench.action(), action);
    assert.equal(ran(bench), 0);
    free();
    assert.equal((await decide(bench, action, 'approve')).kind, 'ended');
    await assertWhole(bench, turnId, 'done ok');
  });

  const after: [string, string, { ran: number; asked: string[]; outcome: string }][] = [
    [
      'the start of a call',
      "UPDATE ON tool_call WHEN new.state = 'started'",
      { ran: 0, asked: [], outcome: 'done ok' },
    ],
    [
      'the result of a call',
      "UPDATE ON tool_call WHEN new.state IN ('done', 'unknown') AND old.state = 'started'",
      { ran: 1, asked: ['outcome_unknown'], outcome: 'unknown cancelled' },
    ],
    [
      'the message with a result',
      "INSERT ON message WHEN new.role = 'tool'",
      { ran: 1, asked: [], outcome: 'done ok' },
    ],
    [
      'the checkpoint before a call',
      'INSERT ON checkpoint',
      { ran: 0, asked: [], outcome: 'done ok' },
    ],
    [
      'the checkpoint after a call',
      "INSERT ON checkpoint_write WHEN EXISTS (SELECT 1 FROM tool_call WHERE state = 'done')",
      { ran: 1, asked: [], outcome: 'done ok' },
    ],
    [
      'the end of the turn',
      "UPDATE ON turn WHEN new.status = 'finished'",
      { ran: 1, asked: [], outcome: 'done ok' },
    ],
  ];
  for (const [what, event, expected] of after) {
    for (const recorded of [true, false]) {
      const also = recorded ? '' : ', nor that the turn was given up';
      it(`halts when ${what} cannot be written${also}; what was approved is honoured once (H53)`, async () => {
        const { turnId } = await start(bench);
        const action = await bench.action();
        fill(event, ...(recorded ? [] : [GIVEN_UP]));
        assertHalted(await decide(bench, action, 'approve'), recorded);
        assert.equal(ran(bench), expected.ran);
        assert.equal(bench.engine.isDriving(turnId), false);
        assert.equal((await turnOf(bench, turnId)).status, recorded ? 'interrupted' : 'running');
        free();
        assert.deepEqual(await bringToEnd(bench, turnId), expected.asked);
        await assertWhole(bench, turnId, expected.outcome);
      });
    }
  }

  it('is told of a halt that could not be written, and goes on as soon as Continue is pressed', async () => {
    fill("INSERT ON message WHEN new.role = 'assistant'", GIVEN_UP);
    const { turnId, end } = await start(bench);
    assertHalted(end, false);
    const told = bench.events.findLast((event) => event.type === 'turn');
    assert.deepEqual(told?.turn.status, 'interrupted');
    assert.equal(await bench.engine.continueTurn(turnId), undefined, 'still full');
    free();
    const drive = await bench.engine.continueTurn(turnId);
    assert.equal((await drive?.done)?.kind, 'paused');
  });

  it('runs no other call of a batch after one whose result could not be written', async () => {
    const calls = ['c1', 'c2'].map((id) => ({
      ...{ id, name: 'run_command' },
      args: { command: `echo ${id} >> log.txt` },
    }));
    await bench.dispose();
    bench = await openBench({}, { deadlines });
    connectionOf(bench).exec('CREATE TABLE filler (body TEXT)');
    bench.say({ calls }, { text: 'Done.' });
    await start(bench);
    const { id: actionId } = await bench.action();
    fill("UPDATE ON tool_call WHEN new.state = 'done'");
    const approve = { type: 'approve' } as const;
    const decisions = { c1: approve, c2: approve };
    const outcome = await bench.engine.submit({ actionId, decisions }, 'me');
    assert.ok(outcome.ok);
    assertHalted(await outcome.done, true);
    assert.equal(readFileSync(bench.at('log.txt'), 'utf8'), 'c1\n');
    free();
    await bench.engine.recover({ drive: true });
    const unknown = await bench.action();
    assert.deepEqual(
      [unknown.kind, unknown.requests.map(({ callId }) => callId)],
      ['outcome_unknown', ['c1']],
    );
    const skipped = await bench.engine.submit(
      { actionId: unknown.id, decisions: { c1: { type: 'skip' } } },
      'me',
    );
    assert.ok(skipped.ok);
    assert.equal((await skipped.done).kind, 'ended');
    assert.equal(readFileSync(bench.at('log.txt'), 'utf8'), 'c1\nc2\n', 'c2 was approved');
  });
});

/** Something that befalls the open file, and goes away again. */
interface Fault {
  name: string;
  code: string;
  says: RegExp;
  befall(bench: Bench): Promise<() => void>;
}

async function withOther(bench: Bench, run: (db: Db) => void): Promise<Db> {
  const other = (await loadDriver({}))(fileOf(bench), {});
  run(other);
  return other;
}

const faults: Fault[] = [
  {
    name: 'locked by another process',
    code: 'store_busy',
    says: /locked by another process.*try again/,
    befall: async (bench) => {
      const other = await withOther(bench, (db) => db.exec('BEGIN IMMEDIATE'));
      return () => other.close();
    },
  },
  {
    name: 'read-only',
    code: 'store_readonly',
    says: /cannot be written.*Make both writable/,
    befall: async (bench) => {
      connectionOf(bench).pragma('query_only=ON');
      return () => connectionOf(bench).pragma('query_only=OFF');
    },
  },
  {
    name: 'deleted or replaced',
    code: 'store_moved',
    says: /deleted or replaced.*nothing was written.*reload the window/,
    befall: async (bench) => {
      renameSync(fileOf(bench), bench.folder.at('elsewhere.db'));
      return () => renameSync(bench.folder.at('elsewhere.db'), fileOf(bench));
    },
  },
  {
    name: 'changed by a newer version',
    code: 'store_newer',
    says: /newer Countersign.*nothing was written.*reload this window/,
    befall: async (bench) => {
      (await withOther(bench, (db) => db.pragma('user_version=99'))).close();
      return () => {
        const db = connectionOf(bench);
        db.pragma(`user_version=${SCHEMA_VERSION}`);
      };
    },
  },
];

for (const fault of faults) {
  describe(`turns on a state file that is ${fault.name}`, function () {
    this.timeout(60_000);
    let bench: Bench;
    let mend: (() => void) | undefined;

    const befall = async (): Promise<void> => {
      mend = await fault.befall(bench);
    };
    const makeGood = (): void => {
      mend?.();
      mend = undefined;
    };
    const isFault = (error: unknown): boolean => {
      assert.ok(error instanceof Error && 'code' in error, String(error));
      assert.equal(error.code, fault.code);
      assert.match(error.message, fault.says);
      return true;
    };

    beforeEach(async () => {
      bench = await openBench({}, { deadlines });
    });
    afterEach(async () => {
      makeGood();
      await bench.dispose();
    });

    it('refuses a message, a claim and a stop; what there is can still be read', async () => {
      bench.say(reply, reply, reply);
      const { turnId } = await start(bench);
      const action = await bench.action();
      await befall();
      const { threadId } = action;
      await assert.rejects(bench.engine.createThread(), isFault);
      await assert.rejects(decide(bench, action, 'approve'), isFault);
      await assert.rejects(bench.engine.stop(turnId), isFault);
      assert.deepEqual(await bench.action(), action, 'it still waits');
      assert.equal((await bench.deps.store.messagesOfThread(threadId)).length, 2);
      assert.equal(ran(bench), 0);
      makeGood();
      assert.equal((await decide(bench, action, 'approve')).kind, 'ended');
      await assertWhole(bench, turnId, 'done ok');
    });

    it('halts a turn in the middle of a reply, which is said again', async () => {
      bench.say(
        async function* (request) {
          await befall();
          yield* reply(request);
        },
        ...Array.from({ length: 5 }, () => reply),
      );
      const { turnId, end } = await start(bench);
      assert.ok(end.kind === 'halted' && isFault(end.failure));
      makeGood();
      assert.deepEqual(await bringToEnd(bench, turnId), ['tool_approval']);
      await assertWhole(bench, turnId, 'done ok');
    });

    it('never runs a call again whose result could not be written, and asks what became of it', async () => {
      bench.say(...Array.from({ length: 5 }, () => reply));
      const { effects } = bench.deps;
      const real = { ...effects };
      effects.runCommand = async (...call) => {
        const outcome = await real.runCommand(...call);
        await befall();
        return outcome;
      };
      const { turnId } = await start(bench);
      const end = await decide(bench, await bench.action(), 'approve');
      assert.ok(end.kind === 'halted' && isFault(end.failure));
      assert.equal(end.recorded, false, 'nothing can be written');
      assert.equal(ran(bench), 1);
      makeGood();
      assert.deepEqual(await bringToEnd(bench, turnId), ['outcome_unknown']);
      await assertWhole(bench, turnId, 'unknown cancelled');
    });
  });
}
