// What a view is told around turns: where a text is found in all of a thread, files that a turn changed, messages said again.
import assert from 'node:assert/strict';
import { Session } from '../../../../src/core/panel/session.ts';
import { PAGE_MESSAGES } from '../../../../src/core/panel/page.ts';
import { findInThread } from '../../../../src/core/panel/find.ts';
import { newTurn, toolRow } from '../../../contract/storeFixtures.ts';
import { openBench, type Bench } from '../agent/support.ts';
import { quietHost, View } from './view.ts';
import type { Message } from '../../../../src/core/agent/message.ts';
import type { PresenterDeps } from '../../../../src/core/panel/presenter.ts';
import type { TranscriptItem } from '../../../../src/protocol/messages.ts';

const model = { provider: 'played', id: 'x', label: 'Played' };
const edit = (path: string, old_string: string, new_string: string) => ({
  name: 'edit_file',
  args: { path, old_string, new_string },
});

describe('turns of a thread in a view', () => {
  let bench: Bench;
  let view: View;
  let session: Session;
  const undone: string[] = [];

  beforeEach(async () => {
    undone.length = 0;
    bench = await openBench({ 'a.txt': 'one\n', 'b.txt': 'one\n' });
    session = new Session({ threadId: null, model, mode: 'acceptEdits' }, (error) =>
      assert.fail(String(error)),
    );
    const deps: PresenterDeps = {
      ...{ engine: bench.engine, store: bench.deps.store, session, tools: bench.deps.tools },
      ...{ clock: bench.deps.clock, logger: bench.logger, files: bench.deps.files },
      problems: () => [],
      trusted: () => true,
      host: { ...quietHost('this window'), undoTurn: async (id) => void undone.push(id) },
    };
    view = new View(deps, { kind: 'chat' });
    await view.ask({ type: 'ready' });
  });
  afterEach(async () => {
    view.presented.dispose();
    await bench.dispose();
  });

  async function send(text: string, more: object = {}): Promise<void> {
    assert.equal(await view.ask({ type: 'send', text, ...more }), null);
    await bench.engine.idle();
    await view.untilState(
      (state) => state.status?.turn === 'finished' && JSON.stringify(state.items).includes(text),
    );
  }
  const ofKind = <K extends TranscriptItem['kind']>(
    kind: K,
  ): Extract<TranscriptItem, { kind: K }>[] =>
    view.state.items.filter(
      (item): item is Extract<TranscriptItem, { kind: K }> => item.kind === kind,
    );
  const found = async (text: string): Promise<string[]> => {
    await view.ask({ type: 'find', text });
    const last = view.ofType('found').at(-1);
    assert.equal(last?.text, text);
    return last.itemIds;
  };

  it('the line of a turn that is over names each file that it changed, once, also after a reload', async () => {
    bench.say({ calls: [edit('a.txt', 'one', 'two'), edit('b.txt', 'one', 'two')] });
    bench.say({ calls: [edit('a.txt', 'two', 'three')] }, { text: 'Done' });
    await send('Change them');
    bench.say({ text: 'Nothing to do' });
    await send('And now');
    const [changed, ...others] = ofKind('changed');
    assert.ok(changed);
    assert.deepEqual([[...changed.files].sort(), changed.count], [['a.txt', 'b.txt'], 2]);
    assert.deepEqual(others, [], 'a turn that changed nothing has no such line');
    const rows = view.state.items;
    const after = rows.slice(rows.indexOf(changed) + 1).map(({ turnId }) => turnId);
    assert.ok(!after.includes(changed.turnId), 'it is the last line of its turn');
    await view.ask({ type: 'ready' });
    assert.deepEqual(view.state.items, rows);
    assert.equal(await view.ask({ type: 'undoTurn', turnId: changed.turnId }), null);
    assert.deepEqual(undone, [changed.turnId]);
    assert.deepEqual(await bench.deps.store.openActions(), [], 'the press starts nothing');
  });

  it('a message that says another one again says so for good; of another thread it is forgotten', async () => {
    bench.say({ text: 'A' }, { text: 'B' }, { text: 'C' });
    await send('First');
    const [first] = ofKind('user');
    assert.ok(first);
    await send('Second', { again: { turnId: first.turnId, how: 'edit' } });
    assert.deepEqual(
      ofKind('user').map(({ text, again }) => [text, again?.how, again?.turnId]),
      [
        ['First', undefined, undefined],
        ['Second', 'edit', first.turnId],
      ],
    );
    await view.ask({ type: 'ready' });
    assert.equal(ofKind('user').at(-1)?.again?.turnId, first.turnId);
    const sent = bench.requests.at(-1)?.messages.at(-1);
    assert.deepEqual(sent?.role === 'user' && sent.text, 'Second');
    await view.ask({ type: 'newThread' });
    await send('Third', { again: { turnId: first.turnId, how: 'retry' } });
    assert.deepEqual(
      ofKind('user').map(({ again }) => again),
      [undefined],
    );
    const bad = { type: 'send', text: 'x', again: { turnId: first.turnId, how: 'approve' } };
    assert.equal(await view.ask(bad), 'bad_message');
  });

  it('a text is found in what is said, thought, asked for and put out, in the order of the rows', async () => {
    bench.say(async function* () {
      yield { type: 'reasoning', delta: 'Perhaps the Kestrel' };
      yield { type: 'text', delta: 'I look for it' };
      yield {
        type: 'toolCall',
        index: 0,
        id: 'r',
        name: 'read_file',
        args: '{"path":"kestrel.txt"}',
      };
      yield { type: 'end', reason: 'tool_calls' };
    });
    bench.say({ text: 'No **kes**trel\u202e here' });
    await send('Where is the kestrel?');
    const ids = view.state.items.map(({ id }) => id);
    assert.equal(ids.length, 4);
    assert.deepEqual(await found('KESTREL'), ids);
    assert.deepEqual(
      await found('u+202e'),
      ids.slice(-1),
      'a hidden character is found by its name',
    );
    assert.deepEqual(await found('\u202e'), ids.slice(-1));
    assert.deepEqual(await found('"path": "kestrel'), [ids[2]], 'arguments as they are shown');
    for (const none of ['osprey', ' ', '']) assert.deepEqual(await found(none), []);
    assert.equal(await view.ask({ type: 'find', text: 'x'.repeat(1001) }), 'bad_message');
  });

  it('it is found in all of a long thread, although the view has only its end', async () => {
    const { store } = bench.deps;
    const long = (await bench.engine.createThread()).id;
    await store.createTurn(newTurn('u-long', long), { role: 'user', id: 'q', text: 'needle' });
    for (let n = 1; n < 900; n += 2) {
      const text = n % 300 === 1 ? 'the Needle' : 'hay';
      const message: Message = { role: 'assistant', id: `m${n}`, text, toolCalls: [] };
      await store.putMessage({ turnId: 'u-long', position: n, state: 'running', message });
      await store.putMessage(toolRow('u-long', n + 1, `m${n}:c`));
    }
    session.update({ threadId: long });
    await view.untilState((state) => state.status?.thread?.id === long);
    assert.ok(view.state.items.length <= PAGE_MESSAGES);
    assert.deepEqual(await found('needle'), ['q', 'm1', 'm301', 'm601']);
    const given = { threadId: long, text: 'needle', signal: AbortSignal.abort() };
    const first = await findInThread(store, given);
    assert.deepEqual(first.itemIds, [], 'the last page only, once nobody wants it any more');
  });

  it('a newer search ends the one before: only the last is answered', async () => {
    bench.say({ text: 'one two' });
    await send('three');
    await Promise.all([
      view.ask({ type: 'find', text: 'one' }),
      view.ask({ type: 'find', text: 'two' }),
    ]);
    assert.deepEqual(
      view.ofType('found').map(({ text }) => text),
      ['two'],
    );
  });

  it('says whether the keyboard is in the chat, and that it is not when the page goes', async () => {
    const told: boolean[] = [];
    const watch = session.onChatFocus((has) => told.push(has));
    await view.ask({ type: 'chatFocus', has: true });
    view.presented.dispose();
    watch.dispose();
    assert.deepEqual(told, [true, false]);
  });

  it('the wish to find something waits for a page', async () => {
    view.presented.dispose();
    session.wish({ type: 'find' });
    assert.deepEqual(session.takeWishes(), [{ type: 'find' }]);
    assert.deepEqual(session.takeWishes(), []);
  });
});
