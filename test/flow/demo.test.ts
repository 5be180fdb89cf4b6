// The demo agent on the sample workspace, decided in every way: exactly the expected files, and the model told the truth.
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { approve, editArgs, editContent, reject, respond, show, toolResults } from './support.ts';
import { treeOf, useFlow, type Flow, type JsonRun } from './support.ts';

const SAMPLE = path.resolve(import.meta.dirname, '../../media/sample');
const FIXED = 'return roundCents(items.map(cost).reduce((sum, cents) => sum + cents, 0));';

describe('the demo turn on the command line', function () {
  this.timeout(90_000);
  const flow = useFlow();

  async function toApproval(answer: object): Promise<JsonRun> {
    const started = await flow().run([], { model: 'scripted:demo' });
    assert.equal(started.status, 3, show(started));
    assert.equal(started.end.kind, 'ask_user');
    assert.deepEqual(started.end.requests?.[0]?.allowedDecisions, ['respond', 'reject']);
    const answered = await flow().decide(started.end.actionId, answer);
    assert.equal(answered.status, 3, show(answered));
    assert.equal(answered.end.kind, 'tool_approval');
    assert.deepEqual(
      answered.end.requests?.map(({ callId }) => callId),
      ['demo-edit', 'demo-test'],
    );
    assert.deepEqual(await flow().tree(), await sample(), 'nothing happens before the decision');
    return answered;
  }

  beforeEach(() => cpSync(SAMPLE, flow().workspace, { recursive: true }));

  it('approved: the file has the proposed text, the tests ran, and the last word lists both', async () => {
    const paused = await toApproval({ answer: 'half up' });
    assert.deepEqual(
      toolResults(paused.lines).map(({ text, status }) => [status, text]),
      [['ok', 'half up']],
    );
    const end = await flow().decide(paused.end.actionId, {
      proposalHash: paused.end.proposalHash,
      decisions: { 'demo-edit': approve, 'demo-test': approve },
    });
    assert.equal(end.status, 0, show(end));
    assert.deepEqual(await changed(flow()), ['src/price.ts']);
    assert.equal(await price(flow()), proposed(paused));
    assert.match(proposed(paused), new RegExp(FIXED.replaceAll(/[().+]/g, '\\$&')));
    assert.match(end.end.text ?? '', /edit_file src\/price\.ts → Edited src\/price\.ts/);
    const [, test] = toolResults(end.lines);
    assert.equal(test?.status, 'ok', test?.text);
  });

  it('edited as text: the file has the human text, and the model is told the exact difference (HB17)', async () => {
    const paused = await toApproval({ answer: 'half up' });
    const content = `${proposed(paused)}// seen by a human ✓\n`;
    const end = await flow().decide(paused.end.actionId, {
      decisions: { 'demo-edit': editContent(content), 'demo-test': approve },
    });
    assert.equal(end.status, 0, show(end));
    assert.deepEqual(await changed(flow()), ['src/price.ts']);
    assert.equal(await price(flow()), content);
    const [edit] = toolResults(end.lines);
    assert.match(edit?.text ?? '', /^Edited src\/price\.ts/);
    assert.match(edit?.text ?? '', /The user changed your proposal before approving it/);
    assert.match(edit?.text ?? '', /^\+\/\/ seen by a human ✓$/m);
    assert.match(end.end.text ?? '', /The user changed your proposal before approving it/);
  });

  it('edited as arguments: another file is written, the proposed one is untouched', async () => {
    const paused = await toApproval({ answer: "banker's rounding" });
    const args = { path: 'README.md', old_string: '# ', new_string: '# Edited ' };
    const readme = (await sample())['README.md'] ?? '';
    const end = await flow().decide(paused.end.actionId, {
      decisions: {
        'demo-edit': editArgs({ ...args, replace_all: true }),
        'demo-test': editArgs({ command: 'echo edited command' }),
      },
    });
    assert.equal(end.status, 0, show(end));
    assert.deepEqual(await changed(flow()), ['README.md']);
    assert.equal(
      await readFile(flow().at('README.md'), 'utf8'),
      readme.replaceAll('# ', '# Edited '),
    );
    const [edit, command] = toolResults(end.lines);
    assert.match(edit?.text ?? '', /The user changed the arguments before approving them/);
    assert.match(edit?.text ?? '', /^\+ {2}"path": "README\.md"/m);
    assert.match(command?.text ?? '', /edited command/);
    assert.match(command?.text ?? '', /The user changed the arguments before approving them/);
    assert.match(command?.text ?? '', /^\+ {2}"command": "echo edited command"$/m);
  });

  it('rejected with a reason: nothing changes, the model is told the reason and goes on (HW6)', async () => {
    const paused = await toApproval({ answer: 'half up' });
    const end = await flow().decide(paused.end.actionId, {
      decisions: { 'demo-edit': reject('Not like this'), 'demo-test': reject() },
    });
    assert.equal(end.status, 0, show(end));
    assert.deepEqual(await flow().tree(), await sample());
    assert.deepEqual(
      toolResults(end.lines).map(({ text, status }) => [status, text]),
      [
        ['error', 'Rejected by the user: Not like this'],
        ['error', 'Rejected by the user: no reason given'],
      ],
    );
    assert.match(end.end.text ?? '', /Rejected by the user: Not like this/);
  });

  it('responded: nothing runs, and the human text is the result', async () => {
    const paused = await toApproval({ answer: 'half up' });
    const end = await flow().decide(paused.end.actionId, {
      decisions: { 'demo-edit': respond('I did it myself.'), 'demo-test': respond('All 3 pass.') },
    });
    assert.equal(end.status, 0, show(end));
    assert.deepEqual(await flow().tree(), await sample());
    assert.deepEqual(
      toolResults(end.lines).map(({ text, status }) => [status, text]),
      [
        ['ok', 'I did it myself.'],
        ['ok', 'All 3 pass.'],
      ],
    );
  });

  it('a question can be answered by its id, or declined (HB2)', async () => {
    const started = await flow().run([], { model: 'scripted:demo' });
    const decisions = { 'demo-ask': reject('You decide') };
    const declined = await flow().decide(started.end.actionId, { decisions });
    assert.equal(declined.status, 3, show(declined));
    const [answer] = toolResults(declined.lines);
    assert.deepEqual([answer?.status, answer?.text], ['error', 'Rejected by the user: You decide']);
  });
});

const sample = (): Promise<Record<string, string>> => treeOf(SAMPLE);

/** Names of the files that differ from the sample. */
async function changed(flow: Flow): Promise<string[]> {
  const [before, after] = [await sample(), await flow.tree()];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => before[name] !== after[name]).sort();
}

async function price(flow: Flow): Promise<string> {
  return readFile(flow.at('src/price.ts'), 'utf8');
}

/** The new text of the edit, as it was shown. */
function proposed(run: JsonRun): string {
  const proposal = run.end.requests?.[0]?.proposal;
  assert.equal(proposal?.kind, 'edit');
  assert.ok(proposal.newText !== null);
  return proposal.newText;
}
