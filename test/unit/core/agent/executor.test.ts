import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { execute, type ExecutorDeps } from '../../../../src/core/agent/executor.ts';
import { AppError } from '../../../../src/core/base/errors.ts';
import { useBench } from './support.ts';
import type { HashedCall } from '../../../../src/core/agent/proposalHash.ts';
import type { CommandSpec, Effects, FileChange } from '../../../../src/core/ports/workspace.ts';
import type { EditProposal } from '../../../../src/protocol/calls.ts';

const badToken = (error: unknown): boolean =>
  error instanceof AppError && error.code === 'bad_token';

describe('execute', () => {
  const bench = useBench();

  /** A turn that was claimed with one write in it; what the executor would be given for it. */
  async function claimed(): Promise<{ turnId: string; call: HashedCall; token: string }> {
    const { say, run, action, deps } = bench();
    say({ calls: [{ id: 'w', name: 'write_file', args: { path: 'a.txt', content: 'shown\n' } }] });
    const { turnId } = await run();
    const { id: actionId, requests } = await action();
    const [request] = requests;
    assert.ok(request);
    const decisions = { w: { type: 'approve' } } as const;
    await deps.store.claimAction({ actionId, decisions, decidedBy: 'test', at: deps.clock.now() });
    const { callId, tool, args, proposal, proposalHash } = request;
    return { turnId, call: { callId, tool, args, proposal }, token: proposalHash };
  }
  const change = (call: HashedCall): FileChange => {
    assert.equal(call.proposal.kind, 'edit');
    const { realPath, baseHash, newText, encoding } = call.proposal;
    return { realPath, baseHash, newText, encoding };
  };
  const write = async (effects: Effects, call: HashedCall): Promise<string> =>
    (await effects.writeFile(change(call))).kind;

  it('runs the frozen call once; the journal is `started` before the effect (I1)', async () => {
    const { turnId, call, token } = await claimed();
    const { deps } = bench();
    const ran = await execute(deps, turnId, { call, token }, async (effects, frozen) => {
      assert.equal((await deps.store.getCall(turnId, 'w'))?.state, 'started');
      return write(effects, frozen);
    });
    assert.deepEqual(ran, { kind: 'ran', value: 'written' });
    assert.equal(readFileSync(bench().at('a.txt'), 'utf8'), 'shown\n');
    const again = await execute(deps, turnId, { call, token }, async () =>
      assert.fail('ran twice'),
    );
    assert.deepEqual(again, { kind: 'notPlanned' });
  });

  const tampered: [string, (call: HashedCall) => HashedCall][] = [
    ['other text', (call) => ({ ...call, proposal: { ...edit(call), newText: 'other\n' } })],
    ['another path', (call) => ({ ...call, proposal: { ...edit(call), realPath: '/tmp/x' } })],
    ['no base', (call) => ({ ...call, proposal: { ...edit(call), baseHash: 'x' } })],
    ['another tool', (call) => ({ ...call, tool: 'edit_file' })],
    ['other arguments', (call) => ({ ...call, args: { ...call.args, content: 'other\n' } })],
    ['another call', (call) => ({ ...call, callId: 'v' })],
  ];
  for (const [title, tamper] of tampered) {
    it(`a token for a call with ${title}: throws, nothing is started`, async () => {
      const { turnId, call, token } = await claimed();
      const order = { call: tamper(call), token };
      await assert.rejects(
        execute(bench().deps, turnId, order, async () => assert.fail('ran')),
        badToken,
      );
      assert.equal((await bench().deps.store.getCall(turnId, 'w'))?.state, 'planned');
    });
  }

  it('what is changed after the check is not what runs: the act gets a frozen copy (U12, I1)', async () => {
    const { turnId, call, token } = await claimed();
    const { deps } = bench();
    const order = { call: structuredClone(call), token };
    const slowStart: ExecutorDeps = {
      ...deps,
      store: {
        ...deps.store,
        startCall: async (move) => {
          // Between the check and the effect somebody changes the object that was handed over.
          Object.assign(order.call.proposal, { newText: 'swapped\n' });
          Object.assign(order.call.args, { content: 'swapped\n' });
          return deps.store.startCall(move);
        },
      },
    };
    await execute(slowStart, turnId, order, async (effects, frozen) => {
      assert.throws(() => Object.assign(frozen.proposal, { newText: 'swapped\n' }), TypeError);
      assert.throws(() => Object.assign(frozen.args, { content: 'swapped\n' }), TypeError);
      return write(effects, frozen);
    });
    assert.equal(readFileSync(bench().at('a.txt'), 'utf8'), 'shown\n');
    const row = await deps.store.getCall(turnId, 'w');
    assert.equal(row?.proposal?.kind === 'edit' && row.proposal.newText, 'shown\n');
  });

  for (const how of ['returned', 'threw'] as const) {
    it(`effects that a tool kept do nothing after it ${how}`, async () => {
      const { turnId, call, token } = await claimed();
      let kept: Effects | undefined;
      const running = execute(bench().deps, turnId, { call, token }, async (effects) => {
        kept = effects;
        if (how === 'threw') throw new Error('broken tool');
      });
      await (how === 'threw' ? assert.rejects(running, /broken tool/) : running);
      assert.ok(kept);
      await assert.rejects(kept.writeFile(change(call)), badToken);
      const spec: CommandSpec = {
        ...{ command: 'touch ran', shell: 'bash', shellPath: '/bin/bash', cwd: bench().at('.') },
        ...{ env: {}, timeoutMs: 1000 },
      };
      const signal = new AbortController().signal;
      await assert.rejects(
        kept.runCommand(spec, () => undefined, signal),
        badToken,
      );
      assert.equal(existsSync(bench().at('a.txt')), false);
    });
  }

  it('two at the same time: one runs', async () => {
    const { turnId, call, token } = await claimed();
    let ran = 0;
    const attempt = (): Promise<unknown> =>
      execute(bench().deps, turnId, { call, token }, async () => {
        ran += 1;
      });
    await Promise.all([attempt(), attempt(), attempt()]);
    assert.equal(ran, 1);
  });
});

function edit(call: HashedCall): EditProposal {
  assert.equal(call.proposal.kind, 'edit');
  return call.proposal;
}
