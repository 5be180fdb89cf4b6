// Scripts that change while the approval of their command waits: what runs is what was shown, or nothing.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { useBench } from '../agent/support.ts';
import type { ActionRow } from '../../../../src/core/ports/store.ts';
import type { CommandProposal, Decisions } from '../../../../src/protocol/calls.ts';
import type { CardDraft } from '../../../../src/protocol/drafts.ts';
import type { Refusal } from '../../../../src/core/agent/submission.ts';

const GOOD = 'echo good > out.txt\n';
const EVIL = 'echo evil > out.txt; touch evil\n';
const approve = { c1: { type: 'approve' } } as const;

describe('commands are bound to the files that they run', () => {
  const bench = useBench({ 'scripts/x.sh': GOOD, 'other.sh': GOOD });
  const script = (): string => bench().at('scripts/x.sh');

  async function waits(command = 'sh scripts/x.sh'): Promise<ActionRow> {
    const calls = [{ id: 'c1', name: 'run_command', args: { command } }];
    bench().say({ calls }, { text: 'Done' });
    await bench().run();
    return bench().action();
  }

  function proposalOf(action: ActionRow, index = 0): CommandProposal {
    const proposal = action.requests[index]?.proposal;
    assert.ok(proposal?.kind === 'command');
    return proposal;
  }

  async function refused(action: ActionRow, decisions: Decisions = approve): Promise<Refusal> {
    const outcome = await bench().engine.submit({ actionId: action.id, decisions }, 'test');
    assert.ok(!outcome.ok, 'refused');
    return outcome.refusal;
  }

  async function done(action: ActionRow, decisions: Decisions = approve): Promise<string[]> {
    const outcome = await bench().engine.submit({ actionId: action.id, decisions }, 'test');
    assert.ok(outcome.ok, outcome.ok ? '' : outcome.refusal.message);
    await outcome.done;
    return (await bench().results(action.turnId)).map(({ text }) => text);
  }

  it('the card says what it is bound to; unchanged it runs', async () => {
    const action = await waits();
    const [bound, ...more] = proposalOf(action).binds ?? [];
    assert.deepEqual(more, []);
    assert.equal(bound?.path, 'scripts/x.sh');
    assert.equal(bound?.lines, 1);
    assert.equal(bound?.hash, bench().deps.texts.sha256(GOOD));
    await done(action);
    assert.ok(existsSync(bench().at('out.txt')));
  });

  const changes: [string, () => void][] = [
    ['rewritten', () => writeFileSync(script(), EVIL)],
    ['deleted', () => rmSync(script())],
    [
      'replaced by a link',
      () => {
        writeFileSync(bench().at('evil.sh'), EVIL);
        rmSync(script());
        symlinkSync(bench().at('evil.sh'), script());
      },
    ],
    [
      'replaced by a link to the same text',
      () => {
        rmSync(script());
        symlinkSync(bench().at('other.sh'), script());
      },
    ],
    [
      'behind a folder that became a link',
      () => {
        mkdirSync(bench().at('evil'));
        writeFileSync(bench().at('evil/x.sh'), EVIL);
        renameSync(bench().at('scripts'), bench().at('was'));
        symlinkSync(bench().at('evil'), bench().at('scripts'));
      },
    ],
    [
      'replaced by a folder',
      () => {
        rmSync(script());
        mkdirSync(script());
      },
    ],
  ];
  for (const [title, change] of changes) {
    it(`${title} during the wait: refused, shown anew, nothing ran and nothing was consumed (U11)`, async () => {
      const action = await waits();
      change();
      const refusal = await refused(action);
      assert.equal(refusal.code, 'stale');
      assert.match(refusal.message, /scripts\/x\.sh/);
      assert.deepEqual(refusal.callIds, ['c1']);
      const again = await bench().action();
      assert.equal(refusal.actionId, again.id);
      assert.notEqual(again.proposalHash, action.proposalHash);
      assert.match(again.requests[0]?.note ?? '', /scripts\/x\.sh changed after this was shown/);
      assert.equal((await refused(action)).code, 'wrong_action');
      assert.equal(existsSync(bench().at('out.txt')), false);
    });

    it(`${title} between claim and run: not run, and the model is told (U11)`, async () => {
      const action = await waits();
      const { store } = bench().deps;
      const claim = store.claimAction.bind(store);
      store.claimAction = async (...args) => {
        const claimed = await claim(...args);
        change();
        return claimed;
      };
      const [text] = await done(action);
      assert.match(text ?? '', /^Not run: scripts\/x\.sh changed after the command was approved/);
      assert.equal(existsSync(bench().at('out.txt')), false);
      const call = await store.getCall(action.turnId, 'c1');
      assert.deepEqual([call?.state, call?.outcome, call?.startedAt], ['blocked', 'error', null]);
    });
  }

  it('what is shown anew can be approved, and runs as it is now', async () => {
    const action = await waits();
    writeFileSync(script(), EVIL);
    await refused(action);
    const again = await bench().action();
    assert.equal(proposalOf(again).binds?.[0]?.hash, bench().deps.texts.sha256(EVIL));
    await done(again);
    assert.ok(existsSync(bench().at('evil')));
  });

  it('what was typed on the card stays, what was picked for it does not', async () => {
    const action = await waits();
    const { store } = bench().deps;
    const [request] = action.requests;
    assert.ok(request);
    const card: CardDraft = {
      ...{ form: 'args' as const, reason: '', respond: '', args: '{"command":"sh x"}' },
      ...{ selected: [], other: false, freeText: '', decision: approve.c1 },
    };
    const { callId, proposalHash } = request;
    await store.putDraft({ actionId: action.id, callId, proposalHash, card, at: 1 });
    writeFileSync(script(), EVIL);
    await refused(action);
    const again = await bench().action();
    const [draft] = await store.draftsOfAction(again.id);
    assert.equal(draft?.proposalHash, again.requests[0]?.proposalHash);
    assert.deepEqual(draft?.card, { ...card, decision: null });
  });

  it('changed and changed back is what was shown (U11)', async () => {
    const action = await waits();
    writeFileSync(script(), EVIL);
    rmSync(script());
    writeFileSync(script(), GOOD);
    await done(action);
    assert.ok(existsSync(bench().at('out.txt')));
  });

  it('a script that is not there yet is bound to that', async () => {
    const action = await waits('sh scripts/new.sh');
    assert.equal(proposalOf(action).binds?.[0]?.hash, null);
    writeFileSync(bench().at('scripts/new.sh'), EVIL);
    assert.equal((await refused(action)).code, 'stale');
  });

  it('rejecting looks at no file', async () => {
    const action = await waits();
    writeFileSync(script(), EVIL);
    const [text] = await done(action, { c1: { type: 'reject' } });
    assert.match(text ?? '', /^Rejected/);
  });

  it('edited arguments are held to the file that was shown', async () => {
    const action = await waits();
    const edited = { c1: { type: 'edit', args: { command: 'sh scripts/x.sh now' } } } as const;
    const { store } = bench().deps;
    const claim = store.claimAction.bind(store);
    store.claimAction = async (...args) => {
      const claimed = await claim(...args);
      writeFileSync(script(), EVIL);
      return claimed;
    };
    const [text] = await done(action, edited);
    assert.match(text ?? '', /^Not run: scripts\/x\.sh changed/);
    assert.equal(existsSync(bench().at('out.txt')), false);
  });

  it('a command of the same batch that rewrites the script keeps the next one from running', async () => {
    const command = (id: string, text: string) => ({
      ...{ id, name: 'run_command' },
      args: { command: text },
    });
    const calls = [command('c1', 'cp scripts/y.sh scripts/x.sh'), command('c2', 'sh scripts/x.sh')];
    writeFileSync(bench().at('scripts/y.sh'), EVIL);
    bench().say({ calls }, { text: 'Done' });
    await bench().run();
    const action = await bench().action();
    const texts = await done(action, { ...approve, c2: { type: 'approve' } });
    assert.match(texts[1] ?? '', /^Not run: scripts\/x\.sh changed/);
    assert.equal(existsSync(bench().at('evil')), false);
  });

  it('a script that an earlier edit of the batch writes is bound to what that writes', async () => {
    const content = 'echo mine > out.txt\n';
    const write = { id: 'c1', name: 'write_file', args: { path: 'scripts/n.sh', content } };
    const run = { id: 'c2', name: 'run_command', args: { command: 'sh scripts/n.sh' } };
    bench().say({ calls: [write, run] }, { text: 'Done' });
    await bench().run();
    const action = await bench().action();
    assert.equal(proposalOf(action, 1).binds?.[0]?.hash, bench().deps.texts.sha256(content));
    const both = { ...approve, c2: { type: 'approve' } } as const;
    const rejected = await refused(action, { ...both, c1: { type: 'reject' } });
    assert.equal(rejected.code, 'stale', 'without the edit it would run something else');
    const again = await bench().action();
    assert.equal((await refused(again, both)).code, 'stale');
    await done(await bench().action(), both);
    assert.ok(existsSync(bench().at('out.txt')));
  });

  it('what a rule allows runs whatever the file holds: nobody looked at it', async () => {
    bench().settings['countersign.approval.allow'] = ['shell(sh scripts/x.sh)'];
    bench().say(
      { calls: [{ id: 'c1', name: 'run_command', args: { command: 'sh scripts/x.sh' } }] },
      { text: 'Done' },
    );
    const { turnId } = await bench().run();
    const call = await bench().deps.store.getCall(turnId, 'c1');
    assert.equal(call?.outcome, 'ok');
    assert.ok(call.proposal?.kind === 'command' && call.proposal.binds === undefined);
  });

  it('what cannot be bound is said', async () => {
    writeFileSync(bench().at('big.sh'), Buffer.alloc(5 * 1024 * 1024 + 1, 10));
    const action = await waits('sh big.sh; sh $NAME; node scripts');
    assert.deepEqual(proposalOf(action).unbound, [
      '$NAME: known only when it runs',
      'big.sh: it is larger than 5 MB',
      'scripts: it is a folder',
    ]);
  });

  it('at most 32 files are bound, the others named', async () => {
    const names = Array.from({ length: 35 }, (_, at) => `s${at}.sh`);
    for (const name of names) writeFileSync(bench().at(name), GOOD);
    const proposal = proposalOf(await waits(names.map((name) => `sh ${name}`).join('; ')));
    assert.equal(proposal.binds?.length, 32);
    assert.equal(proposal.unbound?.length, 3);
  });
});
