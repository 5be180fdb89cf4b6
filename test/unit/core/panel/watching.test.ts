// Views that come late, come again or belong to another window: each shows everything, once, and is sent only what is new.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { PAGE_MESSAGES } from '../../../../src/core/panel/page.ts';
import { Session } from '../../../../src/core/panel/session.ts';
import { Engine } from '../../../../src/core/threads/engine.ts';
import { openStore } from '../../../../src/node/sqlite/openStore.ts';
import { assistantRow, endTurn, newTurn, toolRow } from '../../../contract/storeFixtures.ts';
import { openBench, type Bench } from '../agent/support.ts';
import { quietHost, View } from './view.ts';
import type { PresenterDeps } from '../../../../src/core/panel/presenter.ts';
import type { ThreadRows } from '../../../../src/core/ports/eventStore.ts';
import type { ModelChunk } from '../../../../src/core/ports/model.ts';
import type { Store } from '../../../../src/core/ports/store.ts';

const model = { provider: 'played', id: 'x', label: 'Played' };

/** A reply that is said piece by piece, when the test wants it. */
class Streaming {
  readonly #wanted: ModelChunk[] = [];
  #wake = (): void => undefined;
  #over = false;

  say(delta: string): void {
    this.#wanted.push({ type: 'text', delta });
    this.#wake();
  }

  think(delta: string): void {
    this.#wanted.push({ type: 'reasoning', delta });
    this.#wake();
  }

  end(): void {
    this.#over = true;
    this.#wake();
  }

