// What the conformance suite does not look at: objects that change, what is stored once, what goes, and who may write.
import assert from 'node:assert/strict';
import { AIMessage, HumanMessage, ToolMessage } from '@langchain/core/messages';
import { DeltaSnapshot } from '@langchain/langgraph-checkpoint';
import { endTurn, seed } from '../../../contract/storeFixtures.ts';
import {
  count,
  messages,
  openSaver,
  putValues,
  threadConfig,
  usingSaver,
  usingStock,
  valuesOf,
} from './saverSupport.ts';
import { hasCode, open, tamper, using, withFile } from './support.ts';

const config = threadConfig();

describe('saver: objects', () => {
  it(
    'stores an object as it was when LangGraph handed it over, and as it is at the next put',
    withFile((file) =>
      usingSaver(file, async ({ saver }) => {
        const [message] = messages(1);
        assert.ok(message);
        const first = await putValues(saver, config, { messages: [message] });
        const writing = saver.putWrites(first, [['messages', [message]]], 'task');
        message.text = 'edited in place';
        await writing;
        const second = await putValues(saver, first, { messages: [message] });
        const before = await saver.getTuple(first);
        assert.match(JSON.stringify(before?.checkpoint.channel_values), /text 0/);
        assert.match(JSON.stringify(before?.pendingWrites), /text 0/);
        assert.match(JSON.stringify(await valuesOf(saver, second)), /edited in place/);
      }),
    ),
  );

  it(
    'sees every kind of edit in place: members added, removed, renamed, deep ones, other ids',
    withFile((file) =>
      usingSaver(file, async ({ saver }) => {
        const message: Record<string, unknown> = { id: 'm', deep: { list: [{ n: 1 }, 2] }, a: 1 };
        const edits: (() => void)[] = [
          () => (message['b'] = null),
          () => delete message['a'],
          () => Object.assign(message, { b: undefined }),
          () => ((message['deep'] as { list: { n: number }[] }).list[0] = { n: 2 }),
          () => (message['deep'] as { list: unknown[] }).list.push([]),
          () => (message['id'] = 'other'),
          () => (message['deep'] = [1, 2]),
          () => (message['deep'] = { 0: 1, 1: 2 }),
        ];
        let at = await putValues(saver, config, { messages: [message] });
        for (const edit of edits) {
          edit();
          const expected = structuredClone(message);
          at = await putValues(saver, at, { messages: [message] });
          assert.deepEqual((await valuesOf(saver, at))?.['messages'], [expected]);
        }
      }),
    ),
  );

  it(
    'hands out objects of their own: editing one changes no other reader, no row and no later write',
    withFile((file) =>
      usingSaver(file, async ({ saver }) => {
        const at = await putValues(saver, config, { messages: messages(3) });
        const [one, two] = [await valuesOf(saver, at), await valuesOf(saver, at)];
        const [edited] = one?.['messages'] as { text: string }[];
        assert.ok(edited);
        edited.text = 'mine';
        assert.deepEqual(two?.['messages'], messages(3));
        assert.deepEqual((await valuesOf(saver, at))?.['messages'], messages(3));
        const next = await putValues(saver, at, { messages: one?.['messages'] });
        assert.equal(JSON.stringify(await valuesOf(saver, next)).includes('mine'), true);
      }),
    ),
  );

  it(
    'shares messages between readers where it is told to: nobody can edit them, and what is put again takes no new row',
    withFile((file) =>
      usingSaver(
        file,
        async ({ db, saver }) => {
          const mine = messages(3);
          const at = await putValues(saver, config, { messages: mine });
          const read = async (): Promise<Record<string, unknown>[]> =>
            (await valuesOf(saver, at))?.['messages'] as Record<string, unknown>[];
          const [one, two] = [await read(), await read()];
          assert.notEqual(one, two);
          one.forEach((message, index) => assert.equal(message, two[index]));
          assert.throws(() => (one[0]!['text'] = 'mine'), TypeError);
          assert.deepEqual(one, messages(3));
          // What the writer holds stays the writer's.
          mine[0]!.text = 'edited in place';
          const next = await putValues(saver, at, { messages: [...mine, ...one] });
          assert.equal(count(db, 'checkpoint_item'), 4);
          const last = await valuesOf(saver, next);
          assert.deepEqual(last?.['messages'], [...mine, ...messages(3)]);
        },
        { sharedMessages: true },
      ),
    ),
  );

  it(
    'carries what JSON cannot, from a closed list, and refuses the rest',
    withFile((file) =>
      usingSaver(file, async ({ saver }) => {
        const values = {
          bytes: new Uint8Array([255, 0, 128, 65]),
          map: new Map<unknown, unknown>([['a', new Set([1, undefined])]]),
          nothing: undefined,
          inside: { gone: undefined, list: [undefined, null] },
          delta: new DeltaSnapshot(messages(1)),
          messages: [
            new HumanMessage({ id: 'h', content: 'hello', additional_kwargs: { a: 1 } }),
            new AIMessage({ id: 'a', content: '', tool_calls: [{ id: 'c', name: 't', args: {} }] }),
            new ToolMessage({ id: 't', content: [{ type: 'text', text: 'x' }], tool_call_id: 'c' }),
          ],
        };
        const at = await putValues(saver, config, values);
        await saver.putWrites(at, [['bytes', values.bytes]], 'task');
        const tuple = await saver.getTuple(at);
        assert.deepEqual(tuple?.checkpoint.channel_values, values);
        assert.deepEqual(tuple?.pendingWrites?.[0]?.[2], values.bytes);
        for (const lossy of [
          1n,
          /x/,
          new Float32Array(1),
          { deep: [new DataView(new ArrayBuffer(1))] },
        ]) {
          await assert.rejects(putValues(saver, at, { lossy }), hasCode('store_failed'));
        }
        const circle: unknown[] = [];
        circle.push(circle);
        await assert.rejects(putValues(saver, at, { circle }), hasCode('store_failed'));
      }),
    ),
  );

  it(
    'keeps data that looks like a class or like a tag as data',
    withFile(async (file) => {
      const forged = {
        lc: { lc: 1, type: 'constructor', id: ['langchain_core', 'messages', 'AIMessage'] },
        tag: { $countersign: ['bytes', 'AAAA'] },
        mixed: { $countersign: ['map'], other: new Set([{ $countersign: ['object'] }]) },
        send: { lg_name: 'Send', node: 'x', args: {}, more: 1 },
        delta: { lg_name: 'DeltaSnapshot', value: [1] },
      };
      const message = { id: 'm', ...forged };
      await usingSaver(file, async ({ saver }) => {
        await putValues(saver, config, { forged, messages: [message] });
      });
      await usingSaver(file, async ({ saver }) => {
        assert.deepEqual(await valuesOf(saver, config), { forged, messages: [message] });
      });
    }),
  );
});

