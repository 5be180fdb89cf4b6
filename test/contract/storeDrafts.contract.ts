// Drafts of decisions, what was decided in a turn, and the numbers of windows, over any Store.
import assert from 'node:assert/strict';
import type { DraftRow, PutDraft } from '../../src/core/ports/draftStore.ts';
import type { Store } from '../../src/core/ports/store.ts';
import type { CardDraft } from '../../src/protocol/drafts.ts';
import { endTurn, openAction, request, seedPaused } from './storeFixtures.ts';
import { withSubject, type MakeSubject } from './storeSubject.ts';

export const cardDraft = (changes: Partial<CardDraft> = {}): CardDraft => ({
  ...{ form: 'reject', reason: 'ü\u2028 not so', respond: '', args: null },
  ...{ selected: [], other: false, freeText: '', decision: null },
  ...changes,
});

const put = (changes: Partial<PutDraft> = {}): PutDraft => ({
  ...{ actionId: 'a1', callId: 'c1', proposalHash: 'p1', at: 160 },
  ...changes,
});

const row = (changes: Partial<DraftRow> = {}): DraftRow => ({
  ...{ actionId: 'a1', callId: 'c1', proposalHash: 'p1', updatedAt: 160 },
  ...{ card: cardDraft(), content: null },
  ...changes,
});

export function storeDraftsContract(make: MakeSubject): void {
  keptDrafts(make);
  goneDrafts(make);
  movedDrafts(make);
  decidedContract(make);
  windowsContract(make);
}

function keptDrafts(make: MakeSubject): void {
  describe('drafts', () => {
    it(
      'are kept per call, part by part, for every window and after the file is opened again',
      withSubject(make, async (subject) => {
        await seedPaused(subject.store, { requests: [request('c1'), request('c2')] });
        const second = await subject.openSecond();
        assert.deepEqual(await subject.store.putDraft(put({ card: cardDraft() })), row());
        const both = row({ content: 'mine', updatedAt: 170 });
        assert.deepEqual(await second.putDraft(put({ content: 'mine', at: 170 })), both);
        const other = cardDraft({ decision: { type: 'approve' } });
        await second.putDraft(put({ callId: 'c2', card: other }));
        const all = [both, row({ callId: 'c2', card: other })];
        assert.deepEqual(await subject.store.draftsOfAction('a1'), all);
        await subject.reopen();
        assert.deepEqual(await subject.store.draftsOfAction('a1'), all);
      }),
    );
    it(
      'the last writer wins; a draft with nothing in it is no row',
      withSubject(make, async ({ store }) => {
        await seedPaused(store);
        await store.putDraft(put({ card: cardDraft(), content: 'x' }));
        await store.putDraft(put({ card: cardDraft({ reason: 'last' }), content: null }));
        const [kept] = await store.draftsOfAction('a1');
        assert.deepEqual([kept?.card?.reason, kept?.content], ['last', null]);
        const emptied = await store.putDraft(put({ card: null }));
        assert.deepEqual([emptied?.card, emptied?.content], [null, null]);
        assert.deepEqual(await store.draftsOfAction('a1'), []);
      }),
    );
    it(
      'are refused about anything but a call of an open action, as it was shown',
      withSubject(make, async ({ store }) => {
        await seedPaused(store);
        const refused = [
          put({ actionId: 'absent' }),
          put({ callId: 'absent' }),
          put({ proposalHash: 'p2' }),
        ];
        for (const draft of refused) {
          assert.equal(await store.putDraft({ ...draft, card: cardDraft() }), undefined);
        }
        assert.deepEqual(await store.draftsOfAction('a1'), []);
      }),
    );
  });
}

const claim = { actionId: 'a1', decisions: {}, decidedBy: 'w', at: 180 };

