// What any store must keep of attachments: contents by their hash, for as long as a message names them, and a while for one to come.
import assert from 'node:assert/strict';
import type { Message } from '../../src/core/agent/message.ts';
import type { Store } from '../../src/core/ports/store.ts';
import { systemTexts } from '../../src/node/system.ts';
import { assistantRow, endTurn, newTurn, userMessage } from './storeFixtures.ts';
import { withSubject, type MakeSubject, type StoreSubject } from './storeSubject.ts';

/** `prefix` begins every id: it says where the rows lie. */
export function storeAttachmentsContract(make: MakeSubject, prefix = ''): void {
  const id = (name: string): string => `${prefix}${name}`;
  const test = (title: string, body: (subject: StoreSubject) => Promise<void>): void => {
    it(title, withSubject(make, body)).timeout(30_000);
  };
  const keep = (store: Store, body: string): Promise<string> =>
    store.putAttachment(id('thread'), body);
  const there = (store: Store, hash: string): Promise<string | undefined> =>
    store.getAttachment(id('thread'), hash);
  async function send(store: Store, turn: string, hashes: readonly string[]): Promise<void> {
    const thread = id(`thread-${turn}`);
    await store.createThread({ id: thread, title: null, createdAt: 1, updatedAt: 1 });
    const attachments = hashes.map((hash) => ({ name: 'a', of: 'text' as const, hash, size: 1 }));
    const user: Message = {
      ...userMessage(id(`${turn}:m0`)),
      role: 'user',
      text: 'x',
      attachments,
    };
    await store.createTurn(newTurn(id(turn), thread), user);
  }
  const remove = async (store: Store, turn: string): Promise<void> => {
    await store.endTurn(endTurn({ turnId: id(turn) }));
    assert.equal(await store.deleteThread(id(`thread-${turn}`), 500), 'deleted');
  };

  describe('attachments', () => {
    test('come back as they were, once for each content, and unknown ones do not', async ({
      store,
    }) => {
      const body = 'ü\u0000\u2028\r\n'.repeat(1000);
      const hash = await keep(store, body);
      assert.equal(hash, systemTexts.sha256(body));
      assert.equal(await keep(store, body), hash);
      assert.equal(await there(store, hash), body);
      assert.equal(await there(store, systemTexts.sha256('never')), undefined);
    });

    test('go with the last thread whose messages name them', async ({ store }) => {
      const [both, one] = [await keep(store, 'in both'), await keep(store, 'in one')];
      await send(store, 't1', [both, one]);
      await send(store, 't2', [both, both]);
      await remove(store, 't1');
      assert.equal(await there(store, one), undefined);
      assert.equal(await there(store, both), 'in both');
      await remove(store, 't2');
      assert.equal(await there(store, both), undefined);
    });

    test('a message that names what is not there is not taken', async ({ store }) => {
      await assert.rejects(send(store, 't1', [systemTexts.sha256('never')]));
      assert.equal(await store.getTurn(id('t1')), undefined);
    });

    test('says what the last call and turn took, else what there is to estimate it by', async ({
      store,
    }) => {
      const hash = await keep(store, 'x'.repeat(40_000));
      const image = await keep(store, `data:image/png;base64,${'A'.repeat(400_000)}`);
      await send(store, 't1', [hash, image]);
      const thread = id('thread-t1');
      const { last, bytes, turn } = await store.contextOfThread(thread);
      assert.deepEqual([last, turn], [null, { input: 0, output: 0 }]);
      assert.ok(
        bytes > 40_000 && bytes < 45_000,
        `${bytes}: an image is not counted by its characters`,
      );
      for (const [position, input] of [3, 5].entries()) {
        const row = assistantRow(id('t1'), position + 1, id(`m${position}`));
        assert.ok(row.message.role === 'assistant');
        await store.putMessage({
          ...row,
          message: { ...row.message, usage: { input, output: 4 } },
        });
      }
      assert.deepEqual(await store.contextOfThread(thread), {
        ...{ last: { input: 5, output: 4 }, turn: { input: 8, output: 8 }, bytes: 0 },
      });
      assert.deepEqual(await store.usageOfThread(thread), { input: 8, output: 8 });
    });

    if (prefix !== '') return;
    test('what no message names goes after a month, with the next one that comes', async ({
      store,
      tamper,
    }) => {
      const [sent, unsent] = [await keep(store, 'sent'), await keep(store, 'unsent')];
      await send(store, 't1', [sent]);
      await keep(store, 'next');
      assert.equal(await there(store, unsent), 'unsent');
      tamper('UPDATE attachment_text SET kept_at = -2592000001');
      const fresh = await keep(store, 'fresh');
      assert.equal(await there(store, unsent), undefined);
      assert.equal(await there(store, sent), 'sent');
      assert.equal(await there(store, fresh), 'fresh');
    });

    test('one that was changed in the file is not given out', async ({ store, tamper }) => {
      const hash = await keep(store, 'as it was');
      tamper("UPDATE attachment_text SET body = 'another'");
      await assert.rejects(there(store, hash), /does not fit its hash/);
    });
  });
}