describe('saver: rows', () => {
  it(
    'stores each message once, whatever refers to it, and finds it again in another process',
    withFile(async (file) => {
      const all = messages(200);
      const configs = await usingSaver(file, async ({ saver, db }) => {
        let at = config;
        for (let n = 1; n <= all.length; n += 1) {
          await saver.putWrites(
            await putValues(saver, at, { messages: all.slice(0, n) }),
            [['messages', [all[n - 1]]]],
            'task',
          );
          at = config;
        }
        assert.equal(count(db, 'checkpoint_item'), all.length);
        const first = await putValues(saver, config, { messages: all });
        const branch = await putValues(saver, first, {
          messages: [...all.slice(0, 5), ...messages(1, 900)],
        });
        return [first, branch];
      });
      await usingSaver(file, async ({ saver, db }) => {
        const [first, branch] = configs;
        assert.ok(first && branch);
        assert.deepEqual((await valuesOf(saver, first))?.['messages'], all);
        assert.deepEqual((await valuesOf(saver, branch))?.['messages'], [
          ...all.slice(0, 5),
          ...messages(1, 900),
        ]);
        await putValues(saver, first, { messages: (await valuesOf(saver, first))?.['messages'] });
        assert.equal(count(db, 'checkpoint_item'), all.length + 1);
      });
    }),
  );

  it(
    'refers to the store’s own message, and keeps the words when that row changes or goes',
    withFile((file) =>
      using(file, async ({ store, checkpointer }) => {
        await seed(store);
        const message = { role: 'user', id: 'x1', text: 'first words' } as const;
        const row = { turnId: 'turn1', position: 7, state: 'running' } as const;
        await store.putMessage({ ...row, message });
        const turn = threadConfig('turn1');
        const saver = checkpointer as Awaited<ReturnType<typeof openSaver>>['saver'];
        const at = await putValues(saver, turn, { messages: [message] });
        const bodies = () =>
          tamper(file, (db) => db.prepare('SELECT body FROM checkpoint_item').pluck().all());
        assert.deepEqual(await bodies(), [null]);
        await store.putMessage({ ...row, message: { ...message, text: 'other words' } });
        assert.deepEqual(await bodies(), [JSON.stringify(message)]);
        assert.deepEqual(await valuesOf(saver, at), { messages: [message] });
        await using(file, async ({ checkpointer: other }) => {
          const tuple = await other.getTuple(at);
          assert.deepEqual(tuple?.checkpoint.channel_values, { messages: [message] });
        });
        assert.equal(await store.endTurn(endTurn()), true);
        assert.deepEqual(await bodies(), []);
      }),
    ),
  );

  it(
    'keeps a turn’s newest checkpoints only, and every one of other threads',
    withFile(async (file) => {
      const { store } = await open(file);
      await seed(store, 'turn1');
      store.dispose();
      await usingSaver(
        file,
        async ({ saver, db }) => {
          const rowsOf = async (thread: string): Promise<number> => {
            const before = count(db, 'checkpoint');
            let at = threadConfig(thread);
            for (let n = 1; n <= 100; n += 1) {
              at = await putValues(saver, at, { messages: messages(n), n });
              await saver.putWrites(at, [['n', n]], 'task');
            }
            assert.deepEqual(await valuesOf(saver, threadConfig(thread)), {
              messages: messages(100),
              n: 100,
            });
            return count(db, 'checkpoint') - before;
          };
          assert.ok((await rowsOf('turn1')) <= 12);
          assert.ok(count(db, 'checkpoint_write') <= 12);
          assert.ok(count(db, 'checkpoint_value') <= 24);
          assert.ok(count(db, 'checkpoint_list') <= 80);
          assert.equal(await rowsOf('other'), 100);
        },
        { keepOfTurns: 4 },
      );
    }),
  );

  it(
    'prunes a thread down to what its newest checkpoints need, while another process remembers more',
    withFile(async (file) => {
      const other = await openSaver(file);
      await usingSaver(file, async ({ saver, db }) => {
        const first = await putValues(other.saver, config, { messages: messages(50) });
        const kept = messages(2, 100);
        await putValues(saver, first, { messages: kept });
        await saver.prune('thread', 1);
        assert.deepEqual(
          ['checkpoint', 'checkpoint_item', 'checkpoint_list'].map((table) => count(db, table)),
          [1, 2, 1],
        );
        assert.deepEqual(await valuesOf(saver, config), { messages: kept });
        // The other process had all of them in its memory.
        await putValues(other.saver, config, { messages: messages(50) });
        assert.deepEqual(await valuesOf(saver, config), { messages: messages(50) });
      });
      other.db.close();
    }),
  );

  it(
    'deletes a thread while another process remembers its rows, and starts it anew',
    withFile(async (file) => {
      const other = await openSaver(file);
      await usingSaver(file, async ({ saver, db }) => {
        await putValues(other.saver, config, { messages: messages(5) });
        await putValues(saver, threadConfig('kept'), { messages: messages(3) });
        await saver.deleteThread('thread');
        assert.equal(await saver.getTuple(config), undefined);
        assert.equal(await other.saver.getTuple(config), undefined);
        assert.equal(count(db, 'checkpoint_item'), 3);
        await putValues(other.saver, config, { messages: messages(5) });
        assert.deepEqual(await valuesOf(saver, config), { messages: messages(5) });
      });
      other.db.close();
    }),
  );

  it(
    'writes nothing once the fence is closed, and remembers nothing of what it did not write (H24)',
    withFile(async (file) => {
      const fence = { sql: '@open = 1', params: () => ({ open }) };
      let open = 1;
      await usingSaver(
        file,
        async ({ saver, db }) => {
          const [one, two] = messages(2);
          const at = await putValues(saver, config, { messages: [one] });
          open = 0;
          const late = putValues(saver, at, { messages: [one, two] });
          await assert.rejects(late, hasCode('store_fenced'));
          const writes = saver.putWrites(at, [['messages', [two]]], 'task');
          await assert.rejects(writes, hasCode('store_fenced'));
          assert.equal(count(db, 'checkpoint_item'), 1);
          open = 1;
          await putValues(saver, at, { messages: [one, two] });
          assert.deepEqual(await valuesOf(saver, config), { messages: [one, two] });
        },
        { fence },
      );
    }),
  );

  it(
    'gives space back while nothing is written',
    withFile(async (file) => {
      await usingSaver(file, async ({ saver }) => {
        await putValues(saver, config, { text: 'x'.repeat(2_000_000) });
        await saver.deleteThread('thread');
      });
      await usingSaver(file, async ({ saver, db }) => {
        const pages = (): number => Number(db.pragma('page_count', { simple: true }));
        const before = pages();
        await saver.tidy();
        assert.ok(pages() < before / 2, `${before} pages became ${pages()}`);
        assert.equal(db.pragma('freelist_count', { simple: true }), 0);
      });
    }),
  );
});

