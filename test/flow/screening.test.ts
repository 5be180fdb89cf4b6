// Secrets through the whole command line: what a human writes, and what tools give back; nothing of them in output or state.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { githubToken as secret, npmToken, privateKey, KEY_BODY } from '../fakes/secrets.ts';
import {
  approve,
  cli,
  editArgs,
  reject,
  respond,
  said,
  show,
  toolResults,
  useFlow,
} from './support.ts';
import type { CliRun, Flow } from './support.ts';

const BLOCK = { settings: { 'countersign.screening.secrets': 'block' } };
const command = { toolCalls: [{ id: 'c', name: 'run_command', args: { command: 'cat out.txt' } }] };
const done = { text: 'Done.' };

async function assertNowhere(flow: Flow, runs: readonly CliRun[], text: string): Promise<void> {
  for (const run of runs) assert.ok(!show(run).includes(text), 'in the output');
  const folder = path.dirname(flow.stateFile);
  for (const name of await readdir(folder)) {
    assert.ok(!(await readFile(path.join(folder, name))).includes(text), `in ${name}`);
  }
}

describe('screening on the command line', function () {
  this.timeout(60_000);
  const flow = useFlow({
    'out.txt': `token ${npmToken}\n${privateKey()}\nend\n`,
    '.env': `GH=${secret}\n`,
  });

  it('a message with a secret is sent without it, and the human is told (H73, H74)', async () => {
    const run = await flow().run([done], { prompt: `use ${secret} for it` });
    assert.equal(run.status, 0, show(run));
    const warnings = run.lines.filter(({ type }) => type === 'warning').map(said);
    assert.match(
      warnings.join('\n'),
      /looks like a secret: github-token in the message\. It was replaced/,
    );
    assert.match(show(run), /use \[redacted:github-token\] for it/);
    await assertNowhere(flow(), [run], secret);
  });

  it('where secrets are refused nothing is sent, no turn begins', async () => {
    const run = await flow().run([done], { ...BLOCK, prompt: `use ${secret} for it` });
    assert.equal(run.end['code'], 'screening_failed', show(run));
    assert.notEqual(run.status, 0);
    await assertNowhere(flow(), [run], secret);
  });

  it('a decision with a secret is refused, in each of its fields, and can be taken after that (H73, H74)', async () => {
    const started = await flow().run([command, done]);
    const { actionId } = started.end;
    const runs: CliRun[] = [started];
    for (const decision of [
      respond(secret),
      reject(secret),
      editArgs({ command: `echo ${secret}` }),
    ]) {
      const refused = await flow().decide(actionId, { decisions: { c: decision } }, BLOCK);
      assert.deepEqual([refused.end.type, refused.end['code']], ['refused', 'screening_failed']);
      assert.deepEqual(refused.end['callIds'], ['c']);
      runs.push(refused);
    }
    const edited = await flow().decide(actionId, {
      decisions: { c: editArgs({ command: `echo ${secret}` }) },
    });
    assert.equal(edited.end['code'], 'screening_failed', 'it is not replaced in what runs');
    const taken = await flow().decide(actionId, { decisions: { c: respond(`it is ${secret}`) } });
    assert.equal(taken.status, 0, show(taken));
    assert.equal(toolResults(taken.lines)[0]?.text, 'it is [redacted:github-token]');
    await assertNowhere(flow(), [...runs, edited, taken], secret);
  });

  it('what an approved command prints, and an approved .env file, reach nobody with their secrets', async () => {
    const read = { toolCalls: [{ id: 'r', name: 'read_file', args: { path: '.env' } }] };
    const first = await flow().run([command, read, done]);
    const second = await flow().decide(first.end.actionId, { decisions: { c: approve } });
    const third = await flow().decide(second.end.actionId, { decisions: { r: approve } });
    assert.equal(third.status, 0, show(third));
    const printed = toolResults(second.lines)[0]?.text ?? '';
    assert.match(printed, /token \[redacted:npm-token\]\n\[redacted:private-key\]\nend/);
    assert.match(printed, /2 secrets were taken out/);
    const texts = toolResults(third.lines).map(({ text }) => text);
    assert.match(texts.join('\n'), /GH=\[redacted:github-token\][^]*1 secret was taken out/);
    const shown = await cli(['show', '--state', flow().stateFile, first.end.turnId ?? '']);
    for (const text of [secret, npmToken, KEY_BODY]) {
      await assertNowhere(flow(), [first, second, third, shown], text);
    }
  });
});
