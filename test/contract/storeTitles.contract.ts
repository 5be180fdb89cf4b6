// What a thread is called before it has a title, and what its title is made of, over any Store.
import assert from 'node:assert/strict';
import type { Store } from '../../src/core/ports/store.ts';
import { assistantRow, endTurn, newTurn, seed, userMessage } from './storeFixtures.ts';
import { withSubject, type MakeSubject } from './storeSubject.ts';

export function storeTitlesContract(make: MakeSubject): void {
  describe('titles', () => {
    const opening = async (store: Store): Promise<string | null | undefined> =>
      (await store.getThread('thread1'))?.opening;

    it(
      'a thread without a title tells the beginning of its first message, and no longer once it has one',
      withSubject(make, async ({ store }) => {
        await store.createThread({ id: 'thread1', title: null, createdAt: 1, updatedAt: 1 });
        assert.equal(await opening(store), null);
        const text = `\n\t ${'ü'.repeat(5000)}`;
        await store.createTurn(newTurn(), { ...userMessage(), text });
        const told = (await opening(store)) ?? '';
        assert.match(told, /^ü{1000,2000}$/);
        assert.equal((await store.listThreads())[0]?.opening, told);
        await store.endTurn(endTurn());
        await store.createTurn(newTurn('turn2', 'thread1'), { ...userMessage('u2'), text: 'two' });
        assert.equal(await opening(store), told);
        await store.setTitleIfNull('thread1', 'Title');
        assert.equal(await opening(store), null);
      }),
    );
    it(
      'a title is due once a turn with a reply is over, until it is set',
      withSubject(make, async ({ store }) => {
        await store.createThread({ id: 'thread1', title: null, createdAt: 1, updatedAt: 1 });
        assert.equal(await store.titleMatter('thread1'), undefined);
        await store.createTurn(newTurn(), userMessage());
        await store.endTurn(endTurn({ status: 'failed', code: 'x', message: 'no reply' }));
        assert.equal(await store.titleMatter('thread1'), undefined);
        assert.deepEqual(await store.untitledThreads(1000), []);
        await store.createTurn(newTurn('turn2', 'thread1'), { ...userMessage('u2'), text: 'two' });
        await store.putMessage(assistantRow('turn2'));
        assert.equal(await store.titleMatter('thread1'), undefined, 'it runs');
        await store.endTurn(endTurn({ turnId: 'turn2' }));
        const matter = { turnId: 'turn2', user: 'Fix it', reply: 'I will', replies: 1 };
        assert.deepEqual(await store.titleMatter('thread1'), matter);
        assert.deepEqual(await store.untitledThreads(299), []);
        assert.deepEqual(await store.untitledThreads(300), ['thread1']);
        await store.setTitleIfNull('thread1', 'Title');
        assert.equal(await store.titleMatter('thread1'), undefined);
        assert.deepEqual(await store.untitledThreads(300), []);
      }),
    );
    it(
      'a reply of calls alone is a reply; its words come from a later message',
      withSubject(make, async ({ store }) => {
        await seed(store);
        const silent = assistantRow();
        await store.putMessage({ ...silent, message: { ...silent.message, text: '' } });
        await store.putMessage(assistantRow('turn1', 2, 'm2'));
        await store.endTurn(endTurn());
        const matter = await store.titleMatter('thread1');
        assert.deepEqual([matter?.reply, matter?.replies], ['I will', 1]);
      }),
    );
  });
}