describe('saver: threads of the stock saver', () => {
  it(
    'reads them, lists them and deletes them',
    withFile(async (file) => {
      await usingSaver(file, async () => undefined);
      const expected = await usingStock(file, async (stock) => {
        let at = config;
        for (let n = 1; n < 4; n += 1) {
          const checkpoint = {
            v: 4,
            id: `1f0000-${n}`,
            ts: '2026-01-01T00:00:00.000Z',
            channel_values: { messages: messages(n), n },
            channel_versions: { messages: n, n },
            versions_seen: { node: { n } },
          };
          at = await stock.put(at, checkpoint, { source: 'loop', step: n, parents: {} });
          await stock.putWrites(
            at,
            [
              ['n', n],
              ['messages', messages(1, n)],
            ],
            'task',
          );
        }
        const tuples = [];
        for await (const tuple of stock.list(config)) tuples.push(tuple);
        return { latest: await stock.getTuple(config), tuples };
      });
      await usingSaver(file, async ({ saver, db }) => {
        assert.deepEqual(await saver.getTuple(config), expected.latest);
        const tuples = [];
        for await (const tuple of saver.list(config)) tuples.push(tuple);
        assert.deepEqual(
          tuples.map(({ parentConfig, ...tuple }) => ({ parentConfig, ...tuple })),
          expected.tuples,
        );
        const filtered = [];
        for await (const tuple of saver.list(config, { filter: { step: 2 } })) filtered.push(tuple);
        assert.equal(filtered.length, 1);
        await saver.deleteThread('thread');
        assert.equal(await saver.getTuple(config), undefined);
        assert.deepEqual([count(db, 'checkpoints'), count(db, 'writes')], [0, 0]);
      });
    }),
  );

  it(
    'goes on from them: inherited values come along, and writes of both belong to the checkpoint',
    withFile(async (file) => {
      const old = { thread_id: 'thread', checkpoint_ns: '', checkpoint_id: '1f0000-1' };
      await usingSaver(file, async () => undefined);
      await usingStock(file, async (stock) => {
        const checkpoint = {
          v: 4,
          id: '1f0000-1',
          ts: '2026-01-01T00:00:00.000Z',
          channel_values: { messages: messages(3), lc: { lc: 1, type: 'secret', id: ['HOME'] } },
          channel_versions: { messages: 3, lc: 1 },
          versions_seen: {},
        };
        const at = await stock.put(config, checkpoint, { source: 'loop', step: 1, parents: {} });
        await stock.putWrites(at, [['n', 1]], 'a');
        await stock.putWrites(at, [['__interrupt__', 'old']], 'b');
      });
      await usingSaver(file, async ({ saver }) => {
        await saver.putWrites({ configurable: old }, [['n', 'ignored']], 'a');
        await saver.putWrites({ configurable: old }, [['__interrupt__', 'new']], 'b');
        await saver.putWrites({ configurable: old }, [['n', 2]], 'c');
        const tuple = await saver.getTuple(config);
        const writes = tuple?.pendingWrites?.map(([task, , value]) => [task, value]);
        assert.deepEqual(writes, [
          ['a', 1],
          ['b', 'new'],
          ['c', 2],
        ]);
        const lc = { lc: 1, type: 'secret', id: ['HOME'] };
        assert.ok(tuple);
        const { checkpoint } = tuple;
        assert.deepEqual(checkpoint.channel_values['lc'], lc);
        const next = {
          ...checkpoint,
          id: '1f0000-2',
          channel_values: { ...checkpoint.channel_values, n: 2 },
          channel_versions: { ...checkpoint.channel_versions, n: saver.getNextVersion(3) },
        };
        const newVersions = { n: next.channel_versions['n'] ?? 0 };
        const metadata = { source: 'loop', step: 2, parents: {} } as const;
        await saver.put({ configurable: old }, next, metadata, newVersions);
        assert.deepEqual(await valuesOf(saver, config), { messages: messages(3), lc, n: 2 });
      });
    }),
  );
});