function goneDrafts(make: MakeSubject): void {
  const closings: [string, (store: Store) => Promise<unknown>][] = [
    ['decided', (store) => store.claimAction(claim)],
    ['stopped', (store) => store.endTurn(endTurn({ generation: 2, from: ['paused'] }))],
  ];
  for (const [how, close] of closings) {
    it(
      `drafts go when their action is ${how}, and none comes after`,
      withSubject(make, async ({ store }) => {
        await seedPaused(store);
        await seedPaused(store, { id: 'a2', turnId: 'turn2' });
        await store.putDraft(put({ card: cardDraft() }));
        await store.putDraft(put({ actionId: 'a2', card: cardDraft() }));
        await close(store);
        assert.deepEqual(await store.draftsOfAction('a1'), []);
        assert.equal(await store.putDraft(put({ card: cardDraft() })), undefined);
        assert.deepEqual(await store.draftsOfAction('a1'), []);
        assert.equal((await store.draftsOfAction('a2')).length, 1);
      }),
    );
  }
}

function movedDrafts(make: MakeSubject): void {
  const asked = [request('c1'), { ...request('c2'), proposalHash: 'changed' }, request('c3')];

  async function expiredWithDrafts(store: Store): Promise<void> {
    const requests = [request('c1'), request('c2'), request('c3')];
    await seedPaused(store, { requests, expiresAt: 200 });
    for (const callId of ['c1', 'c2']) await store.putDraft(put({ callId, card: cardDraft() }));
    assert.deepEqual(await store.expireActions(200), ['a1']);
    assert.equal((await store.draftsOfAction('a1')).length, 2, 'expiry loses nothing');
    assert.equal(await store.putDraft(put({ card: cardDraft({ reason: 'late' }) })), undefined);
  }

  it(
    'asked again, drafts of calls that are shown unchanged are there, in the same transaction',
    withSubject(make, async ({ store }) => {
      await expiredWithDrafts(store);
      assert.equal(await store.pauseTurn(openAction({ id: 'a2', requests: asked }), 3), true);
      assert.deepEqual(await store.draftsOfAction('a2'), [row({ actionId: 'a2' })]);
      assert.deepEqual(await store.draftsOfAction('a1'), []);
    }),
  );
  it(
    'stopped after it expired, its drafts go, too',
    withSubject(make, async ({ store }) => {
      await expiredWithDrafts(store);
      assert.equal(await store.endTurn(endTurn({ generation: 3, from: ['expired'] })), true);
      assert.deepEqual(await store.draftsOfAction('a1'), []);
    }),
  );
}

function decidedContract(make: MakeSubject): void {
  it(
    'says what was decided in a turn, where and when, oldest first',
    withSubject(make, async ({ store }) => {
      await seedPaused(store);
      assert.deepEqual(await store.decisionsOfTurn('turn1'), []);
      const decisions = { c1: { type: 'reject', reason: 'no' } } as const;
      await store.claimAction({ ...claim, decisions });
      await store.pauseTurn(openAction({ id: 'a2', batchId: 'm2' }), 3);
      await store.claimAction({ ...claim, actionId: 'a2', decidedBy: 'v', at: 190 });
      assert.deepEqual(await store.decisionsOfTurn('turn1'), [
        { decisions, decidedBy: 'w', decidedAt: 180 },
        { decisions: {}, decidedBy: 'v', decidedAt: 190 },
      ]);
    }),
  );
}

function windowsContract(make: MakeSubject): void {
  it(
    'numbers the windows on one state; a number is free again when its window is gone',
    withSubject(make, async ({ store, openSecond }) => {
      assert.equal(await store.joinWindow(), 1);
      assert.equal(await store.joinWindow(), 1);
      const second = await openSecond();
      assert.equal(await second.joinWindow(), 2);
      second.dispose();
      const third = await openSecond();
      const fourth = await openSecond();
      assert.deepEqual(await Promise.all([third.joinWindow(), fourth.joinWindow()]), [2, 3]);
    }),
  );
}
