// The queue: messages that wait or discard, the limit on running turns, and Stop in every state, on one or more windows.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { Engine } from '../../../../src/core/threads/engine.ts';
import { openStore } from '../../../../src/node/sqlite/openStore.ts';
import { systemClock } from '../../../../src/node/system.ts';
import { assertWhole, openBench, type Bench, type Reply } from '../agent/support.ts';
import { tamper } from '../../node/sqlite/support.ts';
import type { Drive } from '../../../../src/core/threads/deps.ts';
import type { WhenBusy } from '../../../../src/core/threads/starting.ts';
import type { OpenedStore } from '../../../../src/node/sqlite/openStore.ts';
import type { ModelProvider } from '../../../../src/core/ports/model.ts';
import type { TurnRow } from '../../../../src/core/ports/store.ts';

const MODEL = { provider: 'played', id: 'x' };
/** A model that never says anything. */
const SILENT: ModelProvider = {
  // eslint-disable-next-line require-yield -- it says nothing
  stream: async function* () {
    await new Promise(() => undefined);
  },
};
const KEY = 'countersign.agent.maxRunningTurns';

/** Rejects with an AbortError when `signal` is aborted first, as a model does. */
async function unlessAborted(held: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => aborted.resolve());
  if (!signal.aborted) await Promise.race([held, aborted.promise]);
  signal.throwIfAborted();
}

