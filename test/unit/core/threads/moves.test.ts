// Moves on the whole engine: modes, batches, stale ones, what was not seen, and undo.
import assert from 'node:assert/strict';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { useBench } from '../agent/support.ts';
import type { ActionRequest, Decision, Decisions, Mode } from '../../../../src/protocol/calls.ts';

type Call = { name: string; args: object };

const move = (from: string, to: string): Call => ({ name: 'move_file', args: { from, to } });
const write = (path: string, content: string): Call => ({
  name: 'write_file',
  args: { path, content },
});
const edit = (path: string, old_string: string, new_string: string): Call => ({
  name: 'edit_file',
  args: { path, old_string, new_string },
});

describe('moves of files', function () {
  this.timeout(30_000);
  const bench = useBench({
    'a.txt': 'one\ntwo\n',
    'run.sh': 'echo hi\n',
    '.env': 'KEY=1\n',
    'check.sh': 'echo checked\n',
  });

  const turn = async (calls: Call[][], mode: Mode = 'acceptEdits') => {
    for (const batch of calls) bench().say({ calls: batch });
    bench().say({ text: 'Done.' });
    return bench().run({ mode });
  };
  const decide = async (choose: (request: ActionRequest) => Decision) => {
    const action = await bench().action();
    const decisions: Decisions = Object.fromEntries(
      action.requests.map((request) => [request.callId, choose(request)]),
    );
    const outcome = await bench().engine.submit({ actionId: action.id, decisions }, 'test');
    if (outcome.ok) await outcome.done;
    return outcome;
  };
  const approve = (): ReturnType<typeof decide> => decide(() => ({ type: 'approve' }));
  const text = (file: string): Promise<string> => readFile(bench().at(file), 'utf8');
  const names = async (): Promise<string[]> =>
    (await readdir(bench().at('.'), { recursive: true })).sort();
  const results = async (turnId: string): Promise<string[]> =>
    (await bench().deps.store.callsOfTurn(turnId)).map(({ result }) => result ?? '');
  const undo = async (turnId: string) => {
    const drive = await bench().engine.undoTurn(turnId);
    await drive.done;
    await approve();
    const messages = await bench().deps.store.messagesOfTurn(drive.turn.id);
    return messages.at(-1)?.message.text ?? '';
  };

  it('ask in mode default, run in acceptEdits, and ask where one place is protected', async () => {
    await turn([[move('a.txt', 'b.txt')]], 'default');
    const [request] = (await bench().action()).requests;
    assert.ok(request?.proposal.kind === 'move');
    assert.match(request.why.reason, /no rule allows edit\(a\.txt\)/);
    assert.equal(request.remember, undefined);
    await approve();
    assert.equal(await text('b.txt'), 'one\ntwo\n');
    const { turnId } = await turn([[move('b.txt', 'c.txt')]]);
    assert.deepEqual(await results(turnId), ['Moved b.txt to c.txt.']);
    for (const args of [move('c.txt', '.vscode/tasks.json'), move('.env', 'env.txt')]) {
      await turn([[args]]);
      const [guarded] = (await bench().action()).requests;
      assert.ok(guarded?.proposal.kind === 'move' && guarded.proposal.protected !== undefined);
      await decide(() => ({ type: 'reject' }));
    }
    const denied = await turn([[move('c.txt', '.git/hooks/pre-commit')]]);
    assert.match((await results(denied.turnId))[0] ?? '', /^Blocked/);
  });

  it('hold to rules about either name, for the tool and for edits', async () => {
    bench().settings['countersign.approval.deny'] = ['edit(gen/**)', 'read(run.sh)'];
    const { turnId } = await turn([[move('a.txt', 'gen/a.txt')], [move('run.sh', 'x.sh')]]);
    const [first, second] = await results(turnId);
    assert.match(first ?? '', /^Blocked by the rule `edit\(gen\/\*\*\)`/);
    assert.match(second ?? '', /^Blocked by the rule `read\(run\.sh\)`/);
    assert.equal(await text('a.txt'), 'one\ntwo\n');
  });

  it('chain with edits of one batch, before and after', async () => {
    const calls = [
      edit('a.txt', 'one', 'ONE'),
      move('a.txt', 'd/b.txt'),
      edit('d/b.txt', 'two', 'TWO'),
    ];
    await turn([calls], 'default');
    const { requests } = await bench().action();
    assert.equal(requests.length, 3);
    const outcome = await approve();
    assert.ok(outcome.ok, JSON.stringify(outcome));
    assert.equal(await text('d/b.txt'), 'ONE\nTWO\n');
    assert.ok(!(await names()).includes('a.txt'));
  });

  it('move what the human made of an earlier edit of the batch', async () => {
    await turn([[edit('a.txt', 'one', 'ONE'), move('a.txt', 'b.txt')]], 'default');
    await decide(({ proposal }) =>
      proposal.kind === 'edit' ? { type: 'edit', content: 'mine\n' } : { type: 'approve' },
    );
    assert.equal(await text('b.txt'), 'mine\n');
    assert.ok(!(await names()).includes('a.txt'));
  });

  it('are shown again when the file changed, and cannot be approved where the name is taken', async () => {
    await turn([[move('a.txt', 'b.txt')]], 'default');
    await writeFile(bench().at('a.txt'), 'one\ntwo\nmine\n');
    const stale = await approve();
    assert.ok(!stale.ok && stale.refusal.code === 'stale');
    const [again] = (await bench().action()).requests;
    assert.ok(again?.proposal.kind === 'move' && again.proposal.lines === 3);
    assert.match(again.note ?? '', /a\.txt changed after this was shown/);
    await writeFile(bench().at('b.txt'), 'theirs\n');
    const taken = await approve();
    assert.ok(!taken.ok && taken.refusal.code === 'stale');
    const [hopeless] = (await bench().action()).requests;
    assert.deepEqual(hopeless?.allowedDecisions, ['reject', 'respond']);
    assert.match(hopeless.note ?? '', /b\.txt exists by now/);
    assert.deepEqual([await text('a.txt'), await text('b.txt')], ['one\ntwo\nmine\n', 'theirs\n']);
  });

  it('lead where the human says with edited arguments', async () => {
    const { turnId } = await turn([[move('a.txt', 'b.txt')]], 'default');
    await decide(() => ({ type: 'edit', args: { from: 'a.txt', to: 'better/name.txt' } }));
    assert.equal(await text('better/name.txt'), 'one\ntwo\n');
    assert.match(
      (await results(turnId))[0] ?? '',
      /Moved a\.txt to better\/name\.txt\.[^]*user changed/,
    );
  });

  it('carry what was not seen to the new name, whoever approved the move', async () => {
    await turn([[write('src/x.sh', 'echo evil\n')]]);
    await turn([[move('src/x.sh', 'y.sh')]], 'default');
    await approve();
    const unseen = await bench().deps.store.unseenFiles();
    assert.deepEqual(
      unseen.map(({ realPath, hash }) => [realPath, hash]),
      [[bench().at('y.sh'), bench().deps.texts.sha256('echo evil\n')]],
    );
    await turn([[move('a.txt', 'check2.sh')]]);
    const moved = (await bench().deps.store.unseenFiles()).map(({ realPath }) => realPath);
    assert.deepEqual(
      moved,
      ['a.txt', 'check2.sh', 'y.sh'].map((name) => bench().at(name)),
    );
    await turn([[move('check.sh', 'check3.sh')]], 'default');
    await approve();
    const seen = (await bench().deps.store.unseenFiles()).map(({ realPath }) => realPath);
    assert.ok(!seen.includes(bench().at('check3.sh')));
  });

  it('a command of the same batch that would run what is moved there asks with the list', async () => {
    bench().settings['countersign.approval.allow'] = ['shell(sh y.sh)'];
    const run = { name: 'run_command', args: { command: 'sh y.sh' } };
    await turn([[move('check.sh', 'y.sh'), run]]);
    const [request] = (await bench().action()).requests;
    assert.ok(request?.proposal.kind === 'command');
    assert.deepEqual(
      (request.proposal.unseen ?? []).map(({ path }) => path),
      ['y.sh'],
    );
    await decide(() => ({ type: 'reject' }));
  });

  it('are undone: the old name again, with its text and as a program, the new one gone', async () => {
    await chmod(bench().at('run.sh'), 0o755);
    const before = await names();
    const { turnId } = await turn([
      [move('a.txt', 'd/b.txt'), move('run.sh', 'bin/run.sh')],
      [edit('d/b.txt', 'two', 'TWO')],
    ]);
    assert.equal(await undo(turnId).then((said) => /^Undid 4 of 4/.test(said)), true);
    assert.deepEqual([await text('a.txt'), await text('run.sh')], ['one\ntwo\n', 'echo hi\n']);
    assert.equal((await stat(bench().at('run.sh'))).mode & 0o111, 0o111);
    assert.deepEqual(
      (await names()).filter((name) => /\./.test(name)),
      before,
    );
  });

  it('undo keeps what the human changed since, and never takes away a text that it cannot put back', async () => {
    const first = await turn([[move('a.txt', 'b.txt')]]);
    await writeFile(bench().at('b.txt'), 'one\ntwo\nmine\n');
    await undo(first.turnId);
    assert.deepEqual(
      [await text('a.txt'), await text('b.txt')],
      ['one\ntwo\n', 'one\ntwo\nmine\n'],
    );
    await turn([[move('.env', 'local.env')]]);
    await approve();
    assert.equal(await text('local.env'), 'KEY=1\n');
    const turns = await bench().deps.store.turnsOfThread((await lastThread()) ?? '');
    const moved = turns.at(-1)?.id ?? '';
    await assert.rejects(bench().engine.undoTurn(moved), { code: 'nothing_to_undo' });
    assert.equal(await text('local.env'), 'KEY=1\n');
  });
  it('undo takes the new name away only where the old one is back', async () => {
    const first = await turn([[move('a.txt', 'b.txt')]]);
    const drive = await bench().engine.undoTurn(first.turnId);
    await drive.done;
    await decide(({ proposal }) =>
      proposal.kind === 'edit' && proposal.change === 'delete'
        ? { type: 'approve' }
        : { type: 'reject' },
    );
    assert.equal(await text('b.txt'), 'one\ntwo\n');
    assert.match((await results(drive.turn.id)).join('\n'), /b\.txt was moved there by that turn/);
  });

  it('undo gives the old name back first, whatever came there since', async () => {
    const { turnId } = await turn([[move('a.txt', 'b.txt')], [write('a.txt', 'new\n')]]);
    assert.match(await undo(turnId), /^Undid 2 of 2/);
    assert.equal(await text('a.txt'), 'one\ntwo\n');
    assert.ok(!(await names()).includes('b.txt'));
  });

  it('that fail leave what was not seen so', async () => {
    await turn([[write('x.sh', 'echo evil\n')]]);
    await turn([[move('x.sh', 'y.sh')]], 'default');
    const { effects } = bench().deps;
    const own = { ...effects };
    effects.moveFile = () => Promise.resolve({ kind: 'failed', message: 'No.' });
    await approve();
    Object.assign(effects, own);
    await turn([[move('x.sh', 'z.sh')]], 'default');
    await approve();
    assert.equal(await text('z.sh'), 'echo evil\n');
    const unseen = await bench().deps.store.unseenFiles();
    assert.ok(unseen.some(({ realPath }) => realPath === bench().at('z.sh')));
  });

  it('keep the byte order mark where an edit of the batch follows', async () => {
    await writeFile(bench().at('a.txt'), '\uFEFFone\ntwo\n');
    await turn([
      [edit('a.txt', 'one', 'ONE'), move('a.txt', 'b.txt'), edit('b.txt', 'two', 'TWO')],
    ]);
    const there = await text((await names()).includes('b.txt') ? 'b.txt' : 'a.txt');
    assert.equal(there.codePointAt(0), 0xfeff, JSON.stringify(there));
  });
  const lastThread = async (): Promise<string | undefined> => {
    const threads = await bench().deps.store.listThreads();
    return threads.toSorted((a, b) => b.updatedAt - a.updatedAt)[0]?.id;
  };
});
