// Hunks of an edit kept or dropped, through the engine: the file gets exactly the kept ones, in a batch too.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { openBench, useBench } from './support.ts';
import { alreadyDecided } from '../../../../src/core/agent/submission.ts';
import { threadItems } from '../../../../src/core/panel/items.ts';
import { applyHunks } from '../../../../src/protocol/hunks.ts';
import type { Decision, Decisions } from '../../../../src/protocol/calls.ts';

const seed = Number(process.env['COUNTERSIGN_SEED'] ?? 1);
const numRuns = Number(process.env['HUNK_FILES'] ?? 25);
const BOM = '\uFEFF';

const lines = (text: string): string => `${[...text].join('\n')}\n`;
const writes = (content: string): { name: string; args: unknown } => ({
  name: 'write_file',
  args: { path: 'l.txt', content },
});

describe('decisions by hunks', () => {
  const bench = useBench();
  const file = (): string => readFileSync(bench().at('l.txt'), 'utf8');

  async function decide(
    calls: readonly { name: string; args: unknown }[],
    decisions: readonly Decision[],
    at = bench(),
  ): Promise<{ text: string; status: string }[]> {
    at.say({ calls: calls.map((call, n) => ({ id: `c${n}`, ...call })) }, { text: 'Done' });
    const { turnId } = await at.run();
    const { id: actionId } = await at.action();
    const byId: Decisions = Object.fromEntries(decisions.map((one, n) => [`c${n}`, one]));
    const submitted = await at.engine.submit({ actionId, decisions: byId }, 'test');
    assert.ok(submitted.ok, JSON.stringify(submitted));
    await submitted.done;
    return at.results(turnId);
  }

  it('exactly the kept ones are written, and the model is told what was dropped', async () => {
    writeFileSync(bench().at('l.txt'), lines('abcdefghij'));
    const [result] = await decide([writes(lines('AbcDefGhij'))], [{ type: 'edit', hunks: [0, 2] }]);
    assert.equal(file(), lines('AbcdefGhij'));
    assert.equal(result?.status, 'ok');
    assert.match(result.text, /1 line added|2 lines added/);
    assert.match(result.text, /^-D$/m);
    assert.match(result.text, /^\+d$/m);
  });

  it('how many were kept of how many stays with the decision, whatever became of the proposal', async () => {
    writeFileSync(bench().at('l.txt'), lines('abcdefghij'));
    await decide([writes(lines('AbcDefGhij'))], [{ type: 'edit', hunks: [0, 2] }]);
    const { store } = bench().deps;
    const [thread] = await store.listThreads();
    const rows = await store.threadRows(thread?.id ?? '', null);
    assert.deepEqual(
      rows.decisions.map(({ hunks }) => hunks),
      [{ c0: 3 }],
    );
    const said = threadItems(rows).items.flatMap((item) =>
      item.kind === 'call' ? [item.decided?.text] : [],
    );
    assert.deepEqual(said, ['Approved 2 of 3 changes']);
    const [action] = await store.actionsOfThread(thread?.id ?? '');
    assert.ok(action);
    assert.match(alreadyDecided(action).message, /: approved 2 of 3 changes\./);
  });

  it('hunks that are not the edit’s, the same twice or none are refused, and what waits goes on waiting', async () => {
    writeFileSync(bench().at('l.txt'), lines('abcdefghij'));
    bench().say({ calls: [{ id: 'c', ...writes(lines('AbcDefGhij')) }] });
    await bench().run();
    const { id: actionId } = await bench().action();
    const both = { type: 'edit' as const, hunks: [0], content: 'x' };
    const wrong = [[3], [0, 0], []].map((hunks) => ({ type: 'edit' as const, hunks }));
    for (const decision of [...wrong, both]) {
      const submitted = await bench().engine.submit(
        { actionId, decisions: { c: decision } },
        'test',
      );
      assert.ok(!submitted.ok, JSON.stringify(decision));
    }
    assert.equal((await bench().action()).id, actionId);
    assert.equal(file(), lines('abcdefghij'));
  });

  it('a later edit of the batch stands on what was kept of the earlier one', async () => {
    writeFileSync(bench().at('l.txt'), lines('abcdefghij'));
    const calls = [writes(lines('AbcDefGhij')), writes(lines('AbcDefGhiJ'))];
    const [, second] = await decide(calls, [{ type: 'edit', hunks: [1] }, { type: 'approve' }]);
    assert.equal(second?.status, 'ok', second?.text);
    assert.match(second.text, /decided otherwise than you proposed/);
    assert.equal(file(), lines('abcDefghiJ'));
  });

  it('a later edit of what a rejected one would have brought is not written', async () => {
    writeFileSync(bench().at('l.txt'), lines('abc'));
    const replace = (from: string, to: string): { name: string; args: unknown } => ({
      name: 'edit_file',
      args: { path: 'l.txt', old_string: from, new_string: to },
    });
    const calls = [replace('b', 'new'), replace('new', 'newer')];
    const results = await decide(calls, [{ type: 'reject' }, { type: 'approve' }]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['error', 'error'],
    );
    assert.equal(file(), lines('abc'));
  });

  it('any texts, any choice: line ends, last line and byte order mark stay as they are', async function () {
    this.timeout(60_000);
    const line = fc.constantFrom('a', 'b', 'é', '\u{1f600}', '', '}');
    const text = fc
      .tuple(
        fc.array(line, { minLength: 1, maxLength: 12 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
      )
      .map(([all, end, ended]) => all.join(end) + (ended ? end : ''));
    const options = fc.tuple(
      text,
      text,
      fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
      fc.boolean(),
    );
    const one = fc.asyncProperty(options, async ([before, after, choices, bom]) => {
      // What is written keeps the line ends of the file, so that texts without one must differ.
      fc.pre(before !== '' && before.replaceAll('\r', '') !== after.replaceAll('\r', ''));
      const own = await openBench({ 'l.txt': (bom ? BOM : '') + before });
      try {
        own.say({ calls: [{ id: 'c', ...writes(after) }] }, { text: 'Done' });
        await own.run();
        const { id: actionId, requests } = await own.action();
        const proposal = requests[0]?.proposal;
        assert.ok(proposal?.kind === 'edit' && proposal.hunks !== undefined);
        const { hunks, newText } = proposal;
        const kept = [...hunks.keys()].filter((index) => index === 0 || choices[index] === true);
        const decisions = { c: { type: 'edit' as const, hunks: kept } };
        const submitted = await own.engine.submit({ actionId, decisions }, 'test');
        assert.ok(submitted.ok, JSON.stringify(submitted));
        await submitted.done;
        const expected = applyHunks({ before, after: newText ?? '' }, hunks, new Set(kept));
        assert.equal(readFileSync(own.at('l.txt'), 'utf8'), (bom ? BOM : '') + expected);
      } finally {
        await own.dispose();
      }
    });
    await fc.assert(one, { seed, numRuns });
  });
});