describe('the queue', () => {
  let bench: Bench;
  let release: () => void;
  const others: { dispose: () => void }[] = [];

  beforeEach(async () => {
    bench = await openBench();
    const held = Promise.withResolvers<void>();
    release = held.resolve;
    bench.say(...Array.from({ length: 40 }, () => byMessage(held.promise)));
  });
  afterEach(async () => {
    release();
    await bench.engine.idle();
    for (const other of others.splice(0)) other.dispose();
    await bench.dispose();
  });

  /** `hold …` waits until it is released or stopped, `write F` proposes a file, anything else is answered at once. */
  function byMessage(held: Promise<void>): Reply {
    return async function* (request) {
      const text = request.messages.findLast(({ role }) => role === 'user')?.text ?? '';
      const [verb, name = ''] = text.split(' ');
      const last = request.messages.at(-1);
      if (verb === 'hold') await unlessAborted(held, request.signal);
      if (verb === 'write' && last?.role === 'user') {
        const args = JSON.stringify({ path: name, content: 'x\n' });
        yield { type: 'toolCall', index: 0, id: `c-${name}`, name: 'write_file', args };
        yield { type: 'end', reason: 'tool_calls' };
        return;
      }
      yield { type: 'text', delta: `Done: ${text}` };
      yield { type: 'end', reason: 'stop' };
    };
  }

  async function thread(): Promise<string> {
    return (await bench.engine.createThread()).id;
  }

  function send(threadId: string, text: string, whenBusy: WhenBusy = 'refuse'): Promise<Drive> {
    return bench.engine.startTurn({ threadId, text, model: MODEL, mode: 'default', whenBusy });
  }

  async function approve(engine = bench.engine): Promise<Drive> {
    const action = await bench.action();
    const decisions = Object.fromEntries(
      action.requests.map(({ callId }) => [callId, { type: 'approve' } as const]),
    );
    const outcome = await engine.submit({ actionId: action.id, decisions }, 'test');
    assert.ok(outcome.ok, JSON.stringify(outcome));
    return outcome;
  }

  async function states(threadId: string): Promise<string[]> {
    return (await bench.deps.store.turnsOfThread(threadId)).map(({ status }) => status);
  }

  async function turnOf(drive: Drive): Promise<TurnRow> {
    const turn = await bench.deps.store.getTurn(drive.turn.id);
    assert.ok(turn);
    return turn;
  }

  /** What the model was told by humans when it was last asked. */
  function lastAsked(): string[] {
    const { messages } = bench.requests.at(-1) ?? { messages: [] };
    return messages.flatMap(({ role, text }) => (role === 'user' ? [text] : []));
  }

  /** Another window on the state file; it takes nothing from the queue by itself. */
  async function another(
    changes: Partial<ConstructorParameters<typeof Engine>[0]> = {},
  ): Promise<Pick<OpenedStore, 'store'> & { engine: Engine }> {
    const options = { logger: bench.logger, clock: systemClock };
    const opened = await openStore({ file: bench.folder.at('state.db'), ...options });
    const passive = { takesQueued: () => false };
    const engine = new Engine({ ...bench.deps, ...opened, ...passive, ...changes });
    others.push(engine, opened.store);
    return { engine, store: opened.store };
  }

  it('a message sent while the turn waits is queued after it, and starts when that is over (HW8)', async () => {
    const id = await thread();
    await (
      await send(id, 'write a.txt')
    ).done;
    const queued = await send(id, 'second', 'queue');
    assert.deepEqual(await queued.done, { kind: 'queued' });
    assert.deepEqual(await states(id), ['paused', 'queued']);
    assert.equal(existsSync(bench.at('a.txt')), false, 'a message approves nothing');
    await (
      await approve()
    ).done;
    await bench.engine.idle();
    assert.deepEqual(await states(id), ['finished', 'finished']);
    assert.deepEqual(lastAsked(), ['write a.txt', 'second']);
  });

  it('queued messages start in order, one at a time, each told of what was before it only', async () => {
    const id = await thread();
    await send(id, 'hold first');
    await send(id, 'second', 'queue');
    await send(id, 'third', 'queue');
    assert.deepEqual(await states(id), ['running', 'queued', 'queued']);
    release();
    await bench.engine.idle();
    assert.deepEqual(await states(id), ['finished', 'finished', 'finished']);
    const asked = bench.requests.map(({ messages }) =>
      messages.flatMap(({ role, text }) => (role === 'user' ? [text] : [])),
    );
    assert.deepEqual(asked, [
      ['hold first'],
      ['hold first', 'second'],
      ['hold first', 'second', 'third'],
    ]);
  });

  it('a queued message that is taken back never reaches a model; one that runs is not stopped by it', async () => {
    const id = await thread();
    const first = await send(id, 'hold first');
    const second = await send(id, 'second', 'queue');
    await send(id, 'third', 'queue');
    assert.equal(await bench.engine.removeQueued(second.turn.id), true);
    assert.equal(await bench.engine.removeQueued(second.turn.id), false);
    assert.equal(await bench.engine.removeQueued(first.turn.id), false);
    const { status, code } = await turnOf(second);
    assert.deepEqual([status, code], ['cancelled', 'not_run']);
    release();
    await bench.engine.idle();
    assert.deepEqual(await states(id), ['finished', 'cancelled', 'finished']);
    assert.deepEqual(lastAsked(), ['hold first', 'third']);
    const shown = await bench.deps.store.messagesOfTurn(second.turn.id);
    assert.deepEqual(
      shown.map(({ message }) => message.text),
      ['second'],
      'the human still sees it',
    );
  });

  it('discard stops the turn that waits, with a result for its call, and what was queued, and goes first (HW8)', async () => {
    const id = await thread();
    const first = await send(id, 'write a.txt');
    await first.done;
    const action = await bench.action();
    await send(id, 'second', 'queue');
    const third = await send(id, 'third', 'discard');
    await bench.engine.idle();
    assert.deepEqual(await states(id), ['cancelled', 'cancelled', 'finished']);
    assert.equal((await bench.deps.store.getAction(action.id))?.state, 'cancelled');
    assert.equal(existsSync(bench.at('a.txt')), false);
    const history = await bench.deps.store.historyBefore(third.turn.id);
    assertWhole(history.map(({ message }) => message));
    assert.deepEqual(lastAsked(), ['write a.txt', 'third']);
  });

  it('discard that dies in the middle loses no message and replaces nothing in silence', async () => {
    const id = await thread();
    await (
      await send(id, 'write a.txt')
    ).done;
    const { store } = bench.deps;
    const gone = new Error('gone');
    const dying = { ...store, endTurn: () => Promise.reject(gone), dispose: () => undefined };
    const engine = new Engine({ ...bench.deps, store: dying });
    others.push(engine);
    const start = { threadId: id, text: 'second', model: MODEL, mode: 'default' } as const;
    await assert.rejects(engine.startTurn({ ...start, whenBusy: 'discard' }), gone);
    assert.deepEqual(await states(id), ['paused', 'queued']);
    await (
      await approve()
    ).done;
    await bench.engine.idle();
    assert.deepEqual(await states(id), ['finished', 'finished']);
  });

  it('an ordinary message in a busy thread is refused, also behind a queued one', async () => {
    const id = await thread();
    bench.settings[KEY] = 1;
    await send(await thread(), 'hold elsewhere');
    assert.deepEqual((await send(id, 'first')).turn.status, 'queued');
    await assert.rejects(send(id, 'second'), { code: 'turn_running' });
  });

  it('a new turn, a decision and Continue over the limit are queued, and start when there is a place (H39)', async () => {
    const [waits, interrupted, fresh] = [await thread(), await thread(), await thread()];
    await (
      await send(waits, 'write a.txt')
    ).done;
    await interruptedTurn(interrupted);
    bench.settings[KEY] = 1;
    await send(await thread(), 'hold the place');
    assert.deepEqual(await (await approve()).done, { kind: 'queued' });
    const [turn] = await bench.deps.store.turnsOfThread(interrupted);
    const goesOn = await bench.engine.continueTurn(turn?.id ?? '');
    assert.deepEqual(await goesOn?.done, { kind: 'queued' });
    assert.equal((await send(fresh, 'fresh')).turn.status, 'queued');
    const all = [waits, interrupted, fresh];
    assert.deepEqual((await Promise.all(all.map(states))).flat(), ['queued', 'queued', 'queued']);
    assert.equal(existsSync(bench.at('a.txt')), false);
    assert.deepEqual(await bench.deps.store.openActions(), [], 'nobody is asked again');
    release();
    await bench.engine.idle();
    const ended = (await Promise.all(all.map(states))).flat();
    assert.deepEqual(ended, ['finished', 'finished', 'finished']);
    assert.equal(existsSync(bench.at('a.txt')), true);
  });

  /** A turn whose driver died in the middle of a reply. */
  async function abandonedTurn(threadId: string): Promise<TurnRow> {
    const { engine, store } = await another({ providers: new Map([['played', SILENT]]) });
    const start = { threadId, text: 'was interrupted', model: MODEL, mode: 'default' } as const;
    const { turn } = await engine.startTurn(start);
    await tamper(bench.folder.at('state.db'), (db) =>
      db.prepare('UPDATE turn SET lease_owner = NULL WHERE id = ?').run(turn.id),
    );
    engine.dispose();
    return (await store.getTurn(turn.id)) ?? turn;
  }

  async function interruptedTurn(threadId: string): Promise<TurnRow> {
    const turn = await abandonedTurn(threadId);
    assert.ok((await bench.deps.store.interruptTurn(turn)) !== undefined);
    return turn;
  }

  it('a pause makes a place (H15)', async () => {
    bench.settings[KEY] = 1;
    const held = await send(await thread(), 'write a.txt');
    const next = await send(await thread(), 'next');
    await held.done;
    await bench.engine.idle();
    assert.equal((await turnOf(held)).status, 'paused');
    assert.equal((await turnOf(next)).status, 'finished');
  });

  it('a turn whose process died holds no place (H39)', async () => {
    bench.settings[KEY] = 1;
    await abandonedTurn(await thread());
    assert.equal((await send(await thread(), 'next')).turn.status, 'running');
  });

  it('of many windows that have a place for it one takes a queued turn, and never more run than may', async () => {
    const windows = await Promise.all([1, 2, 3].map(() => another()));
    bench.settings[KEY] = 1;
    await send(await thread(), 'hold the place');
    const queued = await Promise.all([1, 2, 3].map(async (n) => send(await thread(), `${n}`)));
    const store = bench.deps.store;
    const ids = queued.map(({ turn }) => turn.id);
    const stores = [store, ...windows.map((window) => window.store)];
    const race = (limit: number) => Promise.all(stores.map((each) => each.startQueued(ids, limit)));
    assert.deepEqual(await race(1), [undefined, undefined, undefined, undefined]);
    const won = (await race(3)).filter((turn) => turn !== undefined);
    assert.deepEqual(
      won.map(({ id }) => id).sort(),
      ids.slice(0, 2).sort(),
      'the oldest, each once',
    );
    assert.equal((await store.turnsInState('running')).length, 3);
  });

  it('a window drives what another one queued and left, and is told when a place is free', async () => {
    const { engine } = await another();
    bench.settings[KEY] = 1;
    await send(await thread(), 'hold the place');
    const id = (await engine.createThread()).id;
    const start = { threadId: id, text: 'left', model: MODEL, mode: 'default' } as const;
    assert.equal((await engine.startTurn(start)).turn.status, 'queued');
    engine.dispose();
    const finished = new Promise<void>((resolve) => {
      bench.engine.onEvent((event) => {
        if (event.type === 'turn' && event.turn.threadId === id && event.turn.endedAt) resolve();
      });
    });
    release();
    await finished;
    assert.deepEqual(await states(id), ['finished']);
  });

  it('another process that ends its turn lets a window go on with the queue', async () => {
    const held = Promise.withResolvers<void>();
    const stream = byMessage(held.promise);
    assert.ok(typeof stream === 'function');
    const { engine } = await another({ providers: new Map([['played', { stream }]]) });
    bench.settings[KEY] = 1;
    const place = { threadId: await thread(), text: 'hold the place', model: MODEL };
    const drive = await engine.startTurn({ ...place, mode: 'default' });
    const next = await send(await thread(), 'next');
    assert.equal(next.turn.status, 'queued');
    const started = new Promise<void>((resolve) => {
      bench.engine.onEvent((event) => {
        if (event.type === 'turn' && event.turn.id === next.turn.id) resolve();
      });
    });
    held.resolve();
    await drive.done;
    await started;
    await bench.engine.idle();
    assert.equal((await turnOf(next)).status, 'finished');
  });

  it('a turn of other folders is passed over and keeps no other waiting', async () => {
    bench.settings[KEY] = 1;
    const roots = [bench.folder.at('elsewhere')];
    const elsewhere = await another({ files: { ...bench.deps.files, roots } });
    await send(await thread(), 'hold the place');
    const start = { threadId: await thread(), text: 'elsewhere', model: MODEL } as const;
    const strange = await elsewhere.engine.startTurn({ ...start, mode: 'default' });
    const next = await send(await thread(), 'next');
    release();
    await bench.engine.idle();
    assert.equal((await turnOf(next)).status, 'finished');
    assert.equal((await turnOf(strange)).status, 'queued');
    await assert.rejects(bench.engine.continueTurn(strange.turn.id), { code: 'snapshot_drift' });
    const [drive] = await elsewhere.engine.recover({ drive: true });
    assert.equal(drive?.turn.id, strange.turn.id);
    await drive.done;
    assert.equal((await turnOf(strange)).status, 'finished');
  });

  it('a process that takes nothing from the queue sees its own turn through, or leaves it there', async () => {
    const { engine } = await another();
    bench.settings[KEY] = 1;
    await send(await thread(), 'hold the place');
    const own = { threadId: await thread(), text: 'own', model: MODEL, mode: 'default' } as const;
    const { turn } = await engine.startTurn(own);
    const impatient = new AbortController();
    const left = engine.seeThrough(turn.id, impatient.signal);
    impatient.abort();
    assert.deepEqual(await left, { kind: 'queued' });
    const patient = engine.seeThrough(turn.id, new AbortController().signal);
    release();
    const end = await patient;
    assert.ok(end.kind === 'ended', JSON.stringify(end));
    assert.equal(end.turn.status, 'finished');
  });

  describe('stop', () => {
    /** Each brings the first turn of a new thread into the state of its name. */
    const into: Record<string, (threadId: string) => Promise<unknown>> = {
      queued: async (id) => {
        bench.settings[KEY] = 1;
        await send(await thread(), 'hold the place');
        await send(id, 'write a.txt');
      },
      running: (id) => send(id, 'hold it'),
      paused: async (id) => (await send(id, 'write a.txt')).done,
      expired: async (id) => {
        await (
          await send(id, 'write a.txt')
        ).done;
        await tamper(bench.folder.at('state.db'), (db) =>
          db.prepare('UPDATE pending_action SET expires_at = 1').run(),
        );
        await bench.deps.store.expireActions(Date.now());
      },
      interrupted: interruptedTurn,
      'queued after its decision': async (id) => {
        await (
          await send(id, 'write a.txt')
        ).done;
        bench.settings[KEY] = 1;
        await send(await thread(), 'hold the place');
        await (
          await approve()
        ).done;
      },
    };

    for (const [state, bring] of Object.entries(into)) {
      it(`ends a turn that is ${state}, and takes back what is queued behind it (H72)`, async () => {
        const id = await thread();
        await bring(id);
        assert.equal((await states(id))[0], state.split(' ')[0]);
        await send(id, 'behind', 'queue');
        const stopping = bench.engine.stopThread(id);
        assert.equal(await stopping, true);
        assert.deepEqual(await states(id), ['cancelled', 'cancelled']);
        assert.equal(await bench.engine.stopThread(id), false, 'there is nothing to stop any more');
        const turns = await bench.deps.store.turnsOfThread(id);
        const never = state === 'queued' ? 'not_run' : 'stopped';
        assert.deepEqual(
          turns.map(({ code }) => code),
          [never, 'not_run'],
        );
        assert.deepEqual(await bench.deps.store.openActions(), []);
        assert.equal(existsSync(bench.at('a.txt')), false);
        release();
        const after = await send(id, 'after');
        await bench.engine.idle();
        assert.equal((await turnOf(after)).status, 'finished');
        const history = await bench.deps.store.historyBefore(after.turn.id);
        assertWhole(history.map(({ message }) => message));
      });
    }
  });
});
