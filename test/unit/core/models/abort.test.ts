import assert from 'node:assert/strict';
import { throwIfAborted, untilAborted } from '../../../../src/core/models/abort.ts';
import { isAbort } from '../../../../src/core/base/errors.ts';

describe('abort', () => {
  it('throws an AbortError only for an aborted signal, whatever the reason', () => {
    throwIfAborted(new AbortController().signal);
    assert.throws(() => throwIfAborted(AbortSignal.abort('a reason of their own')), isAbort);
  });

  it('gives the outcome of the promise while the signal is not aborted', async () => {
    const { signal } = new AbortController();
    assert.equal(await untilAborted(Promise.resolve(1), signal), 1);
    await assert.rejects(untilAborted(Promise.reject(new Error('own')), signal), /own/);
  });

  it('does not wait for a promise once the signal is aborted', async () => {
    const controller = new AbortController();
    const never = new Promise<void>(() => {});
    const waiting = untilAborted(never, controller.signal);
    controller.abort();
    await assert.rejects(waiting, isAbort);
    await assert.rejects(untilAborted(never, controller.signal), isAbort);
  });
});
