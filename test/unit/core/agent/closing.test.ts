// However a turn ends: in whatever states its calls were left, every call has exactly one result, in order.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { closingMessages } from '../../../../src/core/agent/closing.ts';
import { assertWhole, useBench } from './support.ts';
import type { Message } from '../../../../src/core/agent/message.ts';
import type { CallRow, MessageRow } from '../../../../src/core/ports/store.ts';

const STATES = ['planned', 'started', 'done', 'blocked', 'unknown', 'missing'] as const;

interface Left {
  state: (typeof STATES)[number];
  /** Its result message was stored before the turn ended. */
  answered: boolean;
}

const batches = fc.array(
  fc.array(fc.record({ state: fc.constantFrom(...STATES), answered: fc.boolean() }), {
    minLength: 1,
    maxLength: 4,
  }),
  { maxLength: 3 },
);

const closingOf = async (
  left: readonly (readonly Left[])[],
): Promise<{ before: MessageRow[]; calls: CallRow[]; closing: MessageRow[] }> => {
  const { messages, calls } = rowsOf(left);
  const store = {
    messagesOfTurn: async () => messages,
    callsOfTurn: async () => calls,
    textEvents: async () => [],
  };
  return { before: messages, calls, closing: await closingMessages(store, 'u1') };
};

describe('closingMessages', () => {
  it('gives every call its one result, for any journal (H55, HB19)', async () => {
    await fc.assert(
      fc.asyncProperty(batches, async (left) => {
        const { before, closing } = await closingOf(left);
        const all = [...before, ...closing].sort((a, b) => a.position - b.position);
        const positions = all.map(({ position }) => position);
        assert.equal(new Set(positions).size, positions.length, 'no two at one position');
        assertWhole(all.map(({ message }) => message));
      }),
    );
  });

  it('says of a started call that its outcome is unknown, of others what they came to or that they did not run', async () => {
    const states = ['started', 'planned', 'missing', 'done'] as const;
    const { closing } = await closingOf([states.map((state) => ({ state, answered: false }))]);
    const texts = closing.map(({ message }) => message.text);
    assert.match(texts[0] ?? '', /^Outcome unknown/);
    assert.match(texts[1] ?? '', /^Not run/);
    assert.match(texts[2] ?? '', /^Not run/);
    assert.equal(texts[3], 'result');
  });
});

