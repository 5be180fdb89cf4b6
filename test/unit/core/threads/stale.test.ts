// Files that change while an edit waits: nothing is written over anybody's change, and what is written was shown.
import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { openBench, useBench, type Bench } from '../agent/support.ts';
import type { ActionRow } from '../../../../src/core/ports/store.ts';
import type { ActionRequest, Decisions, EditProposal } from '../../../../src/protocol/calls.ts';
import type { CardDraft } from '../../../../src/protocol/drafts.ts';
import type { Refusal } from '../../../../src/core/agent/submission.ts';

const BASE = 'one\ntwo\nthree\nfour\nfive\n';
const approve = { type: 'approve' } as const;
const edit = (id: string, from: string, to: string) => ({
  ...{ id, name: 'edit_file' },
  args: { path: 'a.txt', old_string: from, new_string: to },
});

describe('stale edits', () => {
  const bench = useBench({ 'a.txt': BASE });
  const write = (text: string | Uint8Array): Promise<void> => writeFile(bench().at('a.txt'), text);
  const text = (): Promise<string> => readFile(bench().at('a.txt'), 'utf8');

  async function waits(
    ...calls: { id: string; name: string; args: unknown }[]
  ): Promise<ActionRow> {
    bench().say({ calls }, { text: 'Done' });
    await bench().run();
    return bench().action();
  }

  async function refused(action: ActionRow, decisions: Decisions, b = bench()): Promise<Refusal> {
    const outcome = await b.engine.submit({ actionId: action.id, decisions }, 'test');
    assert.ok(!outcome.ok, 'refused');
    return outcome.refusal;
  }

  async function done(action: ActionRow, decisions: Decisions, b: Bench = bench()): Promise<void> {
    const outcome = await b.engine.submit({ actionId: action.id, decisions }, 'test');
    assert.ok(outcome.ok, outcome.ok ? '' : outcome.refusal.message);
    await outcome.done;
  }

  const result = async (action: ActionRow): Promise<string> =>
    (await bench().results(action.turnId)).map((message) => message.text).join('\n');

  function proposal(request: ActionRequest | undefined): EditProposal {
    assert.ok(request?.proposal.kind === 'edit');
    return request.proposal;
  }

  it('refuses, consumes nothing, and shows the merge as a new action that can be approved', async () => {
    const action = await waits(edit('c1', 'two', 'TWO'));
    await write(`${BASE}six\n`);
    const refusal = await refused(action, { c1: approve });
    assert.equal(refusal.code, 'stale');
    assert.match(refusal.message, /a\.txt/);
    assert.deepEqual(refusal.callIds, ['c1']);
    const again = await bench().action();
    assert.equal(refusal.actionId, again.id);
    assert.equal((await bench().deps.store.getAction(action.id))?.state, 'cancelled');
    const [request] = again.requests;
    assert.match(
      request?.note ?? '',
      /^a\.txt changed after this was shown\. What is shown now keeps/,
    );
    const merged = `${BASE.replace('two', 'TWO')}six\n`;
    assert.equal(proposal(request).newText, merged);
    assert.deepEqual([proposal(request).added, proposal(request).removed], [1, 1]);
    assert.equal(
      await bench().deps.store.getText(action.turnId, proposal(request).baseHash ?? ''),
      `${BASE}six\n`,
    );
    assert.equal((await refused(action, { c1: approve })).code, 'wrong_action');
    await done(again, { c1: approve });
    assert.equal(await text(), merged);
    assert.match(await result(action), /The file had changed since you read it/);
  });

  it('shows it again as often as the file changes', async () => {
    const action = await waits(edit('c1', 'two', 'TWO'));
    await write(`${BASE}six\n`);
    await refused(action, { c1: approve });
    const second = await bench().action();
    await write(`zero\n${BASE}six\n`);
    assert.equal((await refused(second, { c1: approve })).code, 'stale');
    const third = await bench().action();
    await done(third, { c1: approve });
    assert.equal(await text(), `zero\n${BASE.replace('two', 'TWO')}six\n`);
  });

  it('a merge counts although the arguments of the model do not match the file any more', async () => {
    const action = await waits(edit('c1', 'one\ntwo\nthree\nfour', 'one\ntwo\nthree\nFOUR'));
    await write(BASE.replace('one', 'ONE'));
    await refused(action, { c1: approve });
    await done(await bench().action(), { c1: approve });
    assert.equal(await text(), 'ONE\ntwo\nthree\nFOUR\nfive\n');
  });

  it('in a conflict the arguments count where they still name exactly what they replace', async () => {
    const action = await waits(edit('c1', 'two', 'TWO'));
    await write(BASE.replace('one', 'ONE'));
    await refused(action, { c1: approve });
    const again = await bench().action();
    assert.ok(again.requests[0]?.allowedDecisions.includes('approve'));
    await done(again, { c1: approve });
    assert.equal(await text(), 'ONE\nTWO\nthree\nfour\nfive\n');
  });

  it('a conflict cannot be approved as it is; the human’s own text is written', async () => {
    const action = await waits(edit('c1', 'two', 'TWO'));
    await write(BASE.replace('two', 'zwei'));
    await refused(action, { c1: approve });
    const again = await bench().action();
    const [request] = again.requests;
    assert.deepEqual(request?.allowedDecisions, ['edit', 'reject', 'respond']);
    assert.match(request.note ?? '', /in the same lines/);
    assert.equal((await refused(again, { c1: approve })).code, 'not_allowed');
    await done(again, { c1: { type: 'edit', content: BASE.replace('two', 'zwei, TWO') } });
    assert.equal(await text(), BASE.replace('two', 'zwei, TWO'));
  });

  it('a conflict shows both sides between markers, and no text that still has it is taken', async () => {
    const action = await waits(edit('c1', 'two', 'TWO'));
    const theirs = BASE.replace('two', 'zwei');
    await write(theirs);
    await refused(action, { c1: approve });
    const again = await bench().action();
    const marked = proposal(again.requests[0]).newText ?? '';
    assert.match(
      marked,
      /<<<<<<< proposed\nTWO\n\|{7} [^]*\ntwo\n======= in the file now\nzwei\n>>>>>>> /,
    );
    const submitText = (content: string): Promise<Refusal> =>
      refused(again, { c1: { type: 'edit', content } });
    for (const content of [marked, marked.replace(/^=.*\n/m, ''), BASE]) {
      const { code, callIds } = await submitText(content);
      assert.deepEqual([code, callIds], ['unsettled', ['c1']]);
    }
    assert.equal(await text(), theirs, 'nothing is written');
    // It changes once more, elsewhere: what was typed and the conflict stay.
    await write(`${theirs}more\n`);
    const typed = BASE.replace('two', 'zwei, TWO');
    await refused(again, { c1: { type: 'edit', content: typed } });
    const third = await bench().action();
    const [request] = third.requests;
    assert.equal(proposal(request).conflict, true);
    assert.ok(!request?.allowedDecisions.includes('approve'));
    const [draft] = await bench().deps.store.draftsOfAction(third.id);
    assert.match(draft?.content ?? '', /zwei, TWO[^]*more/);
    const content = `${BASE.replace('two', 'zwei, TWO')}more\n`;
    await done(third, { c1: { type: 'edit', content } });
    assert.equal(await text(), content);
  });

  it('what the human typed clashes where the agent’s text does not: its markers are never written', async () => {
    const action = await waits(edit('c1', 'two', 'TWO'));
    const theirs = BASE.replace('four', 'vier');
    await write(theirs);
    const content = BASE.replace('two', 'TWO').replace('four', 'FOUR');
    await refused(action, { c1: { type: 'edit', content } });
    const again = await bench().action();
    const [draft] = await bench().deps.store.draftsOfAction(again.id);
    assert.match(draft?.content ?? '', /FOUR[^]*vier/);
    const typed = { type: 'edit', content: draft?.content ?? '' } as const;
    assert.equal((await refused(again, { c1: typed })).code, 'unsettled');
    assert.equal(await text(), theirs);
    const settled = BASE.replace('two', 'TWO').replace('four', 'FOUR, vier');
    await done(again, { c1: { type: 'edit', content: settled } });
    assert.equal(await text(), settled);
  });

  it('the agent’s text clashes where the human’s does not: without theirs it cannot be approved', async () => {
    const action = await waits(edit('c1', 'two', 'TWO'));
    await write(BASE.replace('two', 'zwei'));
    await refused(action, { c1: { type: 'edit', content: BASE.replace('four', 'FOUR') } });
    const again = await bench().action();
    assert.ok(!again.requests[0]?.allowedDecisions.includes('approve'));
    assert.equal(proposal(again.requests[0]).conflict, true);
    const [draft] = await bench().deps.store.draftsOfAction(again.id);
    const content = BASE.replace('two', 'zwei').replace('four', 'FOUR');
    assert.equal(draft?.content, content);
    await done(again, { c1: { type: 'edit', content } });
    assert.equal(await text(), content);
  });

  it('what settled a conflict is not asked for again when the file changes elsewhere', async () => {
    const action = await waits(edit('c1', 'two', 'TWO'));
    const theirs = BASE.replace('two', 'zwei');
    await write(theirs);
    await refused(action, { c1: approve });
    const again = await bench().action();
    await write(`${theirs}more\n`);
    const settled = BASE.replace('two', 'zwei, TWO');
    await refused(again, { c1: { type: 'edit', content: settled } });
    const third = await bench().action();
    const [draft] = await bench().deps.store.draftsOfAction(third.id);
    assert.equal(draft?.content, `${settled}more\n`);
  });

  it('a conflict that is gone with the next change can be approved again', async () => {
    const action = await waits(edit('c1', 'two', 'TWO'));
    await write(BASE.replace('two', 'zwei'));
    await refused(action, { c1: approve });
    const again = await bench().action();
    await write(`zero\n${BASE}`);
    const content = BASE.replace('two', 'zwei TWO');
    await refused(again, { c1: { type: 'edit', content } });
    const third = await bench().action();
    assert.equal(proposal(third.requests[0]).conflict, undefined);
    assert.equal(proposal(third.requests[0]).newText, `zero\n${BASE.replace('two', 'TWO')}`);
  });

  it('what was merely overwritten whole is a conflict, never described anew', async () => {
    const args = { path: 'a.txt', content: BASE.replace('two', 'TWO') };
    const action = await waits({ id: 'c1', name: 'write_file', args });
    await write(BASE.replace('two', 'zwei'));
    await refused(action, { c1: approve });
    const [request] = (await bench().action()).requests;
    assert.ok(!request?.allowedDecisions.includes('approve'));
    const again = await bench().action();
    const { code } = await refused(again, { c1: { type: 'edit', args } });
    assert.equal(code, 'unsettled', 'nor by its arguments as they were');
    assert.equal(await text(), BASE.replace('two', 'zwei'));
  });

  it('a file that is gone, or binary by now', async () => {
    const action = await waits(edit('c1', 'two', 'TWO'));
    await rm(bench().at('a.txt'));
    assert.equal((await refused(action, { c1: approve })).code, 'stale');
    const gone = await bench().action();
    assert.match(gone.requests[0]?.note ?? '', /was deleted/);
    assert.deepEqual(gone.requests[0]?.allowedDecisions, ['edit', 'reject', 'respond']);
    await write(new Uint8Array([0, 1, 2, 0]));
    const mine = { c1: { type: 'edit', content: 'mine\n' } } as const;
    assert.equal((await refused(gone, mine)).code, 'stale');
    const binary = await bench().action();
    assert.match(binary.requests[0]?.note ?? '', /binary/);
    assert.deepEqual(binary.requests[0]?.allowedDecisions, ['reject', 'respond']);
    await done(binary, { c1: { type: 'reject' } });
    assert.deepEqual([...(await readFile(bench().at('a.txt')))], [0, 1, 2, 0]);
  });

  it('a new file that somebody else created meanwhile', async () => {
    const args = { path: 'new.txt', content: 'agent\n' };
    const action = await waits({ id: 'c1', name: 'write_file', args });
    await writeFile(bench().at('new.txt'), 'someone\n');
    await refused(action, { c1: approve });
    const again = await bench().action();
    assert.equal(proposal(again.requests[0]).change, 'modify');
    assert.ok(!again.requests[0]?.allowedDecisions.includes('approve'));
    await done(again, { c1: { type: 'edit', content: 'someone\nagent\n' } });
    assert.equal(await readFile(bench().at('new.txt'), 'utf8'), 'someone\nagent\n');
  });

  it('a deletion shows what would be deleted now; of a file that is gone it is hopeless', async () => {
    const action = await waits({ id: 'c1', name: 'delete_file', args: { path: 'a.txt' } });
    await write('other\n');
    await refused(action, { c1: approve });
    const again = await bench().action();
    assert.equal(proposal(again.requests[0]).removed, 1);
    await rm(bench().at('a.txt'));
    await refused(again, { c1: approve });
    const gone = await bench().action();
    assert.deepEqual(gone.requests[0]?.allowedDecisions, ['reject', 'respond']);
    await write('back\n');
    const back = await refused(gone, { c1: approve });
    assert.equal(back.code, 'not_allowed', 'what was shown was nothing');
    await done(gone, { c1: { type: 'reject' } });
    assert.equal(await text(), 'back\n');
  });

  it('what is rejected or answered is not looked at again', async () => {
    const action = await waits(edit('c1', 'two', 'TWO'));
    await write('other\n');
    await done(action, { c1: { type: 'reject' } });
    assert.equal(await text(), 'other\n');
  });

  it('edits of one file are shown anew as a chain', async () => {
    const action = await waits(edit('c1', 'one', 'ONE'), edit('c2', 'three', 'THREE'));
    await write(`${BASE}six\n`);
    await refused(action, { c1: approve, c2: approve });
    const again = await bench().action();
    const [first, second] = again.requests.map(proposal);
    assert.equal(first?.newText, 'ONE\ntwo\nthree\nfour\nfive\nsix\n');
    assert.equal(second?.baseHash, first.newHash);
    await done(again, { c1: approve, c2: approve });
    assert.equal(await text(), 'ONE\ntwo\nTHREE\nfour\nfive\nsix\n');
  });

  it('drafts of calls that are shown as before stay; typed text is merged and offered again', async () => {
    const other = { id: 'n', name: 'write_file', args: { path: 'n.txt', content: 'n\n' } };
    const action = await waits(edit('c1', 'two', 'TWO'), other);
    const { store } = bench().deps;
    const card: CardDraft = {
      ...{
        form: 'none' as const,
        reason: 'kept',
        respond: '',
        args: null,
        selected: [],
        other: false,
      },
      ...{ freeText: '', decision: approve },
    };
    for (const { callId, proposalHash } of action.requests) {
      await store.putDraft({ actionId: action.id, callId, proposalHash, card, at: 1 });
    }
    await write(`${BASE}six\n`);
    const typed = { type: 'edit', content: BASE.replace('two', 'mine') } as const;
    await refused(action, { c1: typed, n: approve });
    const again = await bench().action();
    const drafts = await store.draftsOfAction(again.id);
    assert.deepEqual(
      drafts.map(({ callId, card: kept, content }) => [callId, kept?.reason, content]),
      [
        ['c1', undefined, `${BASE.replace('two', 'mine')}six\n`],
        ['n', 'kept', null],
      ],
    );
    await done(again, { c1: { type: 'edit', content: drafts[0]?.content ?? '' }, n: approve });
    assert.equal(await text(), `${BASE.replace('two', 'mine')}six\n`);
  });

  it('of two decisions at once on a stale batch one shows it anew, the other is told', async () => {
    const action = await waits(edit('c1', 'two', 'TWO'));
    await write(`${BASE}six\n`);
    const both = await Promise.all([
      refused(action, { c1: approve }),
      refused(action, { c1: approve }),
    ]);
    assert.deepEqual(both.map(({ code }) => code).sort(), ['stale', 'wrong_action']);
    assert.equal((await bench().deps.store.openActions()).length, 1);
  });

  it('whatever agent and human do to a file: both stay, or nobody approves it; written is what was shown', async function () {
    this.timeout(120_000);
    const change = fc.record({ at: fc.nat(9), remove: fc.nat(2), insert: fc.nat(2) });
    const changed = (lines: readonly string[], { at, remove, insert }: Change, mark: string) =>
      lines.toSpliced(at, remove, ...Array.from({ length: insert }, (_, n) => `${mark}${n}`));
    type Change = { at: number; remove: number; insert: number };
    const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
    const base = Array.from({ length: 9 }, (_, at) => (at % 3 === 2 ? '}' : `line ${at}`));
    let approved = 0;
    const b = await openBench({ 'a.txt': joined(base) });
    const file = b.at('a.txt');
    try {
      await fc.assert(
        fc.asyncProperty(change, change, async (one, two) => {
          const [agents, humans] = [changed(base, one, 'agent'), changed(base, two, 'human')];
          fc.pre(joined(agents) !== joined(base));
          await writeFile(file, joined(base));
          const args = { path: 'a.txt', content: joined(agents) };
          b.say({ calls: [{ id: 'c1', name: 'write_file', args }] }, { text: 'Done' });
          await b.run();
          const action = await b.action();
          await writeFile(file, joined(humans));
          const outcome = await b.engine.submit(
            { actionId: action.id, decisions: { c1: approve } },
            't',
          );
          if (outcome.ok) {
            await outcome.done;
            assert.equal(joined(humans), joined(base), 'only what was not changed');
            assert.equal(await readFile(file, 'utf8'), joined(agents));
            return;
          }
          assert.equal(outcome.refusal.code, 'stale');
          assert.equal(await readFile(file, 'utf8'), joined(humans), 'nothing is written');
          const again = await b.action();
          const shown = proposal(again.requests[0]).newText;
          if (again.requests[0]?.allowedDecisions.includes('approve') !== true) {
            await done(again, { c1: { type: 'reject' } }, b);
            assert.equal(await readFile(file, 'utf8'), joined(humans));
            return;
          }
          approved += 1;
          await done(again, { c1: approve }, b);
          const written = (await readFile(file, 'utf8')).split('\n');
          assert.equal(written.join('\n'), shown);
          for (const line of [...agents, ...humans].filter((known) => !base.includes(known))) {
            assert.ok(written.includes(line), `${line} is lost`);
          }
        }),
        { numRuns: 25 },
      );
      assert.ok(approved > 2, `${approved} merged`);
    } finally {
      await b.dispose();
    }
  });
});
