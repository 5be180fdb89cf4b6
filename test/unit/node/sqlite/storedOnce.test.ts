// Calls and cards of edits read as they were given, whatever is moved in whatever order, and the texts that are kept are
// exactly those of calls that are not settled: against a model that keeps everything.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { z } from 'zod';
import type { ActionRow, CallRow, Store } from '../../../../src/core/ports/store.ts';
import type { EditProposal, Proposal } from '../../../../src/protocol/calls.ts';
import type { Db } from '../../../../src/node/sqlite/database.ts';
import { systemTexts } from '../../../../src/node/system.ts';
import {
  assistantRow,
  newTurn,
  openAction,
  plannedCall,
  threadOf,
  userMessage,
} from '../../../contract/storeFixtures.ts';
import { tamper, using, withFile } from './support.ts';

const CALLS = ['c0', 'c1', 'c2'];
const long = (text: string): string => text.padEnd(400, `${text}\n`);
const TEXTS = [
  ...['a', 'é\u0000', '"\\u0000\\', '\r\n', '😀'].map(long),
  ...['', 'short', long('\ud83d'), long('b\ufeff')],
];
const ARGS = ['{}', '', '{"content":7', ...TEXTS.map((content) => JSON.stringify({ content }))];

const text = fc.nat(TEXTS.length - 1);
const step = fc.oneof(
  fc.record({ kind: fc.constant('plan'), call: fc.nat(2), text, base: text, args: fc.nat(20) }),
  fc.record({ kind: fc.constant('pause'), own: fc.boolean() }),
  fc.record({ kind: fc.constantFrom('claim', 'expire') }),
  fc.record({ kind: fc.constant('replace'), call: fc.nat(2), text, base: text }),
  fc.record({ kind: fc.constant('start'), call: fc.nat(2), text, base: text }),
  fc.record({ kind: fc.constantFrom('settle', 'unstart'), call: fc.nat(2) }),
  fc.record({ kind: fc.constant('say'), args: fc.array(fc.nat(20), { maxLength: 3 }) }),
  fc.record({ kind: fc.constant('end') }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const at = <T>(list: readonly T[], index: number): T => {
  const found = list[index % list.length];
  assert.ok(found !== undefined);
  return found;
};

function edit(newText: string, base: string): EditProposal {
  const [newHash, baseHash] = [systemTexts.sha256(newText), systemTexts.sha256(base)];
  return {
    ...{ kind: 'edit', change: 'modify', path: 'a', realPath: '/w/a', outside: false },
    ...{ protected: 'settings', baseHash, newHash, newText, encoding: 'utf8' },
    ...{ added: 1, removed: 1 },
  };
}

/** Whether a text lies apart, and so goes with its call. */
const goes = (newText: string | null): boolean =>
  newText !== null && newText.length > 256 && newText.isWellFormed();

/** What rows say of a proposal. */
function told<P extends Proposal | null>(proposal: P, open: boolean): P {
  if (open || proposal?.kind !== 'edit' || !goes(proposal.newText)) return proposal;
  return { ...proposal, newText: null };
}

class Model {
  readonly turnId: string;
  readonly calls = new Map<string, CallRow>();
  readonly actions: ActionRow[] = [];
  /** By call: the long texts that it was proposed on and that a pause kept. */
  readonly bases = new Map<string, Set<string>>();
  #count = 0;
  readonly #store: Store;

  constructor(store: Store, turnId: string) {
    this.#store = store;
    this.turnId = turnId;
  }

  async take(step: Step): Promise<void> {
    const store = this.#store;
    const { turnId } = this;
    const callId = 'call' in step ? at(CALLS, step.call) : 'c0';
    const turn = await store.getTurn(turnId);
    const call = this.calls.get(callId);
    const open = this.actions.find(({ state }) => state === 'open');
    assert.ok(turn);
    switch (step.kind) {
      case 'plan':
        return this.#plan(step, callId, turn.status);
      case 'pause': {
        const action = this.#action(step.own);
        if (await store.pauseTurn(action, turn.generation, undefined, this.#basesOf(action)))
          this.#opened(action);
        return;
      }
      case 'claim': {
        if (!open) return;
        const decided = { decisions: {}, decidedBy: 'w' };
        const claimed = await store.claimAction({ actionId: open.id, ...decided, at: 5 });
        assert.equal(claimed.kind, 'claimed');
        Object.assign(open, decided, { state: 'resolved', decidedAt: 5 });
        return;
      }
      case 'expire':
        if (open && (await store.expireAction(open, 6))) open.state = 'expired';
        return;
      case 'replace':
        return this.#replace(open, callId, edit(at(TEXTS, step.text), at(TEXTS, step.base)));
      case 'start': {
        const proposal = edit(at(TEXTS, step.text), at(TEXTS, step.base));
        const move = { turnId, callId, proposal, proposalHash: 'started', at: 7 };
        if (!(await store.startCall(move))) return;
        assert.ok(call);
        Object.assign(call, { proposal, proposalHash: 'started' });
        Object.assign(call, { state: 'started', startedAt: 7 });
        return;
      }
      case 'unstart':
        if (await store.unstartCall(turnId, callId))
          Object.assign(call ?? {}, { state: 'planned', startedAt: null });
        return;
      case 'settle': {
        const settled = { state: 'done', outcome: 'ok', result: 'Done.' } as const;
        if (await store.settleCall({ turnId, callId, ...settled, at: 8 }))
          Object.assign(call ?? {}, settled, { endedAt: 8 });
        return;
      }
      case 'say':
        return store.putMessage(this.#message(step.args.map((n) => at(ARGS, n))));
      case 'end':
        return this.#end(turn.generation);
    }
  }

  #message(args: string[]) {
    const { message, ...row } = assistantRow(this.turnId);
    assert.ok(message.role === 'assistant');
    const toolCalls = args.map((argsText, n) => ({ id: `c${n}`, name: 'write_file', argsText }));
    return { ...row, message: { ...message, toolCalls } };
  }

  async #plan(
    step: Extract<Step, { kind: 'plan' }>,
    callId: string,
    status: string,
  ): Promise<void> {
    const row = plannedCall({
      ...{ turnId: this.turnId, callId, index: CALLS.indexOf(callId) },
      argsText: at(ARGS, step.args),
      proposal: edit(at(TEXTS, step.text), at(TEXTS, step.base)),
    });
    await this.#store.planCalls([row]);
    const known = this.calls.get(callId);
    if (!['running', 'expired'].includes(status) || (known && known.state !== 'planned')) return;
    const columns = { outputHash: null, startedAt: null, endedAt: null };
    this.calls.set(callId, { ...row, ...columns, argsText: row.argsText.toWellFormed() });
  }

  /** A card of the calls as the journal has them, or one that says something of its own. */
  #action(own: boolean): ActionRow {
    const requests = [...this.calls.values()].map(({ callId, proposal, argsText, verdict }) => {
      assert.ok(proposal && verdict);
      const parsed = z.record(z.string(), z.unknown()).safeParse(jsonOf(argsText));
      const args = own || !parsed.success ? { content: long('own') } : parsed.data;
      return {
        ...{ callId, tool: 'write_file', args, proposalHash: `p${this.#count}` },
        proposal: own ? edit(long('own'), long('a')) : told(proposal, this.#isOpen(callId)),
        allowedDecisions: ['approve' as const],
        why: own ? { ...verdict, reason: 'own' } : verdict,
      };
    });
    const id = `${this.turnId}-a${(this.#count += 1)}`;
    return openAction({ id, turnId: this.turnId, requests });
  }

  #basesOf({ requests }: ActionRow): string[] {
    const hashes = requests.map(({ proposal }) =>
      proposal.kind === 'edit' ? proposal.baseHash : '',
    );
    return TEXTS.filter((base) => base.isWellFormed() && hashes.includes(systemTexts.sha256(base)));
  }

  #opened(action: ActionRow, others: { callId: string; proposal: Proposal }[] = []): void {
    this.actions.push(action);
    for (const { callId, proposal } of [...action.requests, ...others]) {
      if (!this.#isOpen(callId) || proposal.kind !== 'edit') continue;
      const bases = this.bases.get(callId) ?? new Set();
      this.bases.set(callId, bases.add(proposal.baseHash ?? ''));
    }
  }

  async #replace(open: ActionRow | undefined, callId: string, proposal: EditProposal) {
    if (!open) return;
    const action = this.#action(false);
    const requests = action.requests.map((request) =>
      request.callId === callId && this.#isOpen(callId) ? { ...request, proposal } : request,
    );
    const again = { ...action, requests };
    const calls = [{ callId, proposal, proposalHash: 'again' }];
    const bases = this.#basesOf({ ...again, requests: [...requests] });
    const move = { actionId: open.id, action: again, calls, bases };
    if (!(await this.#store.replaceAction(move))) return;
    open.state = 'cancelled';
    const call = this.calls.get(callId);
    if (call?.state === 'planned') Object.assign(call, { proposal, proposalHash: 'again' });
    this.#opened(again);
  }

  async #end(generation: number): Promise<void> {
    const from = ['running', 'paused', 'expired'] as const;
    const end = { status: 'cancelled', code: null, message: null, at: 9, closing: [] } as const;
    if (!(await this.#store.endTurn({ turnId: this.turnId, generation, from, ...end }))) return;
    for (const action of this.actions) if (action.state === 'open') action.state = 'cancelled';
    const rows = new Map((await this.#store.callsOfTurn(this.turnId)).map((r) => [r.callId, r]));
    for (const call of this.calls.values()) {
      const { state, outcome, result, endedAt } = rows.get(call.callId) ?? call;
      if (this.#isOpen(call.callId)) Object.assign(call, { state, outcome, result, endedAt });
    }
  }

  #isOpen(callId: string): boolean {
    return ['planned', 'started'].includes(this.calls.get(callId)?.state ?? '');
  }

  async check(db: Db): Promise<void> {
    const { turnId } = this;
    const calls = [...this.calls.values()];
    const expected = calls.map((row) => {
      return { ...row, proposal: told(row.proposal, this.#isOpen(row.callId)) };
    });
    assert.deepEqual(new Set(await this.#store.callsOfTurn(turnId)), new Set(expected));
    const shown = this.actions.map((action) => {
      const requests = action.requests.map((request) => {
        return { ...request, proposal: told(request.proposal, this.#isOpen(request.callId)) };
      });
      return { ...action, requests, threadId: threadOf(turnId) };
    });
    assert.deepEqual(await this.#store.actionsOfThread(threadOf(turnId)), shown);
    for (const [callId, bases] of this.bases) {
      if (!this.#isOpen(callId)) continue;
      const texts = TEXTS.filter(
        (base) => base.isWellFormed() && bases.has(systemTexts.sha256(base)),
      );
      for (const base of texts)
        assert.equal(await this.#store.getText(turnId, systemTexts.sha256(base)), base);
    }
    const kept = db.prepare('SELECT DISTINCT call_id FROM edit_text WHERE turn_id = ?').pluck();
    const settled = z
      .array(z.string())
      .parse(kept.all(turnId))
      .filter((id) => !this.#isOpen(id));
    assert.deepEqual(settled, []);
  }
}

function jsonOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

describe('what is stored once', () => {
  it(
    'reads as it was given after every move, and nothing is kept of what is settled',
    withFile((file) =>
      using(file, async ({ store }) => {
        let n = 0;
        await fc.assert(
          fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 16 }), async (steps) => {
            const turnId = `turn ${(n += 1)}`;
            const threadId = threadOf(turnId);
            await store.createThread({ id: threadId, title: null, createdAt: 1, updatedAt: 1 });
            await store.createTurn(newTurn(turnId, threadId), userMessage());
            const model = new Model(store, turnId);
            await tamper(file, async (db) => {
              for (const each of steps) {
                await model.take(each);
                await model.check(db);
              }
            });
          }),
          { numRuns: 250 },
        );
      }),
    ),
  ).timeout(60_000);
});
