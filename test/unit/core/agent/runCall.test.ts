// Steps 7 to 9 of a call, through the engine: what was decided is what happens, once, and the model is told so.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { assertWhole, useBench } from './support.ts';
import type { Decision } from '../../../../src/protocol/calls.ts';
import type { ToolMessage } from '../../../../src/core/agent/message.ts';

const approve: Decision = { type: 'approve' };

describe('a decided call', () => {
  const bench = useBench({ 'a.txt': 'one\ntwo\n', 'dir/b.txt': 'b\n' });
  const text = (name: string): string => readFileSync(bench().at(name), 'utf8');

  async function decide(
    call: { name: string; args: unknown },
    decision: Decision,
    between: () => void = () => undefined,
  ): Promise<ToolMessage & { state: string | undefined; outcome: string | null | undefined }> {
    const { say, run, action, engine, results, deps } = bench();
    say({ calls: [{ id: 'c', ...call }] }, { text: 'Done' });
    const { turnId } = await run();
    const { id: actionId } = await action();
    between();
    const submitted = await engine.submit({ actionId, decisions: { c: decision } }, 'test');
    assert.ok(submitted.ok, JSON.stringify(submitted));
    await submitted.done;
    const [result, ...more] = await results(turnId);
    assert.ok(result);
    assert.deepEqual(more, []);
    const row = await deps.store.getCall(turnId, 'c');
    assertWhole((await deps.store.messagesOfTurn(turnId)).map(({ message }) => message));
    return { ...result, state: row?.state, outcome: row?.outcome };
  }
  /** Between the decision, which looks at the files, and the call. */
  function afterClaim(change: () => void): void {
    const { store } = bench().deps;
    const claimAction = store.claimAction.bind(store);
    store.claimAction = async (claim, limit) => {
      const outcome = await claimAction(claim, limit);
      change();
      return outcome;
    };
  }
  const write = { name: 'write_file', args: { path: 'w.txt', content: 'proposed\n' } };
  const edit = { name: 'edit_file', args: { path: 'a.txt', old_string: 'one', new_string: 'ONE' } };
  const command = { name: 'run_command', args: { command: 'echo proposed > c.txt' } };

  it('approve: exactly the proposal, the real result', async () => {
    const result = await decide(edit, approve);
    assert.deepEqual([result.status, result.state, result.outcome], ['ok', 'done', 'ok']);
    assert.equal(text('a.txt'), 'ONE\ntwo\n');
  });

  it('reject: nothing, an error with the reason; a blank reason is none', async () => {
    const result = await decide(write, { type: 'reject', reason: ' Not now \n' });
    assert.deepEqual([result.status, result.text], ['error', 'Rejected by the user: Not now']);
    assert.deepEqual([result.state, result.outcome], ['blocked', 'rejected']);
    const blank = await decide(command, { type: 'reject', reason: ' ' });
    assert.equal(blank.text, 'Rejected by the user: no reason given');
    assert.ok(!existsSync(bench().at('w.txt')) && !existsSync(bench().at('c.txt')));
  });

  it('respond: nothing, the text is the result', async () => {
    const result = await decide(command, { type: 'respond', text: 'It prints 7.' });
    assert.deepEqual([result.status, result.text], ['ok', 'It prints 7.']);
    assert.ok(!existsSync(bench().at('c.txt')));
  });

  it('edited text: exactly it, line ends and missing last newline included, and the patch as a note (HB17)', async () => {
    const content = 'mine\r\nno newline';
    const result = await decide(write, { type: 'edit', content });
    assert.equal(text('w.txt'), content);
    assert.match(result.text, /^-proposed$/m);
    assert.match(result.text, /^\+mine/m);
  });

  it('edited text may be empty: the file is then empty', async () => {
    await decide(edit, { type: 'edit', content: '' });
    assert.equal(text('a.txt'), '');
  });

  it('edited arguments: they run, the proposed ones do not (HB17)', async () => {
    const args = { command: 'echo edited > e.txt' };
    const result = await decide(command, { type: 'edit', args });
    assert.ok(existsSync(bench().at('e.txt')) && !existsSync(bench().at('c.txt')));
    assert.match(result.text, /The user changed the arguments/);
    assert.match(result.text, /^\+ {2}"command": "echo edited > e\.txt"$/m);
  });

  it('edited arguments that policy denies do not run', async () => {
    bench().settings['countersign.approval.deny'] = ['edit(secret/**)'];
    const args = { path: 'secret/x.txt', content: 'x' };
    const result = await decide(write, { type: 'edit', args });
    assert.deepEqual([result.state, result.outcome], ['blocked', 'denied']);
    assert.match(result.text, /edit\(secret\/\*\*\)/);
    assert.ok(!existsSync(bench().at('secret')) && !existsSync(bench().at('w.txt')));
  });

  it('edited text of a file that a rule denies by now is not written', async () => {
    const result = await decide(write, { type: 'edit', content: 'x' }, () => {
      bench().settings['countersign.approval.deny'] = ['edit(w.txt)'];
    });
    assert.equal(result.outcome, 'denied');
    assert.ok(!existsSync(bench().at('w.txt')));
  });

  it('edited arguments that cannot be carried out are an error, not a crash', async () => {
    const args = { path: 'a.txt', old_string: 'nowhere', new_string: 'x' };
    const result = await decide(edit, { type: 'edit', args });
    assert.deepEqual([result.status, result.state], ['error', 'blocked']);
    assert.match(result.text, /not found/);
    assert.equal(text('a.txt'), 'one\ntwo\n');
  });

  for (const [title, change] of [
    ['has other text', () => writeFileSync(bench().at('a.txt'), 'one\nelse\n')],
    ['is gone', () => rmSync(bench().at('a.txt'))],
    [
      'has become a link',
      () => {
        rmSync(bench().at('a.txt'));
        symlinkSync(bench().at('dir/b.txt'), bench().at('a.txt'));
      },
    ],
    ['has become binary', () => writeFileSync(bench().at('a.txt'), Buffer.from([0, 1, 2]))],
  ] as const) {
    for (const decision of [approve, { type: 'edit', content: 'human\n' }] as const) {
      it(`${decision.type}: a file that ${title} by now is not touched`, async () => {
        const { say, run, action, engine } = bench();
        const content = (): Buffer | null =>
          existsSync(bench().at('a.txt')) ? readFileSync(bench().at('a.txt')) : null;
        say({ calls: [{ id: 'c', ...edit }] });
        await run();
        const { id: actionId } = await action();
        change();
        const after = content();
        const submitted = await engine.submit({ actionId, decisions: { c: decision } }, 'test');
        assert.equal(!submitted.ok && submitted.refusal.code, 'stale');
        assert.notEqual((await action()).id, actionId, 'shown anew');
        assert.deepEqual(content(), after);
        assert.equal(text('dir/b.txt'), 'b\n');
      });
    }
  }

  it('approve: a file that changes between the decision and the write is not touched', async () => {
    afterClaim(() => writeFileSync(bench().at('a.txt'), 'one\nelse\n'));
    const result = await decide(edit, approve);
    assert.match(result.text, /^Not written: .*propose the edit anew/);
    assert.equal(text('a.txt'), 'one\nelse\n');
  });

  it('a folder on the way that became a link out of the workspace is not followed', async () => {
    const outside = bench().folder.at('outside');
    const result = await decide(
      { name: 'write_file', args: { path: 'dir/new.txt', content: 'x' } },
      approve,
      () => {
        afterClaim(() => {
          rmSync(bench().at('dir'), { recursive: true });
          writeFileSync(`${outside}.txt`, '');
          symlinkSync(bench().folder.path, bench().at('dir'));
        });
      },
    );
    assert.equal(result.status, 'error');
    assert.ok(!existsSync(bench().folder.at('new.txt')));
  });

  it('a secret of this program is in no result, stored output, event or request (HA2)', async () => {
    const { deps, events, requests, run, say, results } = bench();
    const secret = ['canary', 'of', 'the', 'program'].join('-');
    deps.redactor.add(secret);
    writeFileSync(bench().at('a.txt'), `${secret}\n`);
    const lines = 'cat a.txt; yes | head -c 200000; cat a.txt';
    const shown = await decide({ name: 'run_command', args: { command: lines } }, approve);
    assert.match(shown.text, /\[redacted:api-key\]\ny\n/);
    say({ calls: [{ name: 'read_file', args: { path: 'a.txt' } }] }, { text: 'Done' });
    const [read] = await results((await run()).turnId);
    assert.match(read?.text ?? '', /\[redacted:api-key\]/);
    const hashes = events.flatMap((event) =>
      event.type === 'call' && event.call.outputHash !== null ? [event.call.outputHash] : [],
    );
    const whole = await Promise.all(hashes.map((hash) => deps.store.getText('turn', hash)));
    assert.match(whole.join(''), /\[redacted:api-key\]/);
    const output = events.filter(({ type }) => type === 'output');
    assert.match(JSON.stringify(output), /\[redacted:api-key\]/);
    for (const seen of [events, requests, whole]) {
      assert.ok(!JSON.stringify(seen).includes(secret));
    }
  });

  it('a command that fails is done, with an error result', async () => {
    const result = await decide(
      { name: 'run_command', args: { command: 'echo out; exit 3' } },
      approve,
    );
    assert.equal(result.state, 'done');
    assert.match(result.text, /Exit code 3/);
    assert.match(result.text, /out/);
  });

  it('a tool that throws is an error result, its details go to the log', async () => {
    const { deps, logger } = bench();
    deps.effects.writeFile = async () => {
      throw new Error('bug in the adapter');
    };
    const result = await decide(write, approve);
    assert.deepEqual([result.status, result.state], ['error', 'done']);
    assert.ok(logger.lines.some((line) => line.includes('bug in the adapter')));
  });
});
