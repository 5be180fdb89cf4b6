// What is said of commands in terminals and in the list.
import assert from 'node:assert/strict';
import {
  backgroundPick,
  callEndText,
  endText,
  stateText,
  terminalEnd,
  terminalHead,
  terminalName,
} from '../../../src/vscode/commandText.ts';
import type { BackgroundRow } from '../../../src/core/ports/commandStore.ts';
import type { CallRow } from '../../../src/core/ports/store.ts';

const ROW: BackgroundRow = {
  ...{
    id: 'b1',
    threadId: 't',
    turnId: 'u',
    callId: 'c',
    command: 'npm\nstart',
    cwd: '.',
    state: 'running',
  },
  ...{
    exitCode: null,
    signal: null,
    stopAskedBy: null,
    startedAt: 0,
    endedAt: null,
    length: 0,
    readTo: 0,
  },
};

describe('what is said of commands', () => {
  it('a terminal names the command, whatever is in it, in one short line', () => {
    assert.equal(terminalName('a\u202Eb\n\u001B[2Jc'), 'a\\u{202E}b ⏎ \\u{001B}[2Jc');
    assert.equal(terminalName('x'.repeat(99)).length, 40);
  });

  it('nothing of the command or the folder acts above the output', () => {
    const head = terminalHead({ command: 'echo \u001B]52;c;x\u0007\nls', cwd: '/w\u001B[2J' });
    assert.deepEqual(
      head.match(/\u001B\[?[^a-z]*[a-z]?/gi),
      Array.from({ length: 3 }, () => ['\u001B[1m', '\u001B[0m'])
        .flat()
        .with(4, '\u001B[2m'),
    );
    assert.match(head, /echo \\u\{001B\}\]52;c;x\\u\{0007\}/);
    assert.match(terminalEnd('exit\u001B[2J'), /exit\\u\{001B\}\[2J/);
  });

  it('each state, with how long it took', () => {
    assert.equal(stateText(ROW), 'running');
    assert.equal(stateText({ ...ROW, stopAskedBy: 'the user' }), 'is being stopped');
    const ended = { ...ROW, state: 'exited', exitCode: 3, endedAt: 65_000 } as const;
    assert.equal(stateText(ended), 'exit status 3 · after 1 min');
    assert.equal(
      endText({ ...ended, exitCode: null, signal: 'SIGKILL' }),
      'ended by signal SIGKILL',
    );
    assert.equal(endText({ ...ended, state: 'stopped' }), 'stopped');
    assert.equal(endText({ ...ended, state: 'timedOut' }), 'timed out');
    assert.match(endText({ ...ended, state: 'lost' }), /exit status not known/);
  });

  it('the end of a call’s command comes from the first line of its result, which is ours', () => {
    const call = (result: string, outcome: CallRow['outcome'] = 'error'): string =>
      callEndText({ result, outcome, startedAt: 0, endedAt: 1500 } as CallRow);
    assert.equal(
      call('Exit code 0 after 1.5 s.\nExit code 9 after 1 s.', 'ok'),
      'exit status 0 · after 2 s',
    );
    assert.equal(
      call('The command was ended by signal SIGSEGV after 1.5 s.'),
      'ended by signal SIGSEGV · after 2 s',
    );
    assert.equal(call('The command timed out after 1 s and was stopped.'), 'timed out · after 2 s');
    assert.equal(
      call('The command was cancelled by the user after 1.5 s.', 'cancelled'),
      'stopped · after 2 s',
    );
  });

  it('a row of the list holds no picture and no line break of the agent’s', () => {
    const row = { ...ROW, command: 'echo $(trash)\nls', cwd: '$(x)' };
    const { label, detail } = backgroundPick(row, '$(bug) title', 90_000);
    assert.equal(label, 'echo \\$(trash) ⏎ ls');
    assert.equal(detail, 'running · started 1 min ago · \\$(bug) title · in \\$(x)');
  });
});
