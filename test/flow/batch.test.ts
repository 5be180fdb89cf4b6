// A batch of calls: nothing of it runs before the decision, each call gets exactly one result, edits of one file chain.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import {
  approve,
  editArgs,
  editContent,
  reject,
  respond,
  show,
  toolResults,
  useFlow,
  type Entry,
} from './support.ts';

describe('a batch of calls on the command line', function () {
  this.timeout(90_000);
  const flow = useFlow({ 'a.txt': 'one\ntwo\nthree\n', 'keep.txt': 'kept\n' });
  const text = (name: string): Promise<string> => readFile(flow().at(name), 'utf8');
  const edit = (id: string, from: string, to: string): NonNullable<Entry['toolCalls']>[number] => ({
    id,
    name: 'edit_file',
    args: { path: 'a.txt', old_string: from, new_string: to },
  });
  const touch = (id: string, name: string): NonNullable<Entry['toolCalls']>[number] => ({
    id,
    name: 'write_file',
    args: { path: name, content: `${id}\n` },
  });

  it('allow, approve, edit, reject and respond: one result each, in the order of the calls (H78)', async () => {
    const started = await flow().run([
      {
        text: 'Five at once',
        toolCalls: [
          { id: 'read', name: 'read_file', args: { path: 'keep.txt' } },
          touch('yes', 'yes.txt'),
          { id: 'change', name: 'run_command', args: { command: 'echo proposed > ran.txt' } },
          touch('no', 'no.txt'),
          { id: 'say', name: 'run_command', args: { command: 'touch said.txt' } },
        ],
      },
      {
        text: 'Then: {{results}}',
        expect: ['kept', 'Created yes.txt', 'changed by hand', 'Rejected by the user: no', 'Done.'],
      },
    ]);
    assert.equal(started.status, 3, show(started));
    assert.deepEqual(
      started.end.requests?.map(({ callId }) => callId),
      ['yes', 'change', 'no', 'say'],
    );
    assert.deepEqual(toolResults(started.lines), [], 'even the allowed call waits');
    const end = await flow().decide(started.end.actionId, {
      decisions: {
        say: respond('Done.'),
        no: reject('no'),
        yes: approve,
        change: editArgs({ command: 'echo changed by hand' }),
      },
    });
    assert.equal(end.status, 0, show(end));
    assert.deepEqual(
      toolResults(end.lines).map(({ callId, status }) => [callId, status]),
      [
        ['read', 'ok'],
        ['yes', 'ok'],
        ['change', 'ok'],
        ['no', 'error'],
        ['say', 'ok'],
      ],
    );
    assert.deepEqual(Object.keys(await flow().tree()), ['a.txt', 'keep.txt', 'yes.txt']);
    const calls = (await flow().read('show', started.end.threadId ?? '')).filter(
      ({ type }) => type === 'call',
    );
    assert.deepEqual(
      calls.map(({ callId, state, outcome }) => [callId, state, outcome]),
      [
        ['read', 'done', 'ok'],
        ['yes', 'done', 'ok'],
        ['change', 'done', 'ok'],
        ['no', 'blocked', 'rejected'],
        ['say', 'blocked', 'responded'],
      ],
    );
  });

  it('an allowed command of the batch does not run before the decision', async () => {
    const settings = { 'countersign.approval.allow': ['shell(touch early.txt)'] };
    const script = [
      {
        toolCalls: [
          { id: 'early', name: 'run_command', args: { command: 'touch early.txt' } },
          touch('late', 'late.txt'),
        ],
      },
      { text: 'Done' },
    ];
    const started = await flow().run(script, { settings });
    assert.deepEqual(
      started.end.requests?.map(({ callId }) => callId),
      ['late'],
    );
    assert.equal(existsSync(flow().at('early.txt')), false);
    const decisions = { decisions: { late: reject() } };
    const end = await flow().decide(started.end.actionId, decisions, { settings });
    assert.equal(end.status, 0, show(end));
    assert.equal(existsSync(flow().at('early.txt')), true, 'it was allowed, and runs now');
    assert.equal(existsSync(flow().at('late.txt')), false);
  });

  it('an allowed call that would ask by the time of the decision does not run unasked', async () => {
    const settings = { 'countersign.approval.allow': ['shell(touch early.txt)'] };
    const script = [
      {
        toolCalls: [
          { id: 'early', name: 'run_command', args: { command: 'touch early.txt' } },
          touch('late', 'late.txt'),
        ],
      },
      { text: 'Done', expect: ['Not run', 'Created late.txt'] },
    ];
    const started = await flow().run(script, { settings });
    const end = await flow().decide(started.end.actionId, { decisions: { late: approve } });
    assert.equal(end.status, 0, show(end));
    assert.equal(existsSync(flow().at('early.txt')), false);
    assert.equal(existsSync(flow().at('late.txt')), true);
  });

  it('a rule that denies by the time of the decision beats the approval (HB6)', async () => {
    const started = await flow().run([
      { toolCalls: [touch('x', 'x.txt')] },
      { text: 'Done', expect: ['Blocked by the rule `edit(x.txt)`'] },
    ]);
    const settings = { 'countersign.approval.deny': ['edit(x.txt)'] };
    const decided = { decisions: { x: approve } };
    const end = await flow().decide(started.end.actionId, decided, { settings });
    assert.equal(end.status, 0, show(end));
    assert.equal(existsSync(flow().at('x.txt')), false);
  });

  it('a rejected call stays rejected when policy allows it by then (HB6)', async () => {
    const started = await flow().run([{ toolCalls: [touch('x', 'x.txt')] }, { text: 'Done' }]);
    const settings = { 'countersign.approval.allow': ['edit'] };
    const decided = { decisions: { x: reject() } };
    const end = await flow().decide(started.end.actionId, decided, { settings });
    assert.equal(end.status, 0, show(end));
    assert.equal(existsSync(flow().at('x.txt')), false);
  });

  describe('two edits of one file', () => {
    const script = (expect: string[]): Entry[] => [
      { toolCalls: [edit('first', 'one', 'ONE'), edit('second', 'three', 'THREE')] },
      { text: 'Done', expect },
    ];

    it('chain: the second is proposed on the first, both approved give both', async () => {
      const started = await flow().run(script(['Edited a.txt']));
      const [first, second] = started.end.requests?.map(({ proposal }) => proposal) ?? [];
      assert.ok(first?.kind === 'edit' && second?.kind === 'edit');
      assert.equal(second.newText, 'ONE\ntwo\nTHREE\n');
      assert.equal(second.baseHash, first.newHash);
      const end = await flow().decide(started.end.actionId, {
        decisions: { first: approve, second: approve },
      });
      assert.equal(end.status, 0, show(end));
      assert.equal(await text('a.txt'), 'ONE\ntwo\nTHREE\n');
    });

    it('the first rejected: of the second exactly what was shown is written, and the model is told', async () => {
      const started = await flow().run(
        script(['Rejected by the user: no', 'Edited a.txt', 'decided otherwise']),
      );
      const end = await flow().decide(started.end.actionId, {
        decisions: { first: reject('no'), second: approve },
      });
      assert.equal(end.status, 0, show(end));
      assert.equal(await text('a.txt'), 'one\ntwo\nTHREE\n');
    });

    it('the first changed by the human: the second is not written over the change', async () => {
      const started = await flow().run(script(['Not written']));
      const end = await flow().decide(started.end.actionId, {
        decisions: { first: editContent('mine\nthree\n'), second: approve },
      });
      assert.equal(end.status, 0, show(end));
      assert.equal(await text('a.txt'), 'mine\nthree\n');
    });

    it('the second rejected: only the first is written', async () => {
      const started = await flow().run(script(['Edited a.txt', 'Rejected by the user']));
      const end = await flow().decide(started.end.actionId, {
        decisions: { first: approve, second: reject() },
      });
      assert.equal(end.status, 0, show(end));
      assert.equal(await text('a.txt'), 'ONE\ntwo\nthree\n');
    });
  });

  describe('a file that changed while the edit waited', () => {
    const overwrite: Entry[] = [
      { toolCalls: [{ id: 'w', name: 'write_file', args: { path: 'a.txt', content: 'agent\n' } }] },
      { text: 'Done', expect: ['Rejected by the user'] },
    ];

    for (const [how, decision] of [
      ['approved', approve],
      ['edited as text', editContent('human\n')],
      ['edited as arguments', editArgs({ path: 'a.txt', content: 'human\n' })],
      ['edited as arguments, by another name', editArgs({ path: './a.txt', content: 'human\n' })],
    ] as const) {
      it(`is not overwritten when the edit is ${how}: nothing is decided, it is shown anew`, async () => {
        const started = await flow().run(overwrite);
        await writeFile(flow().at('a.txt'), 'someone else\n');
        const refused = await flow().decide(started.end.actionId, { decisions: { w: decision } });
        assert.deepEqual([refused.status, refused.end.code], [4, 'stale'], show(refused));
        assert.deepEqual(refused.end.callIds, ['w']);
        assert.equal(await text('a.txt'), 'someone else\n');
        const [waits] = await flow().read('pending');
        assert.ok(waits && waits.actionId === refused.end.actionId);
        assert.notEqual(waits.actionId, started.end.actionId);
        const [request] = waits.requests ?? [];
        assert.match(
          request?.note ?? '',
          /^a\.txt changed after this was shown, in the same lines/,
        );
        assert.ok(!request?.allowedDecisions.includes('approve'));
        const end = await flow().decide(waits.actionId, { decisions: { w: reject() } });
        assert.equal(end.status, 0, show(end));
        assert.equal(await text('a.txt'), 'someone else\n');
      });
    }

    it('is merged where the changes are apart, and written once that is approved', async () => {
      const started = await flow().run([
        { toolCalls: [edit('e', 'one', 'ONE')] },
        { text: 'Done', expect: ['Edited a.txt', 'The file had changed since you read it'] },
      ]);
      await writeFile(flow().at('a.txt'), 'one\ntwo\nthree\nfour\n');
      const refused = await flow().decide(started.end.actionId, { decisions: { e: approve } });
      assert.equal(refused.end.code, 'stale', show(refused));
      const again = await flow().decide(refused.end.actionId, { decisions: { e: approve } });
      assert.equal(again.status, 0, show(again));
      assert.equal(await text('a.txt'), 'ONE\ntwo\nthree\nfour\n');
      const old = await flow().decide(started.end.actionId, { decisions: { e: approve } });
      assert.equal(old.status, 4);
    });

    it('is not created over when somebody created it in the meantime', async () => {
      const started = await flow().run([
        { toolCalls: [touch('n', 'new.txt')] },
        { text: 'Done', expect: ['Created by someone else'] },
      ]);
      await writeFile(flow().at('new.txt'), 'someone else\n');
      const refused = await flow().decide(started.end.actionId, { decisions: { n: approve } });
      assert.equal(refused.end.code, 'stale', show(refused));
      const answer = { decisions: { n: respond('Created by someone else') } };
      const end = await flow().decide(refused.end.actionId, answer);
      assert.equal(end.status, 0, show(end));
      assert.equal(await text('new.txt'), 'someone else\n');
    });

    it('between the claim and the write, by a command of the same batch: it is not written', async () => {
      const started = await flow().run([
        {
          toolCalls: [
            { id: 'f', name: 'run_command', args: { command: 'echo formatted >> a.txt' } },
            edit('e', 'one', 'ONE'),
          ],
        },
        { text: 'Done', expect: ['Not written'] },
      ]);
      const decisions = { f: approve, e: approve };
      const end = await flow().decide(started.end.actionId, { decisions });
      assert.equal(end.status, 0, show(end));
      assert.equal(await text('a.txt'), 'one\ntwo\nthree\nformatted\n');
    });
  });

  it('an edit that changes nothing is approved without a note of a change', async () => {
    const started = await flow().run([{ toolCalls: [touch('n', 'new.txt')] }, { text: 'Done' }]);
    const decisions = { n: editContent('n\n') };
    const end = await flow().decide(started.end.actionId, { decisions });
    assert.equal(end.status, 0, show(end));
    assert.equal(await text('new.txt'), 'n\n');
    assert.doesNotMatch(toolResults(end.lines)[0]?.text ?? '', /changed/);
  });
});