describe('a turn that is stopped', () => {
  const bench = useBench();

  it('while it waits: each call has its result, and the thread goes on (H30, H72)', async () => {
    const { say, run, engine, deps } = bench();
    say({
      text: 'Two',
      calls: [
        { id: 'a', name: 'list_directory', args: { path: '.' } },
        { id: 'b', name: 'run_command', args: { command: 'touch ran' } },
      ],
    });
    const { turnId, threadId } = await run();
    assert.equal(await engine.stop(turnId), true);
    assert.equal(await engine.stop(turnId), false);
    const turn = await deps.store.getTurn(turnId);
    assert.deepEqual([turn?.status, turn?.code], ['cancelled', 'stopped']);
    say({ text: 'Again' });
    await run({ threadId });
    const sent = bench().requests.at(-1)?.messages ?? [];
    assertWhole(sent);
    assert.equal(sent.filter(({ role }) => role === 'tool').length, 2);
    const late = await engine.submit(
      { actionId: (await deps.store.actionsOfThread(threadId))[0]?.id ?? '', decisions: {} },
      'test',
    );
    assert.equal(!late.ok && late.refusal.code, 'not_paused');
  });

  it('while the model speaks: the request is aborted, the text that came is kept', async () => {
    const { say, engine, deps } = bench();
    let speaking = (): void => undefined;
    const started = new Promise<void>((resolve) => (speaking = resolve));
    say(async function* ({ signal }) {
      yield { type: 'text', delta: 'I was about to ' };
      speaking();
      await new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new DOMException('stop', 'AbortError')));
      });
    });
    const { id: threadId } = await engine.createThread();
    const model = { provider: 'played', id: 'x' };
    const drive = await engine.startTurn({ threadId, text: 'Go', model, mode: 'default' });
    await started;
    assert.equal(await engine.stop(drive.turn.id), true);
    const end = await drive.done;
    assert.equal(end.kind === 'ended' && end.turn.status, 'cancelled');
    const messages = await deps.store.messagesOfTurn(drive.turn.id);
    assert.deepEqual(
      messages.map(({ message, state }) => [message.role, message.text, state]),
      [
        ['user', 'Go', 'final'],
        ['assistant', 'I was about to ', 'final'],
      ],
    );
  });

  it('while the model thinks: what it thought stays, and no later model is told of an empty reply', async () => {
    const { say, engine, deps, run } = bench();
    let thinking = (): void => undefined;
    const started = new Promise<void>((resolve) => (thinking = resolve));
    say(async function* ({ signal }) {
      yield { type: 'reasoning', delta: 'Perhaps ' };
      thinking();
      await new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new DOMException('stop', 'AbortError')));
      });
    });
    const { id: threadId } = await engine.createThread();
    const model = { provider: 'played', id: 'x' };
    const drive = await engine.startTurn({ threadId, text: 'Go', model, mode: 'default' });
    await started;
    await engine.stop(drive.turn.id);
    await drive.done;
    const last = (await deps.store.messagesOfTurn(drive.turn.id)).at(-1)?.message;
    assert.deepEqual(last?.role === 'assistant' && [last.reasoning, last.text], ['Perhaps ', '']);
    say({ text: 'Done' });
    await run({ threadId });
    const sent = bench().requests.at(-1)?.messages ?? [];
    assert.deepEqual(
      sent.map(({ role }) => role),
      ['user', 'user'],
    );
  });

  it('while a command runs: it is killed, and the history is whole', async () => {
    const { say, engine, deps, settings, events } = bench();
    settings['countersign.approval.allow'] = ['shell(sleep *)'];
    say({
      calls: [
        { id: 'a', name: 'run_command', args: { command: 'sleep 60' } },
        { id: 'b', name: 'run_command', args: { command: 'sleep 61' } },
      ],
    });
    const { id: threadId } = await engine.createThread();
    const running = new Promise<void>((resolve) => {
      engine.onEvent((event) => {
        if (event.type === 'call' && event.call.state === 'started') resolve();
      });
    });
    const model = { provider: 'played', id: 'x' };
    const drive = await engine.startTurn({ threadId, text: 'Go', model, mode: 'default' });
    await running;
    await engine.stop(drive.turn.id);
    const end = await drive.done;
    assert.equal(end.kind === 'ended' && end.turn.status, 'cancelled');
    const messages = await deps.store.messagesOfTurn(drive.turn.id);
    assertWhole(messages.map(({ message }) => message));
    const outcomes = (await deps.store.callsOfTurn(drive.turn.id)).map(({ outcome }) => outcome);
    assert.deepEqual(outcomes, ['cancelled', 'cancelled']);
    assert.ok(events.length > 0);
  });
});

function rowsOf(left: readonly (readonly Left[])[]): { messages: MessageRow[]; calls: CallRow[] } {
  const messages: MessageRow[] = [];
  const calls: CallRow[] = [];
  let position = 0;
  const put = (at: number, message: Message): void => {
    messages.push({ turnId: 'u1', position: at, state: 'running', message });
  };
  put(position++, { role: 'user', id: 'm0', text: 'Go' });
  for (const [b, batch] of left.entries()) {
    const id = `m${b + 1}`;
    const toolCalls = batch.map((_, c) => ({ id: `${b}.${c}`, name: 'n', argsText: '{}' }));
    put(position, { role: 'assistant', id, text: '', toolCalls });
    for (const [c, { state, answered }] of batch.entries()) {
      const callId = `${b}.${c}`;
      if (answered) {
        const rest = { callId, tool: 'n', status: 'ok', text: 'r' } as const;
        put(position + 1 + c, { role: 'tool', id: `${id}:${callId}`, ...rest });
      }
      if (state !== 'missing') calls.push(callRow(callId, id, state));
    }
    position += 1 + batch.length;
  }
  return { messages: messages.sort((a, z) => a.position - z.position), calls };
}

function callRow(callId: string, batchId: string, state: CallRow['state']): CallRow {
  const settled = state !== 'planned' && state !== 'started';
  return {
    ...{ turnId: 'u1', callId, batchId, index: 0, tool: 'n', argsText: '{}', state },
    ...{ proposal: null, proposalHash: null, verdict: null, startedAt: null, endedAt: null },
    outputHash: null,
    outcome: settled ? 'ok' : null,
    result: settled ? 'result' : null,
  };
}
