// What the page may ask for while a message is written, and what it is told of what was sent: over the wire, on the whole engine.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { Session } from '../../../../src/core/panel/session.ts';
import type { Attachment } from '../../../../src/protocol/attachments.ts';
import type { PresenterDeps } from '../../../../src/core/panel/presenter.ts';
import { useBench } from '../agent/support.ts';
import { View } from './view.ts';

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const PRICE: Attachment = { kind: 'file', path: 'src/price.ts' };

describe('attaching from a page', () => {
  const bench = useBench({ 'src/price.ts': 'one\ntwo\n', 'src/round.ts': '', '.env': 'A=b\n' });
  const views: View[] = [];
  const asked: string[] = [];
  let session: Session;
  let trusted = true;
  let confirms = false;

  beforeEach(() => {
    trusted = true;
    confirms = false;
    asked.length = 0;
    const model = { provider: 'played', id: 'x', label: 'Played' };
    session = new Session({ threadId: null, model, mode: 'default' }, (error) =>
      assert.fail(String(error)),
    );
  });
  afterEach(() => {
    for (const view of views.splice(0)) view.presented.dispose();
  });

  async function open(): Promise<View> {
    const { deps, engine, logger } = bench();
    const unused = async (): Promise<void> => assert.fail('not asked for');
    const host: PresenterDeps['host'] = {
      ...{
        undoTurn: unused,
        showTerminal: unused,
        showBackground: unused,
        openDiff: unused,
        openAllDiffs: unused,
        openPanel: unused,
        selectModel: unused,
        tryDemo: unused,
      },
      ...{ openWhy: unused, copy: unused, insertAtCursor: unused, openLink: unused },
      pickFiles: async () => [PRICE],
      filesOf: async (uris) => uris.map((path) => ({ kind: 'file', path })),
      confirm: async (_question, detail) => {
        asked.push(detail);
        return confirms;
      },
      decidedBy: 'this window',
    };
    const { store, tools, files, clock } = deps;
    const all = { engine, store, session, host, tools, files, clock, logger };
    const view = new View({ ...all, problems: () => [], trusted: () => trusted }, { kind: 'chat' });
    views.push(view);
    await view.ask({ type: 'ready' });
    return view;
  }

  const shownStatus = (view: View): View['state']['status'] => view.state.status;
  const wishes = (view: View): Attachment[][] =>
    view.ofType('attach').map(({ attachments }) => attachments);

  it('names of files come for what is typed, and none before trust', async () => {
    const view = await open();
    assert.equal(await view.ask({ type: 'findFiles', query: 'pri' }), null);
    await view.until((message) => message.type === 'files');
    assert.deepEqual(view.ofType('files'), [
      { type: 'files', query: 'pri', paths: ['src/price.ts'] },
    ]);
    trusted = false;
    assert.equal(await view.ask({ type: 'findFiles', query: 'src' }), null);
    assert.deepEqual(view.ofType('files').at(-1), { type: 'files', query: 'src', paths: [] });
  });

  it('what is picked, dropped or pasted comes back as what is attached', async () => {
    const view = await open();
    assert.equal(await view.ask({ type: 'pickFiles' }), null);
    assert.equal(await view.ask({ type: 'dropFiles', uris: ['a', 'b'] }), null);
    const image = { name: 'shot.png', data: PNG };
    assert.equal(await view.ask({ type: 'keepImage', image }), null);
    await view.until(() => wishes(view).length === 3);
    const [picked, dropped, pasted] = wishes(view);
    assert.deepEqual(picked, [PRICE]);
    assert.deepEqual(dropped, [
      { kind: 'file', path: 'a' },
      { kind: 'file', path: 'b' },
    ]);
    assert.equal(pasted?.[0]?.kind, 'image');
    const bad = { name: 'x', data: Buffer.from('no image').toString('base64') };
    assert.equal(await view.ask({ type: 'keepImage', image: bad }), 'not_an_image');
    const raw = { name: 'x', data: '<script>' };
    assert.equal(await view.ask({ type: 'keepImage', image: raw }), 'bad_message');
  });

  it('what is attached while there is no page waits for it, all of it, and comes once', async () => {
    session.wish({ type: 'attach', attachments: [PRICE] });
    session.wish({ type: 'attach', attachments: [{ kind: 'file', path: 'b' }] });
    const view = await open();
    await view.until(() => wishes(view).length === 2);
    const second = await open();
    assert.equal(wishes(second).length, 0);
  });

  it('a message with a file is sent and shown with it; the page never gets its content', async () => {
    const view = await open();
    bench().say({ text: 'Seen' });
    const lines = { first: 2, last: 2 };
    const attachments = [{ ...PRICE, lines }];
    assert.equal(await view.ask({ type: 'send', text: 'Look', attachments }), null);
    await view.untilState(({ status }) => status?.turn === 'finished');
    const shown = view.state.items.find(({ kind }) => kind === 'user');
    assert.ok(shown?.kind === 'user');
    assert.deepEqual(
      shown.attachments?.map(({ hash: _, ...rest }) => rest),
      [{ name: 'src/price.ts', of: 'text', lines }],
    );
    assert.ok(!JSON.stringify(view.posted).includes('two'));
    assert.match(bench().requests[0]?.messages[0]?.text ?? '', /lines 2 to 2>\ntwo\n/);
  });

  it('a file that asks is confirmed natively; refused, nothing is sent and the page is told', async () => {
    const view = await open();
    const message = { type: 'send', text: 'Look', attachments: [{ kind: 'file', path: '.env' }] };
    assert.equal(await view.ask(message), 'not_confirmed');
    assert.equal(asked.length, 1);
    confirms = true;
    bench().say({ text: 'Seen' });
    assert.equal(await view.ask(message), null);
    await view.untilState(({ status }) => status?.turn === 'finished');
    assert.match(bench().requests[0]?.messages[0]?.text ?? '', /file="\.env">/);
  });

  it('the status says whether the model takes images, and how full its context is', async () => {
    const view = await open();
    assert.equal(shownStatus(view)?.model?.images, false);
    assert.equal(shownStatus(view)?.context, undefined);
    bench().say({ text: 'x'.repeat(400) });
    await writeFile(bench().at('src/price.ts'), 'y'.repeat(1200));
    assert.equal(await view.ask({ type: 'send', text: 'Look', attachments: [PRICE] }), null);
    await view.untilState(({ status }) => status?.turn === 'finished');
    const context = shownStatus(view)?.context;
    assert.ok(context?.estimated === true && context.window === 1000);
    assert.ok(context.used > 400 && context.used < 700, String(context.used));
    bench().say(async function* () {
      yield { type: 'text', delta: 'counted' };
      yield { type: 'usage', usage: { input: 850, output: 50 } };
      yield { type: 'end', reason: 'stop' };
    });
    assert.equal(await view.ask({ type: 'send', text: 'Again' }), null);
    await view.untilState(({ status }) => status?.context?.estimated === false);
    assert.deepEqual(shownStatus(view)?.context, {
      ...{ used: 900, estimated: false, window: 1000, turn: { input: 850, output: 50 } },
    });
  });
});