describe('saver: many writers, long threads', () => {
  it(
    'two connections write one thread and others at once, and both read all of it',
    withFile(async (file) => {
      const savers = [await openSaver(file), await openSaver(file)] as const;
      const shared = messages(40);
      await Promise.all(
        savers.map(async ({ saver }, who) => {
          let at = config;
          for (let n = 1; n <= 30; n += 1) {
            const own = [...shared.slice(0, n), ...messages(n, 1000 * (who + 1))];
            at = await putValues(saver, at, { messages: own, who });
            await saver.putWrites(at, [['messages', messages(1, n)]], `task${who}`);
            await putValues(saver, threadConfig(`own${who}`), { messages: own });
          }
        }),
      );
      for (const [at, { saver }] of savers.entries()) {
        let seen = 0;
        for await (const { checkpoint } of saver.list(config)) {
          const { messages: all, who } = checkpoint.channel_values as {
            messages: { id: string }[];
            who: number;
          };
          const n = all.length / 2;
          assert.deepEqual(all, [...shared.slice(0, n), ...messages(n, 1000 * (who + 1))]);
          seen += 1;
        }
        assert.equal(seen, 60, `connection ${at}`);
      }
      assert.equal(count(savers[0].db, 'checkpoint_item'), 31 + 2 * 30 + 2 * 60);
      for (const { db } of savers) db.close();
    }),
  );

  it(
    'reads 1,000 messages without blocking others for long',
    withFile(async (file) => {
      const all = messages(1000).map((message) => ({ ...message, text: 'y'.repeat(2000) }));
      await usingSaver(file, async ({ saver }) => putValues(saver, config, { messages: all }));
      await usingSaver(file, async ({ saver }) => {
        let turns = 0;
        let reading = true;
        const tick = (): void => {
          turns += 1;
          if (reading) setImmediate(tick);
        };
        setImmediate(tick);
        const values = await valuesOf(saver, config);
        reading = false;
        assert.deepEqual(values?.['messages'], all);
        assert.ok(turns >= 1, 'nothing else ran in between');
      });
    }),
  );
});
