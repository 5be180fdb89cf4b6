// Long texts of edits lie in the file once and go with the end of their call; arguments lie in the message alone.
import assert from 'node:assert/strict';
import type { CallRow, MessageRow, Store } from '../../../../src/core/ports/store.ts';
import type { ActionRequest, EditProposal } from '../../../../src/protocol/calls.ts';
import { systemTexts } from '../../../../src/node/system.ts';
import {
  assistantRow,
  endTurn,
  openAction,
  plannedCall,
  request,
  seed,
  startCall,
} from '../../../contract/storeFixtures.ts';
import { hasCode, tamper, using, withFile } from './support.ts';

const BASE = `before ${'b'.repeat(300)}`;
const AGENTS = `agent’s ${'a'.repeat(300)}`;
const HUMANS = `human’s ${'h'.repeat(300)}`;
const ARGS = JSON.stringify({ path: 'a.txt', content: AGENTS });

const edit = (newText: string, changes: Partial<EditProposal> = {}): EditProposal => ({
  ...{ kind: 'edit', path: 'a.txt', realPath: '/w/a.txt', outside: false },
  ...{ encoding: 'utf8', added: 1, removed: 0 },
  ...{ change: 'modify', baseHash: systemTexts.sha256(BASE) },
  ...{ newText, newHash: systemTexts.sha256(newText), ...changes },
});

const why = { verdict: 'ask', layer: 'mode', reason: 'default mode asks' } as const;
const planned = plannedCall({ argsText: ARGS, proposal: edit(AGENTS), verdict: why });
const asked: ActionRequest = {
  ...request(),
  ...{ args: { path: 'a.txt', content: AGENTS }, proposal: edit(AGENTS), why },
};
const settle = { turnId: 'turn1', callId: 'c1', state: 'done', outcome: 'ok', at: 9 } as const;

function said(argsText: string, changes: Partial<MessageRow> = {}): MessageRow {
  const { message, ...row } = assistantRow();
  assert.ok(message.role === 'assistant');
  const toolCalls = [{ id: 'c1', name: 'run_command', argsText }];
  return { ...row, message: { ...message, toolCalls }, ...changes };
}

/** The turn waits for the approval of one edit. */
async function waiting(store: Store): Promise<void> {
  await seed(store);
  await store.putMessage(said(ARGS));
  await store.planCalls([planned]);
  assert.equal(
    await store.pauseTurn(openAction({ requests: [asked] }), 1, undefined, [BASE]),
    true,
  );
}

async function approve(store: Store): Promise<void> {
  const decisions = { c1: { type: 'approve' } } as const;
  await store.claimAction({ actionId: 'a1', decisions, decidedBy: 'w', at: 5 });
}

const call = async (store: Store): Promise<CallRow | undefined> => store.getCall('turn1', 'c1');
const shown = async (store: Store): Promise<ActionRequest | undefined> =>
  (await store.getAction('a1'))?.requests[0];

/** How often `text` lies in the tables of the file, escaped or not. */
const copies = (file: string, text: string): Promise<number> =>
  tamper(file, (db) => {
    const columns = [
      ...['message.body', 'tool_call.args_text', 'tool_call.proposal', 'blob.body'],
      ...['pending_action.requests', 'edit_text.body'],
    ].map((name) => name.split('.'));
    const count = ([table, column]: string[]): number =>
      Number(
        db
          .prepare(`SELECT count(*) FROM ${table} WHERE instr(${column}, ?) > 0`)
          .pluck()
          .get(text.slice(10)),
      );
    return columns.map(count).reduce((sum, n) => sum + n, 0);
  });
const kept = (file: string): Promise<unknown> =>
  tamper(file, (db) => db.prepare('SELECT count(*) FROM edit_text').pluck().get());

