import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createScriptedProvider } from '../../../../src/node/models/scripted.ts';
import { isAbort } from '../../../../src/core/base/errors.ts';
import type { Message } from '../../../../src/core/agent/message.ts';
import {
  appErrorOf,
  callsOf,
  collectChunks,
  modelRequest,
  textOf,
} from '../../../fakes/modelRequests.ts';
import type { ModelChunk, ModelRequest } from '../../../../src/core/ports/model.ts';

const user: Message = { role: 'user', id: 'm1', text: 'fix the rounding' };

const demo = { provider: 'scripted', id: 'demo.json' };

async function replyTo(
  script: unknown,
  overrides: Partial<ModelRequest> = {},
): Promise<ModelChunk[]> {
  const text = typeof script === 'string' ? script : JSON.stringify(script);
  const provider = createScriptedProvider({ readFile: async () => text });
  return collectChunks(provider.stream(modelRequest({ model: demo, ...overrides })));
}

/** A conversation in which the model asked for an edit and a command, with these results. */
function afterResults(...texts: { status: 'ok' | 'error'; text: string }[]): Message[] {
  const calls = [
    { id: 'c1', name: 'edit_file', argsText: '{"path":"src/price.ts","old_string":"a"}' },
    { id: 'c2', name: 'run_command', argsText: '{"command":"npm test"}' },
    { id: 'c3', name: 'odd_tool', argsText: 'not json' },
  ];
  const results = texts.map((result, index): Message => {
    const call = calls[index];
    assert.ok(call);
    return { role: 'tool', id: `r${index}`, callId: call.id, tool: call.name, ...result };
  });
  return [user, { role: 'assistant', id: 'm2', text: '', toolCalls: calls }, ...results];
}

describe('scripted model', () => {
  it('answers with its title when that is asked for, and takes no entry for it', async () => {
    const turns = [{ text: 'first' }];
    const titled = await replyTo({ turns, title: 'A title' }, { purpose: 'title' });
    assert.equal(textOf(titled), 'A title');
    const silent = await replyTo({ turns }, { purpose: 'title' });
    assert.deepEqual(silent, [{ type: 'end', reason: 'stop' }]);
    assert.equal(textOf(await replyTo({ turns, title: 'A title' })), 'first');
  });

  it('streams the entry of the call index: text in pieces, calls with their arguments, end last', async () => {
    const text = 'A reply that is longer than one piece, with ünïcödé and 👩‍👩‍👧.';
    const args = { path: 'a.txt', content: 'x'.repeat(50) };
    const turns = [
      { text: 'first' },
      { text, toolCalls: [{ id: 'c1', name: 'write_file', args }] },
    ];
    const chunks = await replyTo({ turns }, { callIndex: 1 });
    assert.equal(textOf(chunks), text);
    assert.ok(chunks.filter(({ type }) => type === 'text').length > 3);
    assert.deepEqual(JSON.parse(callsOf(chunks)[0]?.args ?? ''), args);
    const heads = chunks.filter((chunk) => chunk.type === 'toolCall' && chunk.name !== undefined);
    assert.deepEqual(heads, [{ type: 'toolCall', index: 0, id: 'c1', name: 'write_file' }]);
    assert.deepEqual(chunks.at(-1), { type: 'end', reason: 'tool_calls' });
    assert.equal(chunks.filter(({ type }) => type === 'end').length, 1);
  });

  it('never cuts inside a code point', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 80 }), async (text) => {
        const chunks = await replyTo({ turns: [{ text }] });
        assert.equal(textOf(chunks), text.replaceAll('{{results}}', '- no results'));
        for (const chunk of chunks)
          if (chunk.type === 'text') assert.doesNotMatch(chunk.delta, /\p{Surrogate}/u);
      }),
    );
  });

  it('gives calls without an id one of their own and sends raw argument text as it is', async () => {
    const turns = [{ toolCalls: [{ name: 'a' }, { name: 'b', argsText: '{"half' }] }];
    const chunks = await replyTo({ turns });
    const ids = chunks.flatMap((chunk) =>
      chunk.type === 'toolCall' && chunk.id ? [chunk.id] : [],
    );
    assert.equal(new Set(ids).size, 2);
    assert.equal(callsOf(chunks)[0]?.args, '{}');
    assert.equal(callsOf(chunks)[1]?.args, '{"half');
  });

  it('looks for expected texts in the user message at first, later only in the last results', async () => {
    const first = { turns: [{ text: 'ok', expect: ['rounding'] }] };
    assert.equal(textOf(await replyTo(first)), 'ok');
    const later = { turns: [{}, {}].map(() => ({ text: 'ok', expect: ['rounding'] })) };
    const messages = afterResults({ status: 'ok', text: 'written' });
    const error = await appErrorOf(replyTo(later, { callIndex: 1, messages }));
    assert.equal(error.code, 'script_mismatch');
    assert.match(error.message, /turns\[1\].*"rounding".*"written"/);
    const found = { turns: [{ text: '' }, { text: 'ok', expect: ['written', 'exit'] }] };
    const both = afterResults({ status: 'ok', text: 'written' }, { status: 'ok', text: 'exit 0' });
    assert.equal(textOf(await replyTo(found, { callIndex: 1, messages: both })), 'ok');
  });

  it('fails with script_mismatch when the script has run out', async () => {
    const error = await appErrorOf(replyTo({ turns: [{ text: 'only' }] }, { callIndex: 1 }));
    assert.equal(error.code, 'script_mismatch');
    assert.match(error.message, /demo\.json has run out: it has 1 entries.*number 2/);
  });

  it('puts what was decided in place of {{results}}', async () => {
    const messages = afterResults(
      {
        status: 'ok',
        text: 'Edited src/price.ts.\nmore\n\nThe user changed your proposal before approving it. Their change:\n-a\n+b',
      },
      { status: 'error', text: 'Rejected by the user: not now' },
      { status: 'error', text: 'no such tool' },
    );
    const chunks = await replyTo({ turns: [{ text: 'Decided:\n{{results}}' }] }, { messages });
    assert.equal(
      textOf(chunks),
      [
        'Decided:',
        '- edit_file src/price.ts → Edited src/price.ts. (The user changed your proposal before approving it)',
        '- run_command npm test → Rejected by the user: not now',
        '- odd_tool → failed: no such tool',
      ].join('\n'),
    );
  });

  it('quotes results as they are, also when they look like replacement patterns, and says when there are none', async () => {
    const messages = afterResults({ status: 'ok', text: "$& $' {{results}}" });
    const entry = { turns: [{ text: '{{results}}' }] };
    assert.equal(
      textOf(await replyTo(entry, { messages })),
      "- edit_file src/price.ts → $& $' {{results}}",
    );
    assert.equal(textOf(await replyTo(entry)), '- no results');
  });

  it('stops with an AbortError, before, while waiting and between pieces', async () => {
    const aborted = AbortSignal.abort();
    await assert.rejects(replyTo({ turns: [{ text: 'x' }] }, { signal: aborted }), isAbort);
    const waiting = new AbortController();
    const slow = replyTo({ turns: [{ text: 'x', delayMs: 600_000 }] }, { signal: waiting.signal });
    setImmediate(() => waiting.abort());
    await assert.rejects(slow, isAbort);
    const between = new AbortController();
    const provider = createScriptedProvider({
      readFile: async () => JSON.stringify({ turns: [{ text: 'x'.repeat(100) }] }),
    });
    const seen: ModelChunk[] = [];
    await assert.rejects(async () => {
      for await (const chunk of provider.stream(modelRequest({ signal: between.signal }))) {
        seen.push(chunk);
        between.abort(new Error('a reason of their own'));
      }
    }, isAbort);
    assert.equal(seen.length, 1);
  });
});

