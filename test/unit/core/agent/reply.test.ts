import assert from 'node:assert/strict';
import fc from 'fast-check';
import { collectReply } from '../../../../src/core/agent/reply.ts';
import { AppError } from '../../../../src/core/base/errors.ts';
import type { Reply } from '../../../../src/core/agent/reply.ts';
import type { ModelChunk } from '../../../../src/core/ports/model.ts';

const end: ModelChunk = { type: 'end', reason: 'stop' };
const call = (
  index: number,
  rest: Partial<Extract<ModelChunk, { type: 'toolCall' }>>,
): ModelChunk => ({
  type: 'toolCall',
  index,
  ...rest,
});

async function collect(chunks: readonly ModelChunk[], used: string[] = []): Promise<Reply> {
  async function* stream(): AsyncGenerator<ModelChunk> {
    yield* chunks;
  }
  return collectReply(stream(), {
    messageId: 'u1:m1',
    usedIds: new Set(used),
    onText: () => undefined,
    onReasoning: () => undefined,
  });
}

const idsOf = ({ message }: Reply): string[] => message.toolCalls.map(({ id }) => id);
const failsWith = (code: string) => (error: unknown) =>
  error instanceof AppError && error.code === code;

describe('collectReply', () => {
  it('joins fragments by index, whatever their order and size', async () => {
    const { message } = await collect([
      call(1, { id: 'b', name: 'two' }),
      call(0, { id: 'a', name: 'one', args: '{"x"' }),
      call(1, { args: '{' }),
      { type: 'text', delta: 'Hel' },
      call(0, { args: ':1}' }),
      call(1, { args: '}' }),
      { type: 'text', delta: 'lo' },
      end,
    ]);
    assert.equal(message.text, 'Hello');
    assert.deepEqual(
      [...message.toolCalls].sort((x, y) => (x.id < y.id ? -1 : 1)),
      [
        { id: 'a', name: 'one', argsText: '{"x":1}' },
        { id: 'b', name: 'two', argsText: '{}' },
      ],
    );
  });

  it('keeps the calls in the order of their indices', async () => {
    const reply = await collect([
      call(2, { id: 'c', name: 'n' }),
      call(0, { id: 'a', name: 'n' }),
      call(1, { id: 'b', name: 'n' }),
      end,
    ]);
    assert.deepEqual(idsOf(reply), ['a', 'b', 'c']);
  });

  it('any cut of the arguments gives the same arguments', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'binary' })), async (pieces) => {
        const reply = await collect([
          call(0, { id: 'a', name: 'n' }),
          ...pieces.map((args) => call(0, { args })),
          end,
        ]);
        assert.equal(reply.message.toolCalls[0]?.argsText, pieces.join(''));
      }),
      { numRuns: 50 },
    );
  });

  it('id and name are taken from the first piece that has them, not repeated or overwritten', async () => {
    const { message } = await collect([
      call(0, { name: 'read_file' }),
      call(0, { id: 'a', name: 'read_file' }),
      call(0, { id: 'other', name: 'other', args: '{}' }),
      end,
    ]);
    assert.deepEqual(message.toolCalls, [{ id: 'a', name: 'read_file', argsText: '{}' }]);
  });

  it('every call gets an id of its own: missing, empty, repeated in the reply or earlier in the turn (H38)', async () => {
    const reply = await collect(
      [
        call(0, { name: 'n' }),
        call(1, { id: '', name: 'n' }),
        call(2, { id: 'a', name: 'n' }),
        call(3, { id: 'a', name: 'n' }),
        call(4, { id: 'old', name: 'n' }),
        call(5, { id: 'a~2', name: 'n' }),
        end,
      ],
      ['old'],
    );
    assert.deepEqual(idsOf(reply), ['u1:m1.0', 'u1:m1.1', 'a', 'a~2', 'old~2', 'a~2~2']);
  });

  it('an id that is no plain word is replaced: names of every object, invisible or endless ones', async () => {
    const bad = [
      '__proto__',
      'constructor',
      'toString',
      'a b',
      'x\u202e',
      '\u001b[0m',
      'i'.repeat(300),
    ];
    const reply = await collect([...bad.map((id, index) => call(index, { id, name: 'n' })), end]);
    assert.deepEqual(
      idsOf(reply),
      bad.map((_, index) => `u1:m1.${index}`),
    );
  });

  it('ids are unique for any ids the model sends, and decisions keyed by them can be read back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.constantFrom('a', 'a~2', '', '__proto__', 'u1:m1.0'), fc.string())),
        fc.array(fc.constantFrom('a', 'a~2', 'u1:m1.1')),
        async (ids, used) => {
          const calls = ids.map((id, index) => call(index, { id, name: 'n' }));
          const got = idsOf(await collect([{ type: 'text', delta: 'x' }, ...calls, end], used));
          assert.equal(new Set([...got, ...used]).size, got.length + new Set(used).size);
          const record = Object.fromEntries(got.map((id) => [id, 1]));
          assert.equal(Object.keys(record).length, got.length);
          for (const id of got) assert.ok(!(id in {}), id);
        },
      ),
    );
  });

  it('says when it was cut at the limit, and keeps the usage', async () => {
    const usage = { input: 3, output: 4 };
    const reply = await collect([
      { type: 'text', delta: 'x' },
      { type: 'usage', usage },
      { type: 'end', reason: 'length' },
    ]);
    assert.equal(reply.cutAtLimit, true);
    assert.deepEqual(reply.message.usage, usage);
  });

  for (const [title, chunks, code] of [
    ['nothing at all', [], 'model_cut_off'],
    ['text without an end', [{ type: 'text', delta: 'x' }], 'model_cut_off'],
    ['a call without an end', [call(0, { id: 'a', name: 'n', args: '{' })], 'model_cut_off'],
    ['an end and nothing else', [end], 'model_empty'],
    ['blanks only', [{ type: 'text', delta: ' \n' }, end], 'model_empty'],
  ] as [string, ModelChunk[], string][]) {
    it(`${title}: ${code}`, async () => {
      await assert.rejects(collect(chunks), failsWith(code));
    });
  }

  it('keeps what the model thinks apart from the reply, bounded; alone it is no reply', async () => {
    const thinks = (delta: string): ModelChunk => ({ type: 'reasoning', delta });
    const text: ModelChunk = { type: 'text', delta: 'Yes' };
    const { message } = await collect([thinks('Per'), thinks('haps'), text, end]);
    assert.deepEqual([message.text, message.reasoning], ['Yes', 'Perhaps']);
    const long = await collect([thinks('x'.repeat(200_000)), text, end]);
    assert.equal(long.message.reasoning?.length, 50_000);
    assert.ok(!('reasoning' in (await collect([text, end])).message));
    await assert.rejects(collect([thinks('Perhaps'), end]), failsWith('model_empty'));
  });
});