describe('texts of an edit', () => {
  it(
    'lie in the message and once more while the call waits, and the rows say what was given',
    withFile(async (file) => {
      await using(file, async ({ store }) => {
        await waiting(store);
        assert.deepEqual((await call(store))?.proposal, edit(AGENTS));
        assert.equal((await call(store))?.argsText, ARGS);
        assert.deepEqual(await shown(store), asked);
        assert.equal(await store.getText('turn1', systemTexts.sha256(BASE)), BASE);
        assert.equal(await store.getText('turn2', systemTexts.sha256(BASE)), undefined);
      });
      assert.deepEqual([await copies(file, AGENTS), await copies(file, BASE)], [2, 1]);
    }),
  );

  it(
    'go when the call is settled: what is left is the message, and the hashes',
    withFile(async (file) => {
      await using(file, async ({ store }) => {
        await waiting(store);
        await approve(store);
        await store.startCall(startCall({ proposal: edit(AGENTS) }));
        assert.deepEqual((await call(store))?.proposal, edit(AGENTS));
        await store.settleCall({ ...settle, result: 'Edited.' });
        const bare = { ...edit(AGENTS), newText: null };
        assert.deepEqual((await call(store))?.proposal, bare);
        assert.deepEqual(await shown(store), { ...asked, proposal: bare });
        assert.equal(await store.getText('turn1', systemTexts.sha256(BASE)), undefined);
      });
      assert.deepEqual([await copies(file, AGENTS), await kept(file)], [1, 0]);
    }),
  );

  it(
    'stay while a call may still run: after “run again”, an expiry, and another text of the human',
    withFile((file) =>
      using(file, async ({ store }) => {
        await waiting(store);
        await store.expireAction({ id: 'a1', turnId: 'turn1' }, 7);
        assert.deepEqual(await shown(store), asked);
        const again = openAction({ id: 'a2', requests: [asked] });
        await store.pauseTurn(again, 3);
        await store.claimAction({
          ...{ actionId: 'a2', decidedBy: 'w', at: 8 },
          decisions: { c1: { type: 'edit', content: HUMANS } },
        });
        await store.startCall(startCall({ proposal: edit(HUMANS) }));
        await store.unstartCall('turn1', 'c1');
        assert.deepEqual((await call(store))?.proposal, edit(HUMANS));
        // The cards say what was shown, also where the journal has the human's text by now.
        assert.deepEqual(
          [await shown(store), (await store.getAction('a2'))?.requests],
          [asked, [asked]],
        );
        assert.equal(await store.getText('turn1', systemTexts.sha256(BASE)), BASE);
      }),
    ),
  );

  it(
    'go with the end of the turn, and are never kept of a call that is denied',
    withFile(async (file) => {
      await using(file, async ({ store }) => {
        await waiting(store);
        const denied = { state: 'blocked', outcome: 'denied', result: 'Blocked.' } as const;
        await store.planCalls([{ ...planned, callId: 'c2', index: 1, ...denied }]);
        await store.endTurn(endTurn({ generation: 2, from: ['paused'], status: 'cancelled' }));
      });
      assert.equal(await kept(file), 0);
    }),
  );

  for (const [what, proposal] of Object.entries({
    short: edit('short'),
    'with half of a surrogate pair': edit(`\ud83d${AGENTS}`),
    'whose hash is another one': edit(AGENTS, { newHash: 'h' }),
  })) {
    it(
      `a text ${what} stays in its row, for good`,
      withFile(async (file) => {
        await using(file, async ({ store }) => {
          await seed(store);
          await store.planCalls([plannedCall({ proposal })]);
          assert.deepEqual((await call(store))?.proposal, proposal);
          await store.settleCall({ ...settle, state: 'blocked', result: 'No.' });
          assert.deepEqual((await call(store))?.proposal, proposal);
        });
        assert.equal(await kept(file), 0);
      }),
    );
  }

  it(
    'that are changed or missing make a damaged row, which cannot be decided',
    withFile(async (file) => {
      await using(file, ({ store }) => waiting(store));
      for (const sql of ["UPDATE edit_text SET body = 'harmful'", 'DELETE FROM edit_text']) {
        await tamper(file, (db) => db.exec(sql));
        await using(file, async ({ store }) => {
          await assert.rejects(call(store), hasCode('store_damaged_row', 'table tool_call'));
          await assert.rejects(approve(store), hasCode('store_damaged_row', '"a1"'));
        });
      }
    }),
  );
});

describe('arguments of a call', () => {
  const own = (file: string): Promise<unknown> =>
    tamper(file, (db) => db.prepare('SELECT args_text FROM tool_call').pluck().get());

  it(
    'lie in their message, and go back to the journal before that changes or goes',
    withFile(async (file) => {
      await using(file, async ({ store }) => {
        await seed(store);
        await store.putMessage(said(ARGS));
        await store.planCalls([planned]);
        assert.deepEqual([(await call(store))?.argsText, await own(file)], [ARGS, null]);
        await store.putMessage(said('{"path":"a.txt"}'));
        assert.deepEqual([(await call(store))?.argsText, await own(file)], [ARGS, ARGS]);
        await store.putMessage(said(ARGS));
        await store.planCalls([planned]);
        assert.equal(await own(file), null);
      });
      await tamper(file, (db) => db.exec("DELETE FROM message WHERE role = 'assistant'"));
      assert.equal(await own(file), ARGS);
    }),
  );

  it(
    'of a card stay what they were when the call is planned with others',
    withFile((file) =>
      using(file, async ({ store }) => {
        await waiting(store);
        await store.expireAction({ id: 'a1', turnId: 'turn1' }, 7);
        const other = edit(HUMANS);
        await store.planCalls([{ ...planned, argsText: '{"path":"b.txt"}', proposal: other }]);
        const now = await call(store);
        assert.deepEqual([now?.argsText, now?.proposal], ['{"path":"b.txt"}', other]);
        assert.deepEqual(await shown(store), asked);
      }),
    ),
  );

  it(
    'are a damaged row when their message is damaged',
    withFile(async (file) => {
      await using(file, ({ store }) => waiting(store));
      await tamper(file, (db) => {
        db.exec('DROP TRIGGER args_given_back');
        db.exec("UPDATE message SET body = '{oops' WHERE role = 'assistant'");
      });
      await using(file, ({ store }) =>
        assert.rejects(call(store), hasCode('store_damaged_row', 'table tool_call')),
      );
    }),
  );
});