describe('malformed scripts', () => {
  const cases: { script: unknown; says: RegExp }[] = [
    { script: '{"turns": [', says: /not valid JSON/ },
    { script: '', says: /not valid JSON/ },
    { script: [], says: /the whole file/ },
    { script: {}, says: /turns: / },
    { script: { turns: [], extra: 1 }, says: /the whole file: .*"extra"/ },
    { script: { turns: [{}] }, says: /turns\[0\]: give text, toolCalls or both/ },
    { script: { turns: [{ text: 'a', txt: 'b' }] }, says: /turns\[0\]: .*"txt"/ },
    { script: { turns: [{ text: 'a' }, { text: 1 }] }, says: /turns\[1\]\.text: / },
    { script: { turns: [{ toolCalls: [{ id: 'x' }] }] }, says: /turns\[0\]\.toolCalls\[0\]\.name/ },
    { script: { turns: [{ toolCalls: [{ name: 'x', args: [] }] }] }, says: /toolCalls\[0\]\.args/ },
    {
      script: { turns: [{ toolCalls: [{ name: 'x', args: {}, argsText: '' }] }] },
      says: /toolCalls\[0\]: give args or argsText, not both/,
    },
    { script: { turns: [{ text: 'a', delayMs: -1 }] }, says: /turns\[0\]\.delayMs/ },
    { script: { turns: [{ text: 'a', expect: [''] }] }, says: /turns\[0\]\.expect\[0\]/ },
    { script: { turns: Array.from({ length: 9 }, () => ({})) }, says: /and 4 more/ },
  ];
  for (const { script, says } of cases) {
    it(`${JSON.stringify(script)} is refused`, async () => {
      const error = await appErrorOf(replyTo(script));
      assert.equal(error.code, 'script_invalid');
      assert.match(error.message, /^The script demo\.json cannot be used: /);
      assert.match(error.message, says);
    });
  }

  it('a file that cannot be read is script_invalid and says why', async () => {
    const provider = createScriptedProvider({
      readFile: async () => Promise.reject(new Error('ENOENT: no such file')),
    });
    const error = await appErrorOf(collectChunks(provider.stream(modelRequest({ model: demo }))));
    assert.equal(error.code, 'script_invalid');
    assert.match(error.message, /demo\.json cannot be used: it cannot be read: ENOENT/);
  });
});
