// Lists of threads, search, names, archive and deletion, over any Store. `prefix` makes the ids those of its side.
import assert from 'node:assert/strict';
import type { Store } from '../../src/core/ports/store.ts';
import {
  assistantRow,
  endTurn,
  newTurn,
  openAction,
  plannedCall,
  startCall,
  toolRow,
  userMessage,
} from './storeFixtures.ts';
import { withSubject, type MakeSubject } from './storeSubject.ts';

export function storeLibraryContract(make: MakeSubject, prefix = ''): void {
  const idOf = (name: string): string => `${prefix}${name}`;
  const turnOf = (thread: string): string => idOf(`${thread}-turn`);

  async function addThread(store: Store, name: string, at: number, text = 'Fix it'): Promise<void> {
    const id = idOf(name);
    await store.createThread({ id, title: null, createdAt: at, updatedAt: at });
    await store.createTurn(newTurn(turnOf(name), id, at), { ...userMessage(), text });
  }
  async function addFinished(store: Store, name: string, at: number, text?: string): Promise<void> {
    await addThread(store, name, at, text);
    await store.endTurn(endTurn({ turnId: turnOf(name) }));
  }
  const names = (rows: readonly { id: string }[]): string[] =>
    rows.map(({ id }) => id.slice(prefix.length));
  const search = async (store: Store, text: string, limit = 10): Promise<string[]> =>
    names((await store.searchThreads({ text, limit })).map(({ threadId }) => ({ id: threadId })));

  describe('library', () => {
    it(
      'threads under way stand apart, whatever their age and however many others there are',
      withSubject(make, async ({ store }) => {
        await addThread(store, 'old', 1);
        for (let at = 10; at < 15; at += 1) await addFinished(store, `done${at}`, at);
        await store.createThread({ id: idOf('empty'), title: 'T', createdAt: 20, updatedAt: 20 });
        assert.deepEqual(names(await store.threadsUnderWay()), ['old']);
        assert.equal((await store.threadsUnderWay())[0]?.status, 'running');
        const page = await store.threadsAtRest({ archived: false, limit: 3 });
        assert.deepEqual(names(page), ['empty', 'done14', 'done13']);
        assert.deepEqual(
          page.map(({ status }) => status),
          [null, 'finished', 'finished'],
        );
        assert.equal(page[1]?.opening, 'Fix it');
      }),
    );

    it(
      'an archived thread stands with the archived ones, and a message brings it back',
      withSubject(make, async ({ store }) => {
        await addFinished(store, 'a', 1);
        await addFinished(store, 'b', 2);
        assert.equal(await store.archiveThread(idOf('a'), true), true);
        assert.deepEqual(names(await store.threadsAtRest({ archived: false, limit: 9 })), ['b']);
        assert.deepEqual(names(await store.threadsAtRest({ archived: true, limit: 9 })), ['a']);
        await store.createTurn(newTurn(idOf('again'), idOf('a'), 5), userMessage('u2'));
        const [under] = await store.threadsUnderWay();
        assert.deepEqual([under?.id, under?.archived], [idOf('a'), false]);
        assert.equal(await store.archiveThread(idOf('nobody'), true), false);
      }),
    );

    it(
      'a name that a human gave replaces any title, and no model replaces it',
      withSubject(make, async ({ store }) => {
        await addFinished(store, 'a', 1);
        assert.equal(await store.renameThread(idOf('a'), 'Mine'), true);
        assert.equal(await store.setTitleIfNull(idOf('a'), 'The model’s'), false);
        assert.equal((await store.getThread(idOf('a')))?.title, 'Mine');
        assert.equal(await store.renameThread(idOf('nobody'), 'x'), false);
      }),
    );

    it(
      'search finds titles and what was said, in any case; its text is text, not a pattern',
      withSubject(make, async ({ store }) => {
        await addFinished(store, 'a', 1, `${'x '.repeat(400)}Überweisung 100% of a_b`);
        await addFinished(store, 'b', 2, 'nothing to see, “quoted” and \\ back');
        await store.renameThread(idOf('b'), 'Großes Übel');
        assert.deepEqual(await search(store, 'überweisung'), ['a']);
        assert.deepEqual(await search(store, 'ÜBEL'), ['b']);
        assert.deepEqual(await search(store, '100%'), ['a']);
        assert.deepEqual(await search(store, 'a_b'), ['a']);
        assert.deepEqual(await search(store, 'aXb'), []);
        assert.deepEqual(await search(store, '“QUOTED” and \\'), ['b']);
        for (const nothing of ['', '  ', '%', 'toolCalls', "' OR 1=1 --"].filter((t) => t !== '%'))
          assert.deepEqual(await search(store, nothing), [], nothing);
        assert.equal((await search(store, 'e', 1)).length, 1);
        const [hit] = await store.searchThreads({ text: 'überweisung', limit: 1 });
        assert.match(hit?.excerpt ?? '', /^….*Überweisung 100% of a_b$/);
        assert.ok((hit?.excerpt?.length ?? 0) < 200);
        const stopped = AbortSignal.abort();
        assert.deepEqual(
          await store.searchThreads({ text: 'überweisung', limit: 1, signal: stopped }),
          [],
        );
      }),
    );

    it(
      'a thread whose turn is not over cannot be deleted',
      withSubject(make, async ({ store }) => {
        await addThread(store, 'a', 1);
        assert.equal(await store.deleteThread(idOf('a'), 9), 'busy');
        assert.equal((await store.turnsOfThread(idOf('a'))).length, 1);
        await store.pauseTurn(
          openAction({ id: idOf('act'), turnId: turnOf('a'), threadId: idOf('a') }),
          1,
        );
        assert.equal(await store.deleteThread(idOf('a'), 9), 'busy');
        assert.equal((await store.waiting()).length, 1);
        assert.equal(await store.deleteThread(idOf('nobody'), 9), 'unknown');
      }),
    );

    it(
      'deleted is everything of the thread but the ledger; other threads keep all they have',
      withSubject(make, async ({ store, checkpointer }) => {
        const fill = async (name: string): Promise<string> => {
          const turnId = turnOf(name);
          await addThread(store, name, 1, `${name} said`);
          await store.putMessage(assistantRow(turnId));
          await store.planCalls([plannedCall({ turnId })]);
          await store.startCall(startCall({ turnId }));
          const own = await store.putText(turnId, `${name} output`);
          const shared = await store.putText(turnId, 'the same output');
          const outputHash = name === 'c' ? own : shared;
          const settled = { turnId, callId: 'c1', state: 'done', outcome: 'ok' } as const;
          await store.settleCall({ ...settled, result: 'passed', outputHash, at: 250 });
          await store.putMessage(toolRow(turnId));
          await store.endTurn(endTurn({ turnId }));
          return outputHash;
        };
        const [hash, own] = [await fill('a'), await fill('c')];
        assert.equal(await fill('b'), hash);
        const before = await store.threadRows(idOf('b'), null);
        assert.equal(await store.deleteThread(idOf('a'), 999), 'deleted');
        assert.equal(await store.deleteThread(idOf('c'), 999), 'deleted');
        assert.equal(await store.getThread(idOf('a')), undefined);
        assert.equal(await store.getTurn(turnOf('a')), undefined);
        assert.deepEqual(await store.callsOfTurn(turnOf('a')), []);
        assert.deepEqual(await store.messagesOfTurn(turnOf('a')), []);
        assert.deepEqual(await store.actionsOfThread(idOf('a')), []);
        const config = { configurable: { thread_id: turnOf('a') } };
        assert.equal(await checkpointer.getTuple(config), undefined);
        assert.equal(await store.getText(turnOf('b'), hash), 'the same output');
        assert.equal(await store.getText(turnOf('b'), own), undefined);
        assert.deepEqual(await store.threadRows(idOf('b'), null), before);
        assert.deepEqual(await search(store, 'said'), ['b']);
        assert.equal(await store.deleteThread(idOf('a'), 999), 'unknown');
        await assert.rejects(
          store.createTurn(newTurn(idOf('late'), idOf('a')), userMessage()),
          /no thread/,
        );
        if (prefix !== '') return;
        const rows = await store.readLedger(null, 100);
        assert.ok(rows.some(({ turnId }) => turnId === turnOf('a')));
        assert.match(
          rows.findLast(({ kind }) => kind === 'thread.deleted')?.body ?? '',
          /"threadId":"c","turns":1/,
        );
      }),
    );

    it(
      'an output that went with another thread meanwhile does not keep a call from being settled',
      withSubject(make, async ({ store }) => {
        await addThread(store, 'a', 1);
        const turnId = turnOf('a');
        await store.putMessage(assistantRow(turnId));
        await store.planCalls([plannedCall({ turnId })]);
        await store.startCall(startCall({ turnId }));
        const settled = { turnId, callId: 'c1', state: 'done', outcome: 'ok' } as const;
        const outputHash = 'f'.repeat(64);
        assert.ok(await store.settleCall({ ...settled, result: 'passed', outputHash, at: 250 }));
        assert.equal((await store.getCall(turnId, 'c1'))?.outputHash, null);
      }),
    );
  });
}
