import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createTextFlusher, type TextFlusher } from '../../../../src/core/agent/textFlusher.ts';
import { recordingLogger, type RecordingLogger } from '../../../fakes/recordingLogger.ts';
import type { EngineEvent } from '../../../../src/core/agent/events.ts';
import type { NewText } from '../../../../src/core/ports/eventStore.ts';

interface Bench {
  flusher: TextFlusher;
  stored: NewText[];
  emitted: Extract<EngineEvent, { type: 'text' }>[];
  logger: RecordingLogger;
}

function bench(append?: (events: readonly NewText[]) => Promise<void>): Bench {
  const stored: NewText[] = [];
  const emitted: Bench['emitted'] = [];
  const logger = recordingLogger();
  const keep = async (events: readonly NewText[]): Promise<void> => {
    await Promise.resolve();
    stored.push(...events);
  };
  const deps = {
    store: { appendText: append ?? keep },
    emit: (event: EngineEvent) => event.type === 'text' && emitted.push(event),
    logger,
  } as unknown as Parameters<typeof createTextFlusher>[0];
  return {
    flusher: createTextFlusher(deps, { id: 'u1', threadId: 't1' }),
    stored,
    emitted,
    logger,
  };
}

const textOf = (events: readonly { messageId: string; delta: string }[], id: string): string =>
  events
    .filter(({ messageId }) => messageId === id)
    .map(({ delta }) => delta)
    .join('');

describe('createTextFlusher', () => {
  it('joins what comes together, stores it before it tells, and loses nothing', async () => {
    const { flusher, stored, emitted } = bench();
    for (const delta of ['a', 'b', 'c']) flusher.add('m1', delta);
    await flusher.flush();
    flusher.add('m1', 'd');
    await flusher.flush();
    assert.deepEqual(
      stored.map(({ offset, delta }) => [offset, delta]),
      [
        [0, 'abc'],
        [3, 'd'],
      ],
    );
    assert.deepEqual(
      emitted.map(({ offset, delta }) => [offset, delta]),
      [
        [0, 'abc'],
        [3, 'd'],
      ],
    );
  });

  it('counts what the model thinks on its own', async () => {
    const { flusher, stored, emitted } = bench();
    flusher.add('m1', 'hm', true);
    flusher.add('m1', 'so', true);
    flusher.add('m1', 'Yes');
    flusher.add('m1', '!', true);
    await flusher.flush();
    const told = [
      [0, 'hmso', true],
      [0, 'Yes', undefined],
      [4, '!', true],
    ];
    for (const all of [stored, emitted])
      assert.deepEqual(
        all.map(({ offset, delta, thought }) => [offset, delta, thought]),
        told,
      );
  });

  it('writes by itself after a while', async () => {
    let written = (): void => undefined;
    const done = new Promise<void>((resolve) => (written = resolve));
    const { flusher } = bench(async () => written());
    flusher.add('m1', 'a');
    await done;
  });

  it('any pieces of any messages: stored and told whole, offsets and numbers without gaps', async () => {
    const piece = fc.tuple(fc.constantFrom('m1', 'm2'), fc.string(), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(piece), async (pieces) => {
        const { flusher, stored, emitted } = bench();
        for (const [id, delta, flush] of pieces) {
          flusher.add(id, delta);
          if (flush) await flusher.flush();
        }
        await flusher.flush();
        for (const id of ['m1', 'm2']) {
          const said = textOf(
            pieces.map(([messageId, delta]) => ({ messageId, delta })),
            id,
          );
          assert.equal(textOf(stored, id), said);
          assert.equal(textOf(emitted, id), said);
          let offset = 0;
          for (const event of emitted.filter(({ messageId }) => messageId === id)) {
            assert.equal(event.offset, offset);
            offset += event.delta.length;
          }
        }
        const told = emitted.map(({ messageId, offset }) => [messageId, offset]);
        assert.deepEqual(
          stored.map(({ messageId, offset }) => [messageId, offset]),
          told,
        );
      }),
    );
  });

  it('tells nobody of text that is not in the log yet', async () => {
    let stored = (): void => undefined;
    const writing = new Promise<void>((resolve) => (stored = resolve));
    const { flusher, emitted } = bench(() => writing);
    flusher.add('m1', 'a');
    const flushed = flusher.flush();
    await Promise.resolve();
    assert.deepEqual(emitted, []);
    stored();
    await flushed;
    assert.equal(emitted.length, 1);
  });

  it('rejects when the store does, and does not throw from the timer', async () => {
    const { flusher, logger } = bench(async () => Promise.reject(new Error('disk full')));
    flusher.add('m1', 'a');
    flusher.add('m2', 'b');
    await assert.rejects(flusher.flush(), /disk full/);
    assert.ok(logger.lines.some((line) => line.includes('disk full')));
  });
});
