// The inbox over a real store: it follows what happens, reads an action once, lists the oldest first and more when asked.
import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Emitter } from '../../../../src/core/base/event.ts';
import { Inbox, PAGE } from '../../../../src/vscode/inbox/inbox.ts';
import { openStore } from '../../../../src/node/sqlite/openStore.ts';
import { MEMORY } from '../../../../src/node/sqlite/database.ts';
import { recordingLogger } from '../../../fakes/recordingLogger.ts';
import { endTurn, openAction, seedPaused } from '../../../contract/storeFixtures.ts';
import type { EngineEvent } from '../../../../src/core/agent/events.ts';
import type { Store } from '../../../../src/core/ports/store.ts';

const fail = (error: unknown): never => {
  throw error;
};

describe('the inbox', () => {
  let store: Store;
  let inbox: Inbox;
  let events: Emitter<EngineEvent>;
  let read: string[];

  beforeEach(async () => {
    const clock = { now: () => 1000 };
    ({ store } = await openStore({ file: MEMORY, logger: recordingLogger(), clock }));
    events = new Emitter(fail);
    inbox = new Inbox(fail);
    read = [];
  });
  afterEach(() => {
    inbox.dispose();
    store.dispose();
  });

  const pause = (name: string): Promise<void> =>
    seedPaused(store, { id: `a-${name}`, turnId: name });
  /** Follows the store, and notes which actions are read whole. */
  async function attach(): Promise<void> {
    const counting: Store = {
      ...store,
      getAction: (id) => {
        read.push(id);
        return store.getAction(id);
      },
    };
    inbox.attach({ store: counting, engine: { onEvent: events.event } as never });
    await inbox.settled();
  }
  const told = async (): Promise<void> => {
    events.fire({ type: 'action', action: openAction() });
    await inbox.settled();
  };

  it('follows what happens, and reads each action once', async () => {
    await pause('one');
    await attach();
    assert.deepEqual(
      inbox.state.rows.map(({ actionId }) => actionId),
      ['a-one'],
    );
    await pause('two');
    await told();
    assert.deepEqual(
      inbox.state.groups.map(({ threadId }) => threadId),
      ['thread-one', 'thread-two'],
    );
    await store.endTurn(
      endTurn({ turnId: 'one', generation: 2, from: ['paused'], status: 'cancelled' }),
    );
    await told();
    assert.deepEqual([inbox.state.calls, inbox.state.rows[0]?.actionId], [1, 'a-two']);
    assert.deepEqual(read, ['a-one', 'a-two']);
  });

  it('streamed text and output are nothing to look for', async () => {
    await attach();
    let looks = 0;
    inbox.onChange(() => (looks += 1));
    events.fire({
      type: 'text',
      threadId: 't',
      turnId: 'u',
      messageId: 'm',
      offset: 0,
      delta: 'x',
    });
    await inbox.settled();
    assert.equal(looks, 0);
  });

  it('lists the oldest, says how many more there are, and shows them; the event loop goes on meanwhile', async function () {
    this.timeout(60_000);
    for (let at = 0; at < PAGE + 5; at += 1) await pause(`u${at}`);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    await attach();
    delay.disable();
    process.stdout.write(`      longest block ${(delay.max / 1e6).toFixed(1)} ms\n`);
    assert.deepEqual([inbox.state.rows.length, inbox.state.more], [PAGE, 5]);
    assert.equal(inbox.state.calls, PAGE + 5);
    inbox.showMore();
    await inbox.settled();
    assert.deepEqual([inbox.state.rows.length, inbox.state.more], [PAGE + 5, 0]);
    assert.equal(read.length, PAGE + 5);
  });
});
