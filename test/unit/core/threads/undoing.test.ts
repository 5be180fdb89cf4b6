// Undo of a turn, from its start to what is on disk, in the journal and told to the next model.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openBench, type Bench } from '../agent/support.ts';
import { UNDOABLE_TURNS } from '../../../../src/core/ports/undoStore.ts';
import {
  UNDO_TOOL,
  type ActionRequest,
  type Decision,
  type Decisions,
  type EditProposal,
} from '../../../../src/protocol/calls.ts';

const LINES = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', ''].join('\n');
const FIRST = LINES.replace('two', 'TWO');

type Call = { name: string; args: object };

const edit = (file: string, old_string: string, new_string: string): Call => ({
  name: 'edit_file',
  args: { path: file, old_string, new_string },
});
const write = (file: string, content: string): Call => ({
  name: 'write_file',
  args: { path: file, content },
});
const remove = (file: string): Call => ({ name: 'delete_file', args: { path: file } });

describe('undo of a turn', function () {
  this.timeout(30_000);
  let bench: Bench;

  afterEach(() => bench.dispose());

  /** A turn that runs these calls without asking, one after another, and is over. */
  async function turn(calls: Call[], threadId?: string) {
    for (const { name, args } of calls) bench.say({ calls: [{ name, args }] });
    bench.say({ text: 'Done.' });
    const place = threadId === undefined ? {} : { threadId };
    return bench.run({ ...place, mode: 'acceptEdits' });
  }

  async function undo(turnId: string) {
    const drive = await bench.engine.undoTurn(turnId);
    await drive.done;
    return drive.turn;
  }

  async function decide(choose: (request: ActionRequest) => Decision) {
    const action = await bench.action();
    const decisions: Decisions = Object.fromEntries(
      action.requests.map((request) => [request.callId, choose(request)]),
    );
    const outcome = await bench.engine.submit({ actionId: action.id, decisions }, 'test');
    if (outcome.ok) await outcome.done;
    return outcome;
  }

  const approve = (): Promise<unknown> => decide(() => ({ type: 'approve' }));
  const text = (file: string): Promise<string> => readFile(bench.at(file), 'utf8');
  const proposals = async (): Promise<EditProposal[]> =>
    (await bench.action()).requests.map(({ proposal }) => {
      assert.ok(proposal.kind === 'edit');
      return proposal;
    });
  const last = async (turnId: string): Promise<string> =>
    (await bench.deps.store.messagesOfTurn(turnId)).at(-1)?.message.text ?? '';

  it('restores what was edited, created and deleted, and asks before it writes anything (HW12)', async () => {
    bench = await openBench({ 'a.txt': LINES, 'gone.txt': 'was here\n' });
    const { turnId } = await turn([
      edit('a.txt', 'two', 'TWO'),
      edit('a.txt', 'three', 'THREE'),
      write('src/new.txt', 'new\n'),
      remove('gone.txt'),
    ]);
    assert.equal(existsSync(bench.at('gone.txt')), false);
    const undone = await undo(turnId);
    const action = await bench.action();
    assert.deepEqual(
      action.requests.map(({ tool, proposal, why }) => [
        tool,
        proposal.kind === 'edit' && [proposal.change, proposal.path, proposal.newText],
        why.reason,
      ]),
      [
        [UNDO_TOOL, ['modify', 'a.txt', LINES], 'mode default: no rule allows edit(a.txt)'],
        [
          UNDO_TOOL,
          ['delete', 'src/new.txt', null],
          'mode default: no rule allows edit(src/new.txt)',
        ],
        [
          UNDO_TOOL,
          ['create', 'gone.txt', 'was here\n'],
          'mode default: no rule allows edit(gone.txt)',
        ],
      ],
    );
    assert.notEqual(await text('a.txt'), LINES);
    await approve();
    assert.equal(await text('a.txt'), LINES);
    assert.equal(await text('gone.txt'), 'was here\n');
    assert.equal(existsSync(bench.at('src/new.txt')), false);
    assert.equal(await last(undone.id), 'Undid 3 of 3 files of “Do it”.');
    assert.equal(bench.requests.length, 5, 'no model was asked');
    assert.equal((await bench.deps.store.getTurn(undone.id))?.status, 'finished');
  });

  it('is asked whatever rules, modes, hooks or the switch allow; a deny keeps it from being shown', async () => {
    bench = await openBench({ 'a.txt': LINES, 'b.txt': LINES, 'c.txt': LINES });
    const { turnId } = await turn([
      edit('a.txt', 'two', 'TWO'),
      edit('b.txt', 'two', 'TWO'),
      edit('c.txt', 'two', 'TWO'),
    ]);
    bench.settings['countersign.approval.allow'] = ['edit'];
    bench.settings['countersign.approval.deny'] = ['edit_file(b.txt)', 'write_file(c.txt)'];
    const undone = await undo(turnId);
    const { requests } = await bench.action();
    assert.deepEqual(
      requests.map(({ proposal, why, remember }) => [
        proposal.kind === 'edit' && proposal.path,
        why.reason,
        remember,
      ]),
      [['a.txt', 'an undo is always asked', undefined]],
    );
    await approve();
    assert.match(await last(undone.id), /^Undid 1 of 3 files/);
    assert.equal(await text('b.txt'), FIRST);
  });

  it('keeps what the user changed elsewhere in the file', async () => {
    bench = await openBench({ 'a.txt': LINES });
    const { turnId } = await turn([edit('a.txt', 'two', 'TWO')]);
    await writeFile(bench.at('a.txt'), FIRST.replace('seven', 'SEVEN'));
    await undo(turnId);
    const [proposal] = await proposals();
    assert.equal(proposal?.newText, LINES.replace('seven', 'SEVEN'));
    const [request] = (await bench.action()).requests;
    assert.match(request?.note ?? '', /changed after that turn/);
    await approve();
    assert.equal(await text('a.txt'), LINES.replace('seven', 'SEVEN'));
  });

  it('keeps what the user changed between two edits of the turn', async () => {
    bench = await openBench({ 'a.txt': LINES });
    bench.say({ calls: [edit('a.txt', 'two', 'TWO')] });
    bench.say(async function* () {
      await writeFile(bench.at('a.txt'), FIRST.replace('seven', 'MINE'));
      const args = JSON.stringify(edit('a.txt', 'four', 'FOUR').args);
      yield { type: 'toolCall', index: 0, id: 'second', name: 'edit_file', args };
      yield { type: 'end', reason: 'tool_calls' };
    });
    const { turnId } = await turn([]);
    assert.equal((await bench.deps.store.undoChanges(turnId)).length, 2);
    await undo(turnId);
    await approve();
    assert.equal(await text('a.txt'), LINES.replace('seven', 'MINE'));
  });

  it('shows a conflict that cannot be approved as it is; the human’s text is written', async () => {
    bench = await openBench({ 'a.txt': LINES, 'b.txt': LINES });
    const { turnId } = await turn([edit('a.txt', 'two', 'TWO'), edit('b.txt', 'two', 'TWO')]);
    await writeFile(bench.at('a.txt'), LINES.replace('two', 'mine'));
    await undo(turnId);
    const [request, other] = (await bench.action()).requests;
    assert.deepEqual(request?.allowedDecisions, ['edit', 'reject']);
    assert.deepEqual(other?.allowedDecisions, ['approve', 'edit', 'reject']);
    assert.ok(request?.proposal.kind === 'edit' && request.proposal.hunks === undefined);
    assert.match(request.note ?? '', /in the same lines/);
    const refused = await decide(() => ({ type: 'approve' }));
    assert.ok(!refused.ok && refused.refusal.code === 'not_allowed', JSON.stringify(refused));
    const hunks = await decide(({ callId }) =>
      callId === request.callId ? { type: 'edit', hunks: [0] } : { type: 'approve' },
    );
    assert.ok(!hunks.ok, 'nor by all its hunks');
    await decide(({ callId }) =>
      callId === request.callId ? { type: 'edit', content: 'both\n' } : { type: 'approve' },
    );
    assert.equal(await text('a.txt'), 'both\n');
    assert.equal(await text('b.txt'), LINES);
  });

  it('leaves files alone that it cannot restore, and says why', async () => {
    bench = await openBench({
      'gone.txt': LINES,
      'bin.txt': LINES,
      'deleted.txt': 'old\n',
      'same.txt': LINES,
    });
    const { turnId, threadId } = await turn([
      edit('gone.txt', 'two', 'TWO'),
      edit('bin.txt', 'two', 'TWO'),
      remove('deleted.txt'),
      write('made.txt', 'made\n'),
      write('made2.txt', 'made\n'),
      edit('same.txt', 'two', 'TWO'),
    ]);
    await rm(bench.at('gone.txt'));
    await writeFile(bench.at('bin.txt'), Buffer.from([0, 1, 2, 0]));
    await writeFile(bench.at('deleted.txt'), 'another one\n');
    await writeFile(bench.at('made.txt'), 'made\nmore of mine\n');
    await rm(bench.at('made2.txt'));
    await writeFile(bench.at('same.txt'), LINES);
    const [plan] = await bench.engine.undoableTurns(threadId);
    assert.deepEqual(plan?.files, [
      { path: 'gone.txt', says: 'conflict, needs a text of yours' },
      { path: 'deleted.txt', says: 'conflict, needs a text of yours' },
    ]);
    assert.deepEqual(plan.same, ['made2.txt', 'same.txt']);
    assert.deepEqual(
      plan.left.map(({ path: name }) => name),
      ['bin.txt', 'made.txt'],
    );
    assert.match(plan.left[0]?.says ?? '', /binary/);
    assert.match(plan.left[1]?.says ?? '', /created by that turn and has changed since/);
    const undone = await undo(turnId);
    for (const { allowedDecisions } of (await bench.action()).requests) {
      assert.deepEqual(allowedDecisions, ['edit', 'reject']);
    }
    await decide(() => ({ type: 'reject' }));
    assert.equal(await last(undone.id), 'Undid 0 of 4 files of “Do it”.');
    assert.equal(await text('deleted.txt'), 'another one\n');
    assert.equal(await text('made.txt'), 'made\nmore of mine\n');
  });

  it('does not follow a link, or a folder that moved, to somewhere else (F3)', async () => {
    bench = await openBench({ 'a.txt': LINES, 'sub/b.txt': LINES, 'other/b.txt': 'other\n' });
    const { turnId } = await turn([edit('a.txt', 'two', 'TWO'), edit('sub/b.txt', 'two', 'TWO')]);
    const outside = path.join(bench.folder.path, 'outside.txt');
    await writeFile(outside, FIRST);
    await rm(bench.at('a.txt'));
    await symlink(outside, bench.at('a.txt'));
    await rename(bench.at('sub'), bench.at('moved'));
    await symlink(bench.at('other'), bench.at('sub'));
    await assert.rejects(bench.engine.undoTurn(turnId), {
      code: 'nothing_to_undo',
      message: /a\.txt led to .* sub\/b\.txt led to /,
    });
    assert.equal(await readFile(outside, 'utf8'), FIRST);
    assert.equal(await text('other/b.txt'), 'other\n');
  });

  it('does not write through a link that came after the card (F3)', async () => {
    bench = await openBench({ 'a.txt': LINES });
    const { turnId } = await turn([edit('a.txt', 'two', 'TWO')]);
    const undone = await undo(turnId);
    const outside = path.join(bench.folder.path, 'outside.txt');
    await writeFile(outside, FIRST);
    await rm(bench.at('a.txt'));
    await symlink(outside, bench.at('a.txt'));
    const outcome = await decide(() => ({ type: 'approve' }));
    if (outcome.ok) assert.match(await last(undone.id), /^Undid 0 of 1/);
    assert.equal(await readFile(outside, 'utf8'), FIRST);
  });

  it('never restores a file that no rule can allow (F3)', async () => {
    bench = await openBench({ '.git/hooks/pre-commit': 'new\n' });
    const { turnId } = await turn([]);
    const { texts, store } = bench.deps;
    const [beforeHash, afterHash] = [texts.sha256('old\n'), texts.sha256('new\n')];
    const file = '.git/hooks/pre-commit';
    // As a state file might say that somebody changed.
    store.undoChanges = async () => [
      {
        ...{ path: file, realPath: bench.at(file), beforeHash, afterHash, encoding: 'utf8' },
        ...{ executable: false, movedFrom: null },
      },
    ];
    store.undoText = async () => 'old\n';
    await assert.rejects(bench.engine.undoTurn(turnId), {
      code: 'nothing_to_undo',
      message: /protected file \(.*\), no rule can allow it/,
    });
    assert.equal(await text(file), 'new\n');
  });

  it('does not follow a folder that became a link to a protected one (F3)', async () => {
    bench = await openBench({ 'plain/hook': 'old\n' });
    const { turnId } = await turn([write('plain/hook', 'new\n')]);
    // What the row names became a protected place since.
    await mkdir(bench.at('.git'));
    await rename(bench.at('plain'), bench.at('.git/hooks'));
    await symlink(bench.at('.git/hooks'), bench.at('plain'));
    await assert.rejects(bench.engine.undoTurn(turnId), { code: 'nothing_to_undo' });
    assert.equal(await text('.git/hooks/hook'), 'new\n');
  });

  it('keeps no text of a file that may hold secrets', async () => {
    bench = await openBench({ '.env': 'KEY=1\n' });
    bench.settings['countersign.approval.allow'] = ['edit(.env)'];
    const { turnId } = await turn([edit('.env', 'KEY=1', 'KEY=2')]);
    assert.equal(await text('.env'), 'KEY=2\n');
    const [change] = await bench.deps.store.undoChanges(turnId);
    assert.ok(change?.beforeHash);
    assert.equal(await bench.deps.store.undoText(turnId, change.beforeHash), undefined);
    await assert.rejects(bench.engine.undoTurn(turnId), {
      code: 'nothing_to_undo',
      message: /\.env held before that turn is not kept/,
    });
  });

  it('merges once more when the file changes while the card waits', async () => {
    bench = await openBench({ 'a.txt': LINES });
    const { turnId } = await turn([edit('a.txt', 'two', 'TWO')]);
    await undo(turnId);
    await writeFile(bench.at('a.txt'), FIRST.replace('eight', 'EIGHT'));
    const stale = await decide(() => ({ type: 'approve' }));
    assert.ok(!stale.ok && stale.refusal.code === 'stale');
    await approve();
    assert.equal(await text('a.txt'), LINES.replace('eight', 'EIGHT'));
  });

  it('can be approved in part, also by hunks, and can itself be undone', async () => {
    bench = await openBench({ 'a.txt': LINES, 'b.txt': LINES });
    const { turnId, threadId } = await turn([
      write('a.txt', LINES.replace('two', 'TWO').replace('seven', 'SEVEN')),
      edit('b.txt', 'two', 'TWO'),
    ]);
    const undone = await undo(turnId);
    await decide(({ proposal }) =>
      proposal.kind === 'edit' && proposal.path === 'a.txt'
        ? { type: 'edit', hunks: [1] }
        : { type: 'reject', reason: 'keep it' },
    );
    assert.equal(await text('a.txt'), FIRST);
    assert.equal(await text('b.txt'), FIRST);
    assert.match(await last(undone.id), /^Undid 1 of 2 files/);
    const [newest] = await bench.engine.undoableTurns(threadId);
    assert.equal(newest?.turnId, undone.id);
    assert.equal(newest.title, 'Undo “Do it”');
    await undo(undone.id);
    await approve();
    assert.equal(await text('a.txt'), LINES.replace('two', 'TWO').replace('seven', 'SEVEN'));
    assert.equal(await text('b.txt'), FIRST);
  });

  it('is told to the next model as a note of the user, and no call lacks its result', async () => {
    bench = await openBench({ 'a.txt': LINES });
    const { turnId, threadId } = await turn([edit('a.txt', 'two', 'TWO')]);
    await undo(turnId);
    await approve();
    bench.say({ text: 'I see.' });
    await bench.run({ threadId });
    const { messages } = bench.requests.at(-1)!;
    assert.deepEqual(
      messages.map(({ role }) => role),
      ['user', 'assistant', 'tool', 'assistant', 'user', 'user'],
    );
    const note = messages.at(-2)!;
    assert.match(note.text, /the user undid changes of an earlier turn, by hand: Undo “Do it”/);
    assert.match(note.text, /- Edited a\.txt: 1 line added, 1 removed\./);
    assert.ok(!JSON.stringify(messages).includes(UNDO_TOOL));
    assert.ok(!JSON.stringify(bench.requests.at(-1)?.tools).includes(UNDO_TOOL));
  });

  it('is no tool of a model', async () => {
    bench = await openBench({ 'a.txt': LINES });
    const { turnId, threadId } = await turn([edit('a.txt', 'two', 'TWO')]);
    const args = { path: 'a.txt', turn: turnId };
    const own = await turn([{ name: UNDO_TOOL, args }], threadId);
    const [result] = await bench.results(own.turnId);
    assert.match(result?.text ?? '', /There is no tool named "undo_edit"/);
    assert.ok(!/Available:.*undo_edit/.test(result?.text ?? ''));
    assert.equal(await text('a.txt'), FIRST);
  });

  it('is refused while the thread is busy, for turns that are not there, and where nothing changed', async () => {
    bench = await openBench({ 'a.txt': LINES });
    const { turnId, threadId } = await turn([edit('a.txt', 'two', 'TWO')]);
    await undo(turnId);
    await assert.rejects(bench.engine.undoTurn(turnId), { code: 'turn_paused' });
    await approve();
    await assert.rejects(bench.engine.undoTurn(turnId), {
      code: 'nothing_to_undo',
      message: /as they were before it already/,
    });
    await assert.rejects(bench.engine.undoTurn('u0'), { code: 'unknown_turn' });
    const idle = await turn([], threadId);
    await assert.rejects(bench.engine.undoTurn(idle.turnId), {
      code: 'nothing_to_undo',
      message: /changed no files by edits/,
    });
  });

  it('says so when the texts are not kept any more', async () => {
    bench = await openBench({ 'a.txt': LINES });
    const { turnId, threadId } = await turn([edit('a.txt', 'two', 'TWO')]);
    for (let n = 0; n < UNDOABLE_TURNS; n += 1) await turn([write('n.txt', `${n}\n`)], threadId);
    assert.equal((await bench.engine.undoableTurns(threadId)).length, UNDOABLE_TURNS);
    await assert.rejects(bench.engine.undoTurn(turnId), {
      code: 'nothing_to_undo',
      message: /not kept any more: only the last 50/,
    });
  });

  it('stays queued at the limit of running turns and is driven when there is a place', async () => {
    bench = await openBench({ 'a.txt': LINES });
    const { turnId } = await turn([edit('a.txt', 'two', 'TWO')]);
    const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    bench.settings['countersign.agent.maxRunningTurns'] = 1;
    bench.say(async function* () {
      asked.resolve();
      await answer.promise;
      yield { type: 'text', delta: 'x' };
      yield { type: 'end', reason: 'stop' };
    });
    const busy = bench.run();
    await asked.promise;
    const drive = await bench.engine.undoTurn(turnId);
    assert.equal(drive.turn.status, 'queued');
    answer.resolve();
    await busy;
    await bench.engine.idle();
    await approve();
    assert.equal(await text('a.txt'), LINES);
  });
});
