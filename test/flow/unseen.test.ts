// A command that would run what the agent edited unasked, through the command line: every step is a process of its own, so
// that only the state file can know.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { approve, cli, show, toolResults, useFlow, withEnd, type Entry } from './support.ts';

describe('unseen edits on the command line', function () {
  this.timeout(90_000);
  const flow = useFlow({ 'check.sh': 'cat src/a.ts\n', 'src/a.ts': 'one\n', 'README.md': 'r\n' });
  const settings = {
    'countersign.approval.mode': 'acceptEdits',
    'countersign.approval.allow': ['shell(sh check.sh)'],
  };
  const edit = (content: string, path = 'src/a.ts'): Entry => ({
    toolCalls: [{ id: 'e', name: 'write_file', args: { path, content } }],
  });
  const check: Entry = {
    toolCalls: [{ id: 'c', name: 'run_command', args: { command: 'sh check.sh' } }],
  };
  const end: Entry = { text: 'Done.' };

  it('asks with the list in a later process, runs after the approval, is allowed then, and asks after the next edit (B5)', async () => {
    const edited = await flow().run([edit('two\n'), end], { settings });
    assert.equal(edited.status, 0, show(edited));
    const asked = await flow().run([check, end], { settings });
    assert.equal(asked.status, 3, show(asked));
    const [request] = asked.end.requests ?? [];
    assert.equal(
      request?.why.reason,
      'runs code this session wrote and you have not seen: src/a.ts',
    );
    assert.ok(request.proposal.kind === 'command');
    assert.deepEqual(
      request.proposal.unseen?.map(({ path }) => path),
      ['src/a.ts'],
    );
    const decided = await flow().decide(asked.end.actionId, { decisions: { c: approve } });
    assert.equal(decided.status, 0, show(decided));
    assert.match(toolResults(decided.lines)[0]?.text ?? '', /two/);

    const allowed = await flow().run([check, end], { settings });
    assert.equal(allowed.status, 0, show(allowed));
    const again = await flow().run([edit('three\n'), check, end], { settings });
    assert.equal(again.status, 3, show(again));
  });

  it('a process that dies when the edit has started, and before it wrote, leaves the file unseen', async () => {
    const args = await flow().runArgs([edit('two\n'), end], { settings });
    const died = await cli(args, { env: { COUNTERSIGN_CRASH_AT: 'start.stored' } });
    assert.equal(died.status, null, show(died));
    assert.equal(await readFile(flow().at('src/a.ts'), 'utf8'), 'one\n');
    const asked = await flow().run([check, end], { settings });
    assert.equal(asked.status, 3, show(asked));
  });

  it('a run that cannot pause denies it with the reason, and a document asks nobody', async () => {
    const read = await flow().run([edit('new\n', 'README.md'), check, end], { settings });
    assert.equal(read.status, 0, show(read));
    const args = await flow().runArgs([edit('two\n'), check, end], { settings });
    const denied = withEnd(await cli([...args, '--no-pause', '--json']));
    assert.equal(denied.status, 0, show(denied));
    assert.match(toolResults(denied.lines).at(-1)?.text ?? '', /cannot pause .*src\/a\.ts/);
  });
});