  async *reply(): AsyncGenerator<ModelChunk> {
    for (;;) {
      const wanted = this.#wanted.shift();
      if (wanted) yield wanted;
      else if (this.#over) break;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    yield { type: 'end', reason: 'stop' };
  }
}

/** Counts the rows that looks at a thread have read. */
function counting(store: Store): { store: Store; rows: () => number } {
  let rows = 0;
  const size = (read: ThreadRows): number =>
    read.turns.length + read.messages.length + read.calls.length + read.texts.length;
  return {
    rows: () => rows,
    store: {
      ...store,
      threadRows: async (threadId, since) => {
        const read = await store.threadRows(threadId, since);
        rows += size(read);
        return read;
      },
      threadPage: async (threadId, page) => {
        const read = await store.threadPage(threadId, page);
        rows += size(read);
        return read;
      },
      messagesOfThread: async () => assert.fail('the whole thread was read'),
      callsOfTurn: async () => assert.fail('a whole turn was read'),
    },
  };
}

describe('watching a thread', () => {
  let bench: Bench;
  const owned: { dispose(): void }[] = [];

  beforeEach(async () => {
    bench = await openBench({ 'a.txt': 'one\n' });
  });
  afterEach(async () => {
    for (const one of owned.splice(0).reverse()) one.dispose();
    await bench.dispose();
  });

  function viewOf(engine: Engine, store: Store, threadId: string | null): View {
    const session = new Session({ threadId, model, mode: 'default' }, (error) =>
      assert.fail(String(error)),
    );
    const { tools, clock, files } = bench.deps;
    const deps: PresenterDeps = {
      ...{ engine, store, session, tools, files, clock, logger: bench.logger },
      problems: () => [],
      trusted: () => true,
      host: quietHost('a window'),
    };
    const view = new View(deps, { kind: 'chat' });
    owned.push(view.presented);
    return view;
  }

  /** A view in a window of its own: another connection and another engine. */
  async function elsewhere(threadId: string): Promise<{ view: View; rows: () => number }> {
    const { clock } = bench.deps;
    const file = bench.folder.at('state.db');
    const { store, checkpointer } = await openStore({ file, logger: bench.logger, clock });
    const counted = counting(store);
    const engine = new Engine({ ...bench.deps, store: counted.store, checkpointer });
    owned.push(store, engine);
    const view = viewOf(engine, counted.store, threadId);
    await view.ask({ type: 'ready' });
    return { view, rows: counted.rows };
  }

  const here = (threadId: string): View => viewOf(bench.engine, bench.deps.store, threadId);

  async function streaming(
    threadId: string,
  ): Promise<{ stream: Streaming; done: Promise<unknown> }> {
    const stream = new Streaming();
    bench.say(() => stream.reply());
    const start = { threadId, text: 'Go', model, mode: 'default' } as const;
    const { done } = await bench.engine.startTurn(start);
    return { stream, done };
  }

  const said = (view: View): string => {
    const item = view.state.items.findLast(({ kind }) => kind === 'assistant');
    return item?.kind === 'assistant' ? item.text : '';
  };
  const whole = async (threadId: string): Promise<View['state']> => {
    const view = here(threadId);
    await view.ask({ type: 'ready' });
    while (view.state.earlier) await view.ask({ type: 'earlier' });
    return view.state;
  };

  it('a reload in the middle of streaming shows everything, once, here and in another window (H49, H50, H84)', async () => {
    const { id } = await bench.engine.createThread();
    const first = here(id);
    await first.ask({ type: 'ready' });
    const { stream, done } = await streaming(id);
    stream.say('I look ');
    await first.untilState((state) => JSON.stringify(state.items).includes('I look '));
    const [late, { view: other }] = [here(id), await elsewhere(id)];
    await late.ask({ type: 'ready' });
    assert.deepEqual([said(first), said(late), said(other)], ['I look ', 'I look ', 'I look ']);
    stream.say('at it.');
    // The page of the first view is loaded again while the next piece is on its way.
    await first.ask({ type: 'ready' });
    stream.end();
    await done;
    const shown = await whole(id);
    for (const view of [first, late, other]) {
      await view.untilState((state) => state.status?.turn === 'finished');
      assert.equal(said(view), 'I look at it.');
      assert.deepEqual(view.state.items, shown.items);
    }
  });

  it('what the model thinks is shown while it comes, apart from the reply, after a reload and elsewhere', async () => {
    const { id } = await bench.engine.createThread();
    const first = here(id);
    await first.ask({ type: 'ready' });
    const { stream, done } = await streaming(id);
    const both = (view: View): unknown => {
      const item = view.state.items.findLast(({ kind }) => kind === 'assistant');
      return item?.kind === 'assistant' && [item.reasoning, item.text];
    };
    const isShown = (view: View, wanted: unknown): Promise<void> =>
      view.untilState(() => JSON.stringify(both(view)) === JSON.stringify(wanted));
    stream.think('Rounding ');
    await isShown(first, ['Rounding ', '']);
    const { view: other } = await elsewhere(id);
    assert.deepEqual(both(other), ['Rounding ', '']);
    stream.think('each?');
    stream.say('Once.');
    await isShown(first, ['Rounding each?', 'Once.']);
    // The page is loaded again in the middle of it.
    await first.ask({ type: 'ready' });
    assert.deepEqual(both(first), ['Rounding each?', 'Once.']);
    stream.end();
    await done;
    for (const view of [first, other]) {
      await view.untilState((state) => state.status?.turn === 'finished');
      assert.deepEqual(both(view), ['Rounding each?', 'Once.']);
      assert.deepEqual(view.state.items, (await whole(id)).items);
    }
  });

  it('another window is shown a turn from its first message to its end, as one that comes afterwards (H49, H62)', async () => {
    const { id } = await bench.engine.createThread();
    const { view } = await elsewhere(id);
    const call = { id: 'w', name: 'write_file', args: { path: 'w.txt', content: 'w\n' } };
    bench.say({ text: 'I would write', calls: [call] }, { text: 'Done' });
    await bench.run({ threadId: id });
    await view.untilState((state) => state.actions.length === 1);
    assert.deepEqual(view.state.items, (await whole(id)).items, 'at the pause');
    const { id: actionId, proposalHash } = await bench.action();
    const decisions = { w: { type: 'approve' } } as const;
    const submitted = await bench.engine.submit({ actionId, proposalHash, decisions }, 'me');
    assert.ok(submitted.ok);
    await bench.engine.idle();
    await view.untilState((state) => state.status?.turn === 'finished');
    assert.deepEqual(view.state.actions, []);
    assert.deepEqual(view.state.items, (await whole(id)).items, 'at the end');
    assert.equal(view.ofType('snapshot').length, 1, 'the thread was sent once');
  });

  it('a view that comes while a command runs is shown all that it has said, once (H50)', async () => {
    const { id } = await bench.engine.createThread();
    const first = here(id);
    await first.ask({ type: 'ready' });
    const command = 'echo begun; while [ ! -e go ]; do sleep 0.02; done; echo over';
    const call = { id: 'c', name: 'run_command', args: { command } };
    bench.say({ text: 'Running', calls: [call] }, { text: 'Done' });
    await bench.run({ threadId: id });
    const { id: actionId, proposalHash } = await bench.action();
    const decisions = { c: { type: 'approve' } } as const;
    await bench.engine.submit({ actionId, proposalHash, decisions }, 'me');
    const output = (view: View): string => {
      const item = view.state.items.find(({ kind }) => kind === 'call');
      return item?.kind === 'call' ? item.output : '';
    };
    await first.untilState(() => output(first) === 'begun\n');
    const late = here(id);
    await late.ask({ type: 'ready' });
    assert.equal(output(late), 'begun\n');
    await writeFile(bench.at('go'), '');
    await bench.engine.idle();
    for (const view of [first, late]) {
      await view.untilState((state) => state.status?.turn === 'finished');
      assert.deepEqual(view.state.items, (await whole(id)).items);
    }
  });

  it('a long thread is sent page by page, none of it twice, and news of it find their place', async () => {
    const { store } = bench.deps;
    const long = (await bench.engine.createThread()).id;
    await store.createTurn(newTurn('u-long', long), { role: 'user', id: 'q', text: 'Go' });
    for (let n = 1; n < 700; n += 2) {
      await store.putMessage(assistantRow('u-long', n, `m${n}`));
      await store.putMessage(toolRow('u-long', n + 1, `m${n}:c`));
    }
    const all = (await whole(long)).items.map(({ id }) => id);
    const { view } = await elsewhere(long);
    assert.equal(view.state.earlier, true);
    assert.equal(view.state.items.length, PAGE_MESSAGES / 2);
    // All of the turn is new once it is over; what the view has not asked for yet is not sent.
    await store.endTurn({ ...endTurn(), turnId: 'u-long' });
    await view.untilState((state) => state.status?.turn === 'finished');
    const ids = (): string[] => view.state.items.map(({ id }) => id);
    assert.deepEqual(ids(), all.slice(-PAGE_MESSAGES / 2));
    for (let n = 0; view.state.earlier; n += 1) {
      assert.ok(n < 10);
      assert.equal(await view.ask({ type: 'earlier' }), null);
    }
    assert.deepEqual(ids(), all);
    assert.deepEqual(view.state.items, (await whole(long)).items);
    assert.equal(await view.ask({ type: 'earlier' }), null, 'nothing is left');
    assert.deepEqual(ids(), all);
  }).timeout(60_000);

  it('a thread of 1,000 messages is not read or sent again while text streams, there or elsewhere', async () => {
    const { store } = bench.deps;
    const long = (await bench.engine.createThread()).id;
    await store.createTurn(newTurn('u-long', long), { role: 'user', id: 'q', text: 'Go' });
    for (let n = 1; n < 1000; n += 2) {
      await store.putMessage(assistantRow('u-long', n, `m${n}`));
      await store.putMessage(toolRow('u-long', n + 1, `m${n}:c`));
    }
    const { view, rows } = await elsewhere(long);
    const [read, posted] = [rows(), view.posted.length];
    assert.ok(read > 100 && read < 500, `${read} rows were read of the newest`);
    const { stream, done } = await streaming((await bench.engine.createThread()).id);
    const watcher = here(long);
    await watcher.ask({ type: 'ready' });
    const sent = watcher.posted.length;
    for (let n = 0; n < 20; n += 1) {
      stream.say(`piece ${n} `);
      await store.appendText([
        { turnId: 'u-long', messageId: 'm1001', offset: n * 3, delta: 'abc' },
      ]);
      await view.untilState(() => said(view) === 'abc'.repeat(n + 1));
    }
    stream.end();
    await done;
    assert.equal(rows() - read, 20, 'each piece was read once');
    const size = JSON.stringify(view.posted.slice(posted)).length;
    assert.ok(size < 20_000, `${size} characters were sent`);
    assert.equal(view.ofType('snapshot').length, 1);
    const kinds = new Set(watcher.posted.slice(sent).map(({ type }) => type));
    assert.ok(!kinds.has('snapshot'), [...kinds].join());
  }).timeout(60_000);
});
