// Everything a human writes, through the engine: one check, three settings, and nothing is consumed or quoted when it refuses.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { AppError } from '../../../../src/core/base/errors.ts';
import type { Decision, Decisions } from '../../../../src/protocol/calls.ts';
import type { SubmitOutcome } from '../../../../src/core/threads/deciding.ts';
import { githubToken as secret, npmToken } from '../../../fakes/secrets.ts';
import { useBench } from '../agent/support.ts';

const KEY = 'countersign.screening.secrets';
const approve: Decision = { type: 'approve' };

describe('screening of what a human writes', () => {
  const bench = useBench({ '.npmrc': `token=${npmToken}\n`, 'a.txt': 'one\n' });
  const write = { id: 'w', name: 'write_file', args: { path: 'w.txt', content: 'proposed\n' } };
  const command = { id: 'c', name: 'run_command', args: { command: 'echo hello' } };

  async function paused(...calls: { id: string; name: string; args: unknown }[]): Promise<string> {
    bench().say({ calls }, { text: 'Done' });
    return (await bench().run()).turnId;
  }
  async function submit(decisions: Decisions, more: object = {}): Promise<SubmitOutcome> {
    const { id: actionId } = await bench().action();
    return bench().engine.submit({ actionId, decisions, ...more }, 'test');
  }
  async function refused(decisions: Decisions, callIds: string[], where: RegExp): Promise<void> {
    const outcome = await submit(decisions);
    assert.ok(!outcome.ok, 'it was taken');
    assert.deepEqual(
      [outcome.refusal.code, outcome.refusal.callIds],
      ['screening_failed', callIds],
    );
    assert.match(outcome.refusal.message, where);
    assert.ok(!outcome.refusal.message.includes(secret));
    assert.equal((await bench().action()).state, 'open', 'nothing was consumed');
  }
  function assertNowhere(): void {
    const { requests, events, logger } = bench();
    for (const seen of [requests, events, logger.lines]) {
      assert.ok(!JSON.stringify(seen).includes(secret));
    }
    const state = ['state.db', 'state.db-wal'].map((name) => bench().folder.at(name));
    for (const file of state.filter((name) => existsSync(name))) {
      assert.ok(!readFileSync(file).includes(secret), file);
    }
  }
  async function send(text: string): Promise<string> {
    const { engine, say } = bench();
    say({ text: 'Done' });
    const { id: threadId } = await engine.createThread();
    const model = { provider: 'played', id: 'x' };
    await (
      await engine.startTurn({ threadId, text, model, mode: 'default' })
    ).done;
    return JSON.stringify(bench().requests.at(-1)?.messages);
  }

  const words: [name: string, decision: Decision][] = [
    ['text', { type: 'respond', text: `take ${secret}` }],
    ['reason', { type: 'reject', reason: `because ${secret}` }],
  ];
  const effects: [name: string, decision: Decision][] = [
    ['args.command', { type: 'edit', args: { command: `curl -u ${secret} x` } }],
    ['content', { type: 'edit', content: `key ${secret}\n` }],
  ];

  describe('block', () => {
    beforeEach(() => (bench().settings[KEY] = 'block'));

    for (const [field, decision] of [...words, ...effects]) {
      it(`a decision with a secret in its ${field} is refused and consumes nothing (H73, H74)`, async () => {
        const call = field === 'content' ? write : command;
        await paused(call);
        await refused({ [call.id]: decision }, [call.id], new RegExp(`in ${field} of ${call.id}`));
        assert.match(bench().engine.notice ?? 'none', /none/);
        assertNowhere();
        const again = await submit({ [call.id]: approve });
        assert.ok(again.ok, 'it can still be decided');
        await again.done;
      });
    }

    it('a message is not sent, and the thread stays as it was (H73, H74)', async () => {
      await assert.rejects(send(`use ${secret}`), (error) => {
        assert.ok(error instanceof AppError && error.code === 'screening_failed');
        assert.match(error.message, /github-token in the message. Nothing was sent/);
        return !error.message.includes(secret);
      });
      assert.equal(bench().requests.length, 0);
      assertNowhere();
    });

    it('an answer in short is the same field', async () => {
      await paused({ id: 'q', name: 'ask_user', args: { question: 'Which?' } });
      const { id: actionId } = await bench().action();
      const outcome = await bench().engine.submit({ actionId, answer: secret }, 'test');
      assert.ok(!outcome.ok && outcome.refusal.code === 'screening_failed');
    });

    it('names every call of the batch that has one', async () => {
      await paused(command, write);
      const decisions: Decisions = {
        c: { type: 'reject', reason: secret },
        w: { type: 'edit', content: secret },
      };
      await refused(decisions, ['c', 'w'], /reason of c; github-token in content of w/);
    });

    const earlier: Record<string, [decisions: Decisions, more?: object]> = {
      proposal_mismatch: [{}, { proposalHash: 'other' }],
      undecided: [{ w: undefined as unknown as Decision }],
      not_allowed: [{ w: { type: 'skip' } }],
      incomplete: [{ w: { type: 'edit' } }],
      invalid_arguments: [{ w: { type: 'edit', args: { path: 1 } } }],
      unknown_call: [{ x: approve }],
    };
    for (const [code, [wrong, more]] of Object.entries(earlier)) {
      it(`${code} is told before it`, async () => {
        await paused(command, write);
        const all = { c: { type: 'reject', reason: secret }, w: approve, ...wrong } as Decisions;
        if (code === 'undecided') delete all['w'];
        const outcome = await submit(all, more);
        assert.ok(!outcome.ok);
        assert.equal(outcome.refusal.code, code);
      });
    }

    it('already decided is told before it, a changed file after it', async () => {
      await paused({
        ...write,
        name: 'edit_file',
        args: { path: 'a.txt', old_string: 'one', new_string: 'two' },
      });
      const { id: actionId } = await bench().action();
      writeFileSync(bench().at('a.txt'), 'one and more\n');
      await refused({ w: { type: 'edit', content: secret } }, ['w'], /content of w/);
      const stale = await submit({ w: approve });
      assert.ok(!stale.ok && stale.refusal.code === 'stale');
      const taken = await submit({ w: { type: 'reject' } });
      assert.ok(taken.ok);
      await taken.done;
      const { requests } = (await bench().deps.store.getAction(actionId)) ?? { requests: [] };
      assert.equal(requests.length, 1);
      const newId =
        (await bench().deps.store.actionsOfThread(taken.turn.threadId)).at(-1)?.id ?? '';
      const decisions: Decisions = { w: { type: 'reject', reason: secret } };
      const late = await bench().engine.submit({ actionId: newId, decisions }, 'test');
      assert.ok(!late.ok && late.refusal.code === 'already_decided');
    });
  });

  describe('redact', () => {
    for (const [field, decision] of words) {
      it(`a secret in ${field} is replaced before anything is stored, sent or told (H73, H74)`, async () => {
        await paused(command);
        const outcome = await submit({ c: decision });
        assert.ok(outcome.ok, JSON.stringify(outcome));
        await outcome.done;
        assert.match(JSON.stringify(bench().requests.at(-1)), /\[redacted:github-token\]/);
        assert.match(bench().engine.notice ?? '', new RegExp(`${field} of c\\. It was replaced`));
        assertNowhere();
      });
    }

    for (const [field, decision] of effects) {
      it(`with a secret in ${field} nothing else is run or written in its place: it is refused`, async () => {
        const call = field === 'content' ? write : command;
        await paused(call);
        await refused({ [call.id]: decision }, [call.id], /not replaced by something else/);
        assertNowhere();
      });
    }

    it('a message is sent without it, and the title has none (H73, H74)', async () => {
      assert.match(await send(`use ${secret}`), /use \[redacted:github-token\]/);
      assertNowhere();
      assert.match(bench().engine.notice ?? '', /the message\. It was replaced/);
      await send('and now without');
      assert.equal(bench().engine.notice, null);
    });

    it('what the file or the proposal held before is not the human’s doing; one secret more is', async () => {
      const args = { path: '.npmrc', old_string: 'token=', new_string: 'auth=' };
      await paused({ id: 'e', name: 'edit_file', args });
      const content = `auth=${npmToken}\n# checked\n`;
      await refused({ e: { type: 'edit', content: `${content}${secret}` } }, ['e'], /content of e/);
      const outcome = await submit({ e: { type: 'edit', content } });
      assert.ok(outcome.ok, JSON.stringify(outcome));
      await outcome.done;
      assert.equal(readFileSync(bench().at('.npmrc'), 'utf8'), content);
      assert.ok(!JSON.stringify(bench().requests).includes(npmToken), 'the note quotes the file');
    });
  });

  it('warn: it passes as it was written, with a notice that does not quote it', async () => {
    bench().settings[KEY] = 'warn';
    assert.ok((await send(`use ${secret}`)).includes(secret));
    await paused(command, write);
    const content = `key ${secret}\n`;
    const outcome = await submit({
      c: { type: 'respond', text: secret },
      w: { type: 'edit', content },
    });
    assert.ok(outcome.ok);
    await outcome.done;
    assert.equal(readFileSync(bench().at('w.txt'), 'utf8'), content);
    assert.ok(JSON.stringify(bench().requests.at(-1)).includes(secret));
    const notice = bench().engine.notice ?? '';
    assert.match(notice, /text of c; github-token in content of w\. It was sent as it is/);
    assert.ok(!notice.includes(secret));
  });
});
