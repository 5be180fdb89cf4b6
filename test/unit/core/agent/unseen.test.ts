// A command that would run what the agent edited unasked: it asks with the list, an approval is the look, and the next edit
// asks again. On the whole engine; the command is a real one.
import assert from 'node:assert/strict';
import { writeFile, chmod } from 'node:fs/promises';
import { useBench, type Bench } from './support.ts';
import type { ActionRow } from '../../../../src/core/ports/store.ts';
import type { CommandProposal, Decision } from '../../../../src/protocol/calls.ts';

const RUN = 'sh check.sh';
const ALLOW = ['shell(sh check.sh)'];

describe('commands that run what the user has not seen', () => {
  const opened = useBench({
    'check.sh': 'echo checked\n',
    'src/a.ts': 'one\n',
    'README.md': 'read\n',
  });
  let bench: Bench;
  beforeEach(() => {
    bench = opened();
    bench.settings['countersign.approval.allow'] = ALLOW;
  });

  const write = (path: string, content: string) => ({
    name: 'write_file',
    args: { path, content },
  });
  const command = { name: 'run_command', args: { command: RUN } };

  /** Runs the calls one a reply, in acceptEdits. */
  const agent = async (...calls: { name: string; args: unknown }[]) => {
    bench.say(...calls.map((call) => ({ calls: [call] })), { text: 'Done.' });
    return bench.run({ mode: 'acceptEdits' });
  };

  const commandOf = (action: ActionRow): CommandProposal => {
    const found = action.requests
      .map(({ proposal }) => proposal)
      .find(({ kind }) => kind === 'command');
    assert.ok(found?.kind === 'command');
    return found;
  };
  const listed = (action: ActionRow): string[] =>
    (commandOf(action).unseen ?? []).map(({ path }) => path);

  const decide = async (decision: Decision | ((callId: string) => Decision)): Promise<void> => {
    const action = await bench.action();
    const decisions = Object.fromEntries(
      action.requests.map(({ callId }) => [
        callId,
        typeof decision === 'function' ? decision(callId) : decision,
      ]),
    );
    const { id: actionId, proposalHash } = action;
    const outcome = await bench.engine.submit({ actionId, proposalHash, decisions }, 'test');
    assert.ok(outcome.ok, JSON.stringify(outcome));
    await outcome.done;
  };
  const unseen = async (): Promise<string[]> =>
    (await bench.deps.store.unseenFiles()).map(({ realPath }) => realPath);

  it('asks with the list, is allowed after the approval, and asks again after the next edit (B5)', async () => {
    const first = await agent(write('src/a.ts', 'two\n'), command);
    const asked = await bench.action();
    assert.deepEqual(listed(asked), ['src/a.ts']);
    assert.match(
      asked.requests[0]?.why.reason ?? '',
      /^runs code this session wrote and you have not seen: src\/a\.ts$/,
    );
    await decide({ type: 'approve' });
    assert.match((await bench.results(first.turnId)).at(-1)?.text ?? '', /checked/);
    assert.deepEqual(await unseen(), []);

    const again = await agent(command);
    assert.match((await bench.results(again.turnId)).at(-1)?.text ?? '', /checked/);
    await agent(write('src/a.ts', 'three\n'), command);
    assert.deepEqual(listed(await bench.action()), ['src/a.ts']);
  });

  it('one batch: the edit before it counts though it has not run, and the approval covers it', async () => {
    bench.say({ calls: [write('src/a.ts', 'two\n'), command] }, { text: 'Done.' });
    const { turnId } = await bench.run({ mode: 'acceptEdits' });
    const asked = await bench.action();
    assert.deepEqual(
      asked.requests.map(({ tool }) => tool),
      ['run_command'],
    );
    assert.deepEqual(listed(asked), ['src/a.ts']);
    await decide({ type: 'approve' });
    assert.match((await bench.results(turnId)).at(-1)?.text ?? '', /checked/);
    assert.deepEqual(await unseen(), []);
  });

  it('a document does not suspend it, unless it is what is run', async () => {
    const { turnId } = await agent(write('README.md', 'new\n'), command);
    assert.match((await bench.results(turnId)).at(-1)?.text ?? '', /checked/);
    bench.settings['countersign.approval.allow'] = ['shell(sh README.md)'];
    await agent({ name: 'run_command', args: { command: 'sh README.md' } });
    assert.deepEqual(listed(await bench.action()), ['README.md']);
  });

  it('an edit that a human approved was seen; over an unseen one only its difference was', async () => {
    bench.say({ calls: [write('src/a.ts', 'two\n')] }, { calls: [command] }, { text: 'Done.' });
    const seen = await bench.run();
    await decide({ type: 'approve' });
    assert.match((await bench.results(seen.turnId)).at(-1)?.text ?? '', /checked/);

    await agent(write('src/a.ts', 'three\n'));
    bench.say({ calls: [write('src/a.ts', 'three\nfour\n')] }, { calls: [command] });
    await bench.run();
    await decide({ type: 'approve' });
    assert.deepEqual(listed(await bench.action()), ['src/a.ts']);
  });

  it('a deleted file counts, and is seen when it is as it was', async () => {
    await agent({ name: 'delete_file', args: { path: 'src/a.ts' } }, command);
    assert.deepEqual(listed(await bench.action()), ['src/a.ts']);
    await decide({ type: 'reject' }).catch(() => undefined);
    const { turnId } = await agent(write('src/a.ts', 'one\n'), command);
    assert.match((await bench.results(turnId)).at(-1)?.text ?? '', /checked/);
    assert.deepEqual(await unseen(), []);
  });

  it('a rejection, an answer and a command changed by the human are no look', async () => {
    for (const decision of [
      { type: 'reject' },
      { type: 'respond', text: 'later' },
      { type: 'edit', args: { command: 'true' } },
    ] satisfies Decision[]) {
      bench.say(
        { calls: [write('src/a.ts', `${decision.type}\n`)] },
        { calls: [command] },
        { text: 'Done.' },
      );
      await bench.run({ mode: 'acceptEdits' });
      await decide(decision);
      assert.equal((await unseen()).length, 1, decision.type);
    }
  });

  it('what changed after the card was shown is not run with it; what other threads edit counts', async () => {
    bench.say({ calls: [write('src/a.ts', 'two\n')] }, { calls: [command] });
    await bench.run({ mode: 'acceptEdits' });
    const waiting = await bench.action();
    await agent(write('src/b.ts', 'new\n'));
    bench.say({ text: 'Done.' });
    await decide({ type: 'approve' });
    const results = await bench.results(waiting.turnId);
    const [result] = results.filter(({ tool }) => tool === 'run_command');
    assert.match(result?.text ?? '', /^Not run: src\/b\.ts changed after the command was shown/);
    assert.equal((await unseen()).length, 2);
  });

  it('mode bypass and approvals switched off run it: the user said so; a denial stays', async () => {
    await agent(write('src/a.ts', 'two\n'));
    bench.settings['countersign.approval.enabled'] = false;
    bench.say({ calls: [command] }, { text: 'Done.' });
    const { turnId } = await bench.run();
    assert.match((await bench.results(turnId)).at(-1)?.text ?? '', /checked/);
    assert.equal((await unseen()).length, 1);
  });

  it('temporary threads: their edits count for every thread, without a word about the thread', async () => {
    const real = bench.at('src/a.ts');
    await bench.deps.store.changeUnseen(
      { kind: 'edit', realPath: real, baseHash: 'x', newHash: 'y', shown: 'none' },
      1,
    );
    await agent(command);
    assert.deepEqual(listed(await bench.action()), ['src/a.ts']);
  });

  it('a script that is run by its path asks for its neighbours too', async () => {
    await writeFile(bench.at('run'), '#!/bin/sh\necho ran\n');
    await chmod(bench.at('run'), 0o755);
    bench.settings['countersign.approval.allow'] = ['shell(./run)'];
    const script = { name: 'run_command', args: { command: './run' } };
    const { turnId } = await agent(script);
    assert.match((await bench.results(turnId)).at(-1)?.text ?? '', /ran/);
    await agent(write('lib/x.rb', 'x\n'), script);
    assert.deepEqual(listed(await bench.action()), ['lib/x.rb']);
  });
});
