// The host of a page, fed with messages of every kind that almost fit, while an approval waits: each is answered once, none approves.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { Session } from '../../../../src/core/panel/session.ts';
import { ViewToHost } from '../../../../src/protocol/messages.ts';
import { hostile, nearly, prototypesAreClean } from '../../../fakes/hostileJson.ts';
import { runsOr } from '../../../fakes/runs.ts';
import { useBench } from '../agent/support.ts';
import { quietHost, View } from './view.ts';

const approve = { type: 'approve' } as const;
/** What a right message of these may do to the turn that waits: not what is asked here. */
const MOVES: readonly string[] = ['stop', 'discard', 'send', 'newThread', 'askAgain', 'continue'];

describe('fuzzing the host of a page', function () {
  this.timeout(0);
  const bench = useBench({ 'a.txt': 'one\n' });

  it('each message is answered once, and none of them approves anything (U14)', async () => {
    const model = { provider: 'played', id: 'x', label: 'Played' };
    const session = new Session({ threadId: null, model, mode: 'default' }, (error) =>
      assert.fail(String(error)),
    );
    const { deps, engine, logger } = bench();
    const shown = new View(
      {
        ...{ engine, store: deps.store, session, tools: deps.tools, clock: deps.clock, logger },
        problems: () => [],
        files: deps.files,
        trusted: () => true,
        host: quietHost('the page'),
      },
      { kind: 'chat' },
    );
    const args = { path: 'w.txt', content: 'w\n' };
    bench().say({ calls: [{ id: 'w', name: 'write_file', args }] }, { text: 'Done' });
    assert.equal(await shown.ask({ type: 'send', text: 'Go' }), null);
    await engine.idle();
    const { id: actionId, proposalHash, turnId } = await bench().action();
    // Right in everything but one: the action, the hash, or a decision for exactly the call that waits.
    const wrong = fc.oneof(
      fc.record({ actionId: fc.string(), proposalHash: fc.constant(proposalHash) }),
      fc.record({ actionId: fc.constant(actionId), proposalHash: fc.string() }),
    );
    const almost = wrong.map((ids) => ({
      ...{ type: 'submit', requestId: 1, decisions: { w: approve } },
      ...ids,
    }));
    const others = fc
      .tuple(fc.constantFrom('x', '__proto__', 'constructor', 'W', 'w '), hostile)
      .map(([name, value]): unknown => {
        const more: Record<string, unknown> = name === 'x' ? {} : { x: value };
        const decisions = { ...more, ...Object.fromEntries([[name, approve] as const]) };
        return { type: 'submit', requestId: 1, actionId, proposalHash, decisions };
      });
    const message = fc.oneof(
      { weight: 5, arbitrary: nearly(ViewToHost) },
      { weight: 2, arbitrary: almost },
      { weight: 2, arbitrary: others },
      { weight: 1, arbitrary: hostile },
    );
    let answered = 1;
    await fc.assert(
      fc.asyncProperty(message, async (sent) => {
        const parsed = ViewToHost.safeParse(sent);
        if (parsed.success && MOVES.includes(parsed.data.type)) return;
        // Whoever knows both and spells out the decision is the human's page.
        fc.pre(!(parsed.success && isRight(parsed.data, actionId, proposalHash)));
        shown.fire(sent);
        answered += 1;
        await shown.until(() => replies() >= answered);
        assert.equal(replies(), answered);
        shown.posted.splice(0);
        answered = 0;
        assert.ok(prototypesAreClean());
      }),
      { numRuns: runsOr(1500) },
    );
    function replies(): number {
      return shown.ofType('reply').length;
    }
    assert.equal((await deps.store.getAction(actionId))?.state, 'open');
    assert.equal((await deps.store.getCall(turnId, 'w'))?.state, 'planned');
    assert.notEqual(session.state.mode, 'bypass');
    assert.equal(existsSync(bench().at('w.txt')), false);
    const right = { type: 'submit', actionId, proposalHash, decisions: { w: approve } };
    assert.equal(await shown.ask(right), null, 'the view still works');
    await engine.idle();
    assert.ok(existsSync(bench().at('w.txt')));
    shown.presented.dispose();
  });
});

function isRight(message: ViewToHost, actionId: string, proposalHash: string): boolean {
  return (
    message.type === 'submit' &&
    message.actionId === actionId &&
    message.proposalHash === proposalHash &&
    Object.keys(message.decisions).join() === 'w'
  );
}
