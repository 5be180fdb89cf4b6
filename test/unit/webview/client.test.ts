/* eslint-disable no-console -- the console is what is tested */
import assert from 'node:assert/strict';
import type { ViewToHost } from '../../../src/protocol/messages.ts';
import { createClient } from '../../../webview/client.ts';
import { Controller } from '../../../webview/controller.ts';
import type { Host } from '../../../webview/vscodeApi.ts';
import { action, commandRequest, editRequest, snapshot } from '../../browser/webview/samples.ts';

class FakeHost implements Host {
  posted: ViewToHost[] = [];
  state: unknown;
  post(message: ViewToHost): void {
    this.posted.push(message);
  }
  loadState(): unknown {
    return this.state;
  }
  saveState(state: unknown): void {
    this.state = structuredClone(state);
  }
}

function start(host = new FakeHost()): { host: FakeHost; controller: Controller } {
  return { host, controller: new Controller(host, () => undefined) };
}

const submissions = (host: FakeHost): ViewToHost[] =>
  host.posted.filter((message) => message.type === 'submit');

describe('webview client', () => {
  it('numbers requests and settles each with its own reply', async () => {
    const posted: ViewToHost[] = [];
    const client = createClient((message) => posted.push(message));
    const first = client.request({ type: 'stop' });
    const second = client.request({ type: 'ready' });
    assert.deepEqual(posted, [
      { type: 'stop', requestId: 1 },
      { type: 'ready', requestId: 2 },
    ]);
    const error = { code: 'x', message: 'y', callIds: [] };
    client.settle({ type: 'reply', requestId: 2, error });
    client.settle({ type: 'reply', requestId: 1, error: null });
    client.settle({ type: 'reply', requestId: 1, error });
    client.settle({ type: 'reply', requestId: 99, error });
    assert.deepEqual(await Promise.all([first, second]), [null, error]);
  });
});

describe('webview controller', () => {
  const single = action([commandRequest()]);
  const both = action([editRequest(), commandRequest()]);

  it('submits a single call once, however often it is asked to (H76)', () => {
    const { host, controller } = start();
    controller.receive(snapshot({ actions: [single] }));
    controller.decide(single, commandRequest(), { type: 'approve' });
    controller.decide(single, commandRequest(), { type: 'approve' });
    assert.deepEqual(submissions(host), [
      {
        type: 'submit',
        requestId: 1,
        actionId: 'a1',
        proposalHash: 'hash-a1',
        decisions: { c2: { type: 'approve' } },
      },
    ]);
  });

  it('collects a batch and submits it whole; a refusal keeps the decisions (H76)', async () => {
    const { host, controller } = start();
    controller.receive(snapshot({ actions: [both] }));
    controller.decide(both, editRequest(), { type: 'approve' });
    controller.submitBatch(both);
    assert.equal(submissions(host).length, 0);
    controller.rejectRest(both);
    controller.submitBatch(both);
    const sent = submissions(host);
    assert.deepEqual(sent[0]?.type === 'submit' && sent[0].decisions, {
      c1: { type: 'approve' },
      c2: { type: 'reject', stop: true },
    });
    const error = { code: 'stale', message: 'changed', callIds: ['c1'] };
    controller.receive({ type: 'reply', requestId: sent[0]?.requestId ?? 0, error });
    await Promise.resolve();
    assert.deepEqual(controller.submission(both), { inFlight: false, error });
    assert.equal(controller.draft(both, editRequest()).decision?.type, 'approve');
  });

  it('drops a refusal when the action is shown anew', async () => {
    const { controller } = start();
    controller.receive(snapshot({ actions: [single] }));
    controller.decide(single, commandRequest(), { type: 'approve' });
    controller.receive({
      type: 'reply',
      requestId: 1,
      error: { code: 'stale', message: 'x', callIds: [] },
    });
    await Promise.resolve();
    controller.receive({ type: 'action', action: single });
    assert.equal(controller.submission(single).error?.code, 'stale');
    controller.receive({ type: 'action', action: { ...single, proposalHash: 'new' } });
    assert.equal(controller.submission(single).error, null);
  });

  it('drops what it cannot parse, saying so once, and asks anew after a hole', () => {
    const { host, controller } = start();
    const said: unknown[] = [];
    const { error } = console;
    console.error = (...words: unknown[]): void => {
      said.push(words);
    };
    try {
      for (const bad of [
        null,
        5,
        {},
        { type: 'snapshot' },
        { type: 'item', item: {} },
        'x'.repeat(1000),
      ])
        controller.receive(bad);
    } finally {
      console.error = error;
    }
    assert.equal(said.length, 1);
    assert.equal(controller.state.ready, false);
    controller.receive(snapshot());
    controller.receive({ type: 'text', itemId: 'm1', turnId: 't1', offset: 9999, delta: 'x' });
    controller.receive({ type: 'text', itemId: 'm1', turnId: 't1', offset: 9999, delta: 'x' });
    assert.deepEqual(host.posted, [{ type: 'ready', requestId: 1 }]);
  });
});
