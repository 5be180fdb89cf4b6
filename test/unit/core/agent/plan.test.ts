import assert from 'node:assert/strict';
import { planBatch, prepareCall } from '../../../../src/core/agent/plan.ts';
import { defineTool, type Tool } from '../../../../src/core/tools/tool.ts';
import { z } from 'zod';
import { useBench } from './support.ts';
import type { AssistantMessage, ToolCall } from '../../../../src/core/agent/message.ts';
import type { PlannedCall } from '../../../../src/core/ports/store.ts';

const call = (id: string, name: string, args: unknown): ToolCall => ({
  id,
  name,
  argsText: typeof args === 'string' ? args : JSON.stringify(args),
});
const batch = (...toolCalls: ToolCall[]): AssistantMessage => ({
  role: 'assistant',
  id: 'm1',
  text: '',
  toolCalls,
});
const { signal } = new AbortController();
const turn = { id: 'u1', threadId: 't1', mode: 'default', signal } as const;

describe('planBatch', () => {
  const bench = useBench({ 'a.txt': 'one\ntwo\n' });
  const plan = (...calls: ToolCall[]): Promise<PlannedCall[]> =>
    planBatch(bench().deps, turn, batch(...calls));
  const edit = (id: string, from: string, to: string): ToolCall =>
    call(id, 'edit_file', { path: 'a.txt', old_string: from, new_string: to });

  const BAD: [string, ToolCall, RegExp][] = [
    ['an unknown tool', call('c', 'format_disk', {}), /no tool named "format_disk".*read_file/],
    ['a tool without a name', call('c', '', {}), /no tool named ""/],
    ['a name of every object', call('c', 'constructor', {}), /no tool named "constructor"/],
    ['arguments cut off', call('c', 'read_file', '{"path": "a'), /not valid JSON/],
    ['arguments in a list', call('c', 'read_file', []), /JSON object, not an array/],
    ['null', call('c', 'read_file', 'null'), /JSON object, not null/],
    ['no arguments at all', call('c', 'read_file', ''), /path is missing/],
    ['an unknown argument', call('c', 'read_file', { path: 'a', x: 1 }), /unknown field x/],
    ['a wrong type', call('c', 'run_command', { command: ['ls'] }), /command/],
    ['text that is not in the file', edit('c', 'seven', 'x'), /not found in a\.txt/],
  ];
  for (const [title, bad, says] of BAD) {
    it(`${title}: blocked with a message, the others of the batch are planned (HB19)`, async () => {
      const good = call('good', 'write_file', { path: 'b.txt', content: 'b' });
      const [row, other] = await plan(bad, good);
      assert.deepEqual([row?.state, row?.outcome, row?.proposal], ['blocked', 'invalid', null]);
      assert.match(row?.result ?? '', says);
      assert.equal(other?.state, 'planned');
      assert.deepEqual([row?.index, other.index], [0, 1]);
    });
  }

  it('edits of one file chain, deletions and invalid ones included', async () => {
    const rows = await plan(
      edit('1', 'one', 'ONE'),
      edit('2', 'missing', 'x'),
      edit('3', 'two', 'TWO'),
      call('4', 'delete_file', { path: 'a.txt' }),
      call('5', 'write_file', { path: './a.txt', content: 'new\n' }),
    );
    const proposals = rows.map(({ proposal }) => (proposal?.kind === 'edit' ? proposal : null));
    assert.equal(proposals[0]?.newText, 'ONE\ntwo\n');
    assert.equal(proposals[1], null);
    assert.equal(proposals[2]?.newText, 'ONE\nTWO\n');
    assert.equal(proposals[2].baseHash, proposals[0].newHash);
    assert.deepEqual(
      [proposals[3]?.change, proposals[3]?.baseHash],
      ['delete', proposals[2].newHash],
    );
    assert.deepEqual([proposals[4]?.change, proposals[4]?.baseHash], ['create', null]);
  });

  it('a denied edit leaves no trace in the chain', async () => {
    bench().settings['countersign.approval.deny'] = ['edit(a.txt)'];
    bench().settings['countersign.approval.ask'] = ['edit'];
    const rows = await plan(edit('1', 'one', 'ONE'), edit('2', 'two', 'TWO'));
    for (const row of rows) {
      assert.deepEqual([row.state, row.outcome], ['blocked', 'denied']);
      assert.match(row.result ?? '', /^Blocked by the rule `edit\(a\.txt\)`/);
    }
    const [, second] = rows;
    assert.equal(second?.proposal?.kind === 'edit' && second.proposal.newText, 'one\nTWO\n');
  });

  it('the same call gives the same hash, any difference another', async () => {
    const hashOf = async (toolCall: ToolCall): Promise<string | null | undefined> =>
      (await plan(toolCall))[0]?.proposalHash;
    const args = { path: 'b.txt', content: 'b' };
    const one = await hashOf(call('c', 'write_file', args));
    assert.equal(await hashOf(call('c', 'write_file', { content: 'b', path: 'b.txt' })), one);
    for (const other of [
      call('d', 'write_file', args),
      call('c', 'write_file', { ...args, content: 'c' }),
      call('c', 'write_file', { ...args, path: './b.txt' }),
    ]) {
      assert.notEqual(await hashOf(other), one);
    }
  });

  it('a describe that throws is a message for the model, a policy that throws asks (HB15)', async () => {
    const { deps } = bench();
    const broken: Tool = defineTool({
      name: 'broken',
      group: 'read',
      description: '',
      schema: z.strictObject({}),
      describe: async () => {
        throw new Error('bug with a secret in it');
      },
      perform: async () => ({ outcome: 'ok', text: '' }),
    });
    const overlay = new Map<string, string | null>();
    const options = { mode: 'default', overlay } as const;
    const failed = await prepareCall(
      { ...deps, tools: [broken] },
      call('c', 'broken', {}),
      options,
    );
    assert.ok(!failed.ok);
    assert.doesNotMatch(failed.message, /secret/);
    const policy = {
      rules: () => {
        throw new Error('bug');
      },
    };
    const asked = await prepareCall(
      { ...deps, policy },
      call('c', 'read_file', { path: 'a.txt' }),
      options,
    );
    assert.equal(asked.ok && asked.verdict.verdict, 'ask');
  });
});
