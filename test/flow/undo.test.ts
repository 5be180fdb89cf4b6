// Undo of a turn through the command line: what it prints, what is on disk, and that a crash at any step neither loses nor
// doubles anything.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import type { CrashPoint } from '../../src/node/cli/crashAt.ts';
import { approve, cli, editContent, said, show, toolResults, useFlow, withEnd } from './support.ts';
import type { CliLine, Entry, JsonRun } from './support.ts';

const BEFORE = 'one\ntwo\nthree\nfour\nfive\nsix\n';
const AFTER = BEFORE.replace('two', 'TWO');

const call = (id: string, name: string, args: Record<string, string>): Entry => ({
  toolCalls: [{ id, name, args }],
});
const work: Entry[] = [
  call('e', 'edit_file', { path: 'a.txt', old_string: 'two', new_string: 'TWO' }),
  call('w', 'write_file', { path: 'src/new.txt', content: 'new\n' }),
  { text: 'Done' },
];
const settings = { 'countersign.approval.mode': 'acceptEdits' };

describe('undo on the command line', function () {
  this.timeout(300_000);
  const flow = useFlow({ 'a.txt': BEFORE });

  const where = (): string[] => ['--state', flow().stateFile, '--workspace', flow().workspace];
  const undo = async (turnId: string | undefined): Promise<JsonRun> =>
    withEnd(await cli(['undo', ...where(), turnId ?? '', '--json']));
  const approveAll = ({ requests = [] }: CliLine): object => ({
    decisions: Object.fromEntries(requests.map(({ callId }) => [callId, approve])),
  });

  it('waits for approval of each file, restores them, and can be undone (HW12)', async () => {
    const done = await flow().run(work, { settings });
    assert.equal(done.status, 0, show(done));
    assert.deepEqual(await flow().tree(), { 'a.txt': AFTER, 'src/new.txt': 'new\n' });
    const paused = await undo(done.end.turnId);
    assert.equal(paused.status, 3, show(paused));
    assert.deepEqual(await flow().tree(), { 'a.txt': AFTER, 'src/new.txt': 'new\n' });
    assert.deepEqual(
      paused.end.requests?.map(({ tool, proposal }) => [
        tool,
        proposal.kind === 'edit' && [proposal.change, proposal.path],
      ]),
      [
        ['undo_edit', ['modify', 'a.txt']],
        ['undo_edit', ['delete', 'src/new.txt']],
      ],
    );
    const busy = await undo(done.end.turnId);
    assert.deepEqual([busy.status, busy.end.code], [4, 'turn_paused'], show(busy));
    const undone = await flow().decide(paused.end.actionId, approveAll(paused.end));
    assert.deepEqual([undone.status, undone.end.text], [0, 'Undid 2 of 2 files of “Do it”.']);
    assert.deepEqual(await flow().tree(), { 'a.txt': BEFORE });
    const nothing = await undo(done.end.turnId);
    assert.deepEqual([nothing.status, nothing.end.code], [4, 'nothing_to_undo']);
    const again = await undo(undone.end.turnId);
    const redone = await flow().decide(again.end.actionId, approveAll(again.end));
    assert.equal(redone.status, 0, show(redone));
    assert.deepEqual(await flow().tree(), { 'a.txt': AFTER, 'src/new.txt': 'new\n' });
  });

  it('keeps what was changed since; a conflict is written only with a text of the user’s (F3)', async () => {
    const done = await flow().run(work, { settings });
    await writeFile(flow().at('a.txt'), BEFORE.replace('two', 'mine'));
    const paused = await undo(done.end.turnId);
    const refused = await flow().decide(paused.end.actionId, approveAll(paused.end));
    assert.deepEqual([refused.status, refused.end.code], [4, 'not_allowed'], show(refused));
    const decisions = { undo0: editContent('both\n'), undo1: { type: 'reject' } };
    const end = await flow().decide(paused.end.actionId, { decisions });
    assert.equal(end.end.text, 'Undid 1 of 2 files of “Do it”.');
    assert.deepEqual(await flow().tree(), { 'a.txt': 'both\n', 'src/new.txt': 'new\n' });
  });

  it('is refused for turns that are not there, and needs one id', async () => {
    await flow().run([{ text: 'Nothing' }]);
    const unknown = await undo('u0');
    assert.deepEqual([unknown.status, unknown.end.code], [4, 'unknown_turn']);
    assert.match(said(unknown.end), /no turn u0/);
    assert.equal((await cli(['undo', ...where()])).status, 2);
  });

  const starts: CrashPoint[] = [
    ...(['turn.created', 'reply.before', 'reply.stored', 'plan.stored'] as const),
    ...(['pause.before', 'pause.stored'] as const),
  ];
  for (const point of starts) {
    it(`goes on after a crash at ${point} of its start`, async () => {
      const done = await flow().run(work, { settings });
      const env = { COUNTERSIGN_CRASH_AT: point };
      const died = await cli(['undo', ...where(), done.end.turnId ?? '', '--json'], { env });
      assert.equal(died.status, null, show(died));
      assert.deepEqual(await flow().tree(), { 'a.txt': AFTER, 'src/new.txt': 'new\n' });
      await toTheEnd(1);
    });
  }

  const decided: CrashPoint[] = [
    ...(['claim.before', 'claim.stored', 'start.before', 'start.stored'] as const),
    ...(['settle.before', 'settle.stored', 'result.stored', 'end.before', 'end.stored'] as const),
  ];
  for (const point of decided) {
    it(`goes on after a crash at ${point} of its decision`, async () => {
      const done = await flow().run(work, { settings });
      const paused = await undo(done.end.turnId);
      const file = await flow().file(approveAll(paused.end));
      const args = await flow().decideArgs(paused.end.actionId ?? '', file);
      const died = await cli([...args, '--json'], { env: { COUNTERSIGN_CRASH_AT: point } });
      assert.equal(died.status, null, show(died));
      await toTheEnd(point === 'claim.before' ? 1 : 0);
    });
  }

  /** Decides and continues until the undo is over; it may ask for its files at most `asks` times. */
  async function toTheEnd(asks: number): Promise<void> {
    let asked = 0;
    for (let round = 0; round < 4; round += 1) {
      const { turn } = await theUndo();
      if (turn.status === 'finished') break;
      const [action] = await flow().read('pending');
      if (action) {
        asked += 1;
        const end = await flow().decide(action.actionId, approveAll(action));
        assert.equal(end.status, 0, show(end));
      } else {
        withEnd(await cli(['continue', ...where(), turn.turnId ?? '', '--json']));
      }
    }
    const { turn, lines } = await theUndo();
    assert.equal(turn.status, 'finished');
    assert.ok(asked <= asks, `asked ${asked} times`);
    assert.deepEqual(await flow().tree(), { 'a.txt': BEFORE });
    const results = toolResults(lines.filter(({ turnId }) => turnId === turn.turnId));
    assert.deepEqual(
      results.map(({ callId, status }) => [callId, status]),
      [
        ['undo0', 'ok'],
        ['undo1', 'ok'],
      ],
    );
    const verified = await cli(['ledger', 'verify', '--state', flow().stateFile]);
    assert.equal(verified.status, 0, show(verified));
  }

  async function theUndo(): Promise<{ turn: CliLine; lines: CliLine[] }> {
    const [thread] = (await flow().read('threads')) as (CliLine & { id: string })[];
    const lines = await flow().read('show', thread?.id ?? '');
    const turn = lines.filter(({ type }) => type === 'turn').at(-1);
    assert.ok(turn);
    return { turn, lines };
  }
});
