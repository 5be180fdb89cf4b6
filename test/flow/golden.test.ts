// Whole transcripts of the command line, ids and times made stable. UPDATE_GOLDEN=1 writes them anew; read the difference.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { approve, cli, editContent, reject, useFlow, type Flow } from './support.ts';

const NAME = { label: 'Ada Lovelace', value: 'Ada' };

describe('golden transcripts of the command line', function () {
  this.timeout(90_000);
  const flow = useFlow({ 'a.txt': 'a\nb\nc\n' });

  it('a question answered, then a batch: one allowed, one rejected, one approved (HB1)', async () => {
    const started = await flow().runArgs([
      {
        text: 'First a question.',
        toolCalls: [
          { id: 'q', name: 'ask_user', args: { question: 'Which name?', options: [NAME] } },
        ],
      },
      {
        text: 'Then three at once.',
        toolCalls: [
          { id: 'r', name: 'read_file', args: { path: 'a.txt' } },
          { id: 'e', name: 'edit_file', args: { path: 'a.txt', old_string: 'b', new_string: 'B' } },
          { id: 'c', name: 'run_command', args: { command: 'echo later' } },
        ],
        expect: ['Ada'],
      },
      { text: 'Done.\n{{results}}' },
    ]);
    const parts = [await step(started)];
    parts.push(await decideStep({ answer: 'Ada' }));
    parts.push(await decideStep({ decisions: { e: approve, c: reject('Later') } }));
    assertGolden('batch', parts.join(''), flow());
  });

  it('an edit changed by the human, for people', async () => {
    const script = await flow().file({
      turns: [
        {
          text: 'I write it.',
          toolCalls: [{ id: 'w', name: 'write_file', args: { path: 'new.txt', content: 'one\n' } }],
        },
        { text: 'It says now:\n{{results}}' },
      ],
    });
    const args = await flow().runArgs([], { model: `scripted:${script}` });
    const parts = [await step(args, [])];
    parts.push(await decideStep({ decisions: { w: editContent('one\ntwo\n') } }, []));
    assertGolden('edited', parts.join(''), flow());
  });

  it('refused, then denied by a rule', async () => {
    const parts = [
      await step(
        await flow().runArgs([
          { toolCalls: [{ id: 'c', name: 'run_command', args: { command: 'rm -rf build' } }] },
          { text: 'I leave it.', expect: ['Blocked'] },
        ]),
      ),
    ];
    parts.push(await decideStep({ decisions: {} }));
    const settings = { 'countersign.approval.deny': ['shell(rm *)'] };
    parts.push(await decideStep({ decisions: { c: approve } }, ['--json'], settings));
    assertGolden('denied', parts.join(''), flow());
  });

  async function decideStep(
    decisions: object,
    flags?: readonly string[],
    settings?: Record<string, unknown>,
  ): Promise<string> {
    const [pending] = await flow().read('pending');
    const file = await flow().file(decisions);
    const options = settings ? { settings } : {};
    return step(await flow().decideArgs(pending?.actionId ?? '', file, options), flags);
  }
});

/** The command, what it printed and its exit status. */
async function step(
  args: readonly string[],
  flags: readonly string[] = ['--json'],
): Promise<string> {
  const run = await cli([...args, ...flags]);
  assert.equal(run.stderr, '');
  return `$ ${args[0]}\n${run.stdout}exit ${run.status}\n\n`;
}

function assertGolden(name: string, transcript: string, flow: Flow): void {
  const file = path.join(import.meta.dirname, 'golden', `${name}.txt`);
  const stable = normalise(transcript, flow);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, stable);
  assert.ok(existsSync(file), `${file} is missing; run with UPDATE_GOLDEN=1 and read it`);
  assert.equal(stable, readFileSync(file, 'utf8'));
}

/** Ids become a1, t1, u1 in the order in which they come; hashes, times, durations and machine paths become words. */
function normalise(text: string, flow: Flow): string {
  const ids = new Map<string, string>();
  const stableId = (id: string): string => {
    const kind = id.charAt(0);
    const known = ids.get(id);
    if (known !== undefined) return known;
    const count = [...ids.keys()].filter((other) => other.startsWith(kind)).length;
    const stable = `${kind}${count + 1}`;
    ids.set(id, stable);
    return stable;
  };
  return (
    text
      // How the streamed text is cut depends on the machine's speed.
      .replaceAll(/^\{"type":"text".*\n/gm, '')
      // How a verdict is worded is the policy's business.
      .replaceAll(/"reason":"[^"]*"/g, '"reason":"<reason>"')
      .replaceAll(/mode default: .*/g, '<reason>')
      .replaceAll(flow.workspace, '<workspace>')
      .replaceAll(flow.beside('.'), '<beside>')
      .replaceAll(/\b[atu]0[0-9a-z]{22,24}\b/g, stableId)
      .replaceAll(/\b[0-9a-f]{64}\b/g, '<sha256>')
      .replaceAll(/"createdAt":\d+/g, '"createdAt":<time>')
      .replaceAll(/\bafter \d+(\.\d+)? m?s\b/g, 'after <duration>')
      .replaceAll(/"(program|shellPath)":"[^"]*"/g, '"$1":"<$1>"')
      .replaceAll(/\(pid \d+\)/g, '(pid <pid>)')
  );
}
