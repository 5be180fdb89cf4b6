// git through the built command line, in a repository that brings a program along: it waits, across processes, and what runs
// is what was shown with its environment.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { gitEnvironment } from '../../src/protocol/gitEnvironment.ts';
import { gitIn } from '../unit/node/git/support.ts';
import { approve, show, toolResults, useFlow, type Entry } from './support.ts';

describe('git in a repository', function () {
  this.timeout(90_000);
  const flow = useFlow({ 'a.txt': 'one\n', '.gitattributes': '*.txt filter=x\n' });
  const settings = { 'countersign.approval.allow': ['shell(git *)'] };
  const turn = (command: string): Entry[] => [
    { toolCalls: [{ id: 'c', name: 'run_command', args: { command } }] },
    { text: 'Done' },
  ];
  const pwned = (): boolean => existsSync(flow().beside('pwned'));

  beforeEach(() => {
    gitIn(flow().workspace, 'init', '-q');
    gitIn(flow().workspace, 'config', 'user.name', 'T');
    gitIn(flow().workspace, 'config', 'user.email', 't@example.org');
    gitIn(flow().workspace, 'add', '.');
    gitIn(flow().workspace, 'commit', '-qm', 'one');
  });

  it('waits while its configuration would run a program, and runs unasked once it is gone (A6)', async () => {
    await writeFile(flow().at('a.txt'), 'two\n');
    gitIn(flow().workspace, 'config', 'filter.x.clean', `touch ${flow().beside('pwned')}; cat`);
    const waits = await flow().run(turn('git status'), { settings });
    assert.equal(waits.end.type, 'turn.paused', show(waits));
    assert.match(waits.end.requests?.[0]?.why.reason ?? '', /git configuration .*filter\.x\.clean/);
    assert.equal(pwned(), false);
    gitIn(flow().workspace, 'config', '--unset', 'filter.x.clean');
    const runs = await flow().run(turn('git diff'), { settings });
    assert.equal(runs.end.type, 'turn.finished', show(runs));
    assert.match(toolResults(runs.lines)[0]?.text ?? '', /\+two/);
    assert.equal(pwned(), false);
  });

  it('an approved commit runs the repository’s hooks, with the environment that was shown (A6)', async () => {
    await mkdir(flow().at('.git/hooks'), { recursive: true });
    const hook = flow().at('.git/hooks/pre-commit');
    await writeFile(hook, `#!/bin/sh\necho "$GIT_CONFIG_COUNT" > ${flow().beside('pwned')}\n`);
    await chmod(hook, 0o755);
    await writeFile(flow().at('a.txt'), 'two\n');
    const unasked = await flow().run(turn('git commit -q -a -m two'), { settings });
    assert.equal(unasked.end.type, 'turn.finished', show(unasked));
    assert.equal(pwned(), false);
    await writeFile(flow().at('a.txt'), 'six\n');
    const waits = await flow().run(turn('git commit -q -a -m six'));
    const proposal = waits.end.requests?.[0]?.proposal;
    assert.ok(proposal?.kind === 'command', show(waits));
    assert.deepEqual(proposal.env, gitEnvironment(false, false));
    const decided = await flow().decide(waits.end.actionId, { decisions: { c: approve } });
    assert.equal(decided.end.type, 'turn.finished', show(decided));
    assert.ok(pwned(), 'the hook ran');
    assert.equal(gitIn(flow().workspace, 'log', '-2', '--format=%s'), 'six\ntwo\n');
  });
});
