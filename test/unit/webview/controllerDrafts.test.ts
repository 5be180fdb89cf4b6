// What the page does with drafts and with decisions of others: when it sends, what it takes, what it says.
import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { ActionView, HostToView } from '../../../src/protocol/messages.ts';
import type { StoredDraft } from '../../../src/protocol/drafts.ts';
import { Controller } from '../../../webview/controller.ts';
import { emptyDraft } from '../../../webview/drafts.ts';
import { noteText, timeText } from '../../../webview/elsewhere.ts';
import {
  NOW,
  action,
  commandRequest,
  editRequest,
  snapshot,
  status,
} from '../../browser/webview/samples.ts';
import type { ViewToHost } from '../../../src/protocol/messages.ts';

const edit = editRequest();
const command = commandRequest();
const both = action([edit, command]);

type Sent = Extract<ViewToHost, { type: 'draft' }>;

function start() {
  const posted: ViewToHost[] = [];
  const host = {
    post: (message: ViewToHost) => posted.push(message),
    loadState: () => undefined,
    saveState: () => undefined,
  };
  const controller = new Controller(host, () => undefined);
  const drafts = (): Sent[] =>
    posted.filter((message): message is Sent => message.type === 'draft');
  const settled = async (): Promise<void> => {
    for (let n = 0; n < 5; n += 1) await Promise.resolve();
  };
  const reply = async (message: ViewToHost | undefined, error: ReplyError = null) => {
    assert.ok(message);
    controller.receive({ type: 'reply', requestId: message.requestId, error });
    await settled();
  };
  return { controller, posted, drafts, reply };
}

type ReplyError = Extract<HostToView, { type: 'reply' }>['error'];

const stored = (changes: Partial<StoredDraft> = {}): StoredDraft => ({
  ...{ callId: 'c2', proposalHash: 'hash-c2', card: null, content: null },
  ...changes,
});

const card = (reason: string): NonNullable<StoredDraft['card']> => {
  const { content: _, ...empty } = emptyDraft;
  return { ...empty, form: 'reject', reason };
};

const shows = (actions: ActionView[] = [both]): HostToView =>
  snapshot({ actions, status: status({ window: 'window 1 (pid 10)' }) });

const said = (change: Extract<HostToView, { type: 'changes' }>['changes'][number]): HostToView => ({
  type: 'changes',
  after: 0,
  mark: 1,
  changes: [change],
});

describe('webview controller: drafts', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  it('sends what is typed once, at most 300 ms after the first key, however long the typing goes on', () => {
    const { controller, drafts } = start();
    controller.receive(shows());
    for (let n = 1; n <= 6; n += 1) {
      controller.patch(both, command, { form: 'reject', reason: 'x'.repeat(n) });
      mock.timers.tick(50);
    }
    assert.deepEqual(drafts(), [
      {
        ...{ type: 'draft', requestId: 1, actionId: 'a1', callId: 'c2' },
        ...{ proposalHash: 'hash-c2', card: card('xxxxx') },
      },
    ]);
    mock.timers.tick(250);
    assert.deepEqual(drafts().at(-1)?.card, card('xxxxxx'));
    controller.patch(both, command, { form: 'none', reason: '' });
    controller.flush();
    assert.equal(drafts().at(-1)?.card, null, 'emptied again: there is no draft');
  });

  it('sends before it submits, so that a refused submission has lost nothing (HB20)', () => {
    const { controller, posted } = start();
    controller.receive(shows());
    controller.decide(both, edit, { type: 'approve' });
    controller.decide(both, command, { type: 'approve' });
    controller.submitBatch(both);
    assert.deepEqual(
      posted.map(({ type }) => type),
      ['draft', 'draft', 'submit'],
    );
  });

  it('sends what was decided at once: a reload right after the press loses nothing', () => {
    const { controller, drafts } = start();
    controller.receive(shows());
    controller.decide(both, edit, { type: 'approve' });
    assert.deepEqual(
      drafts().map(({ callId, card: sent }) => [callId, sent?.decision]),
      [[edit.callId, { type: 'approve' }]],
    );
  });

  it('takes what the host has, of all calls and of one', () => {
    const { controller } = start();
    controller.receive(shows([{ ...both, drafts: [stored({ card: card('kept') })] }]));
    assert.equal(controller.draft(both, command).reason, 'kept');
    assert.deepEqual(controller.draft(both, edit), emptyDraft);
    const draft = stored({ callId: 'c1', proposalHash: 'hash-c1', content: 'mine' });
    controller.receive({ type: 'draft', actionId: 'a1', draft });
    assert.equal(controller.draft(both, edit).content, 'mine');
    controller.receive(shows([{ ...both, drafts: [] }]));
    assert.deepEqual(controller.draft(both, command), emptyDraft, 'emptied elsewhere');
  });

  it('an older stored draft does not overwrite what is being typed here', async () => {
    const { controller, drafts, reply } = start();
    controller.receive(shows());
    const older = shows([{ ...both, drafts: [stored({ card: card('older') })] }]);
    controller.patch(both, command, { form: 'reject', reason: 'typing' });
    controller.receive(older);
    assert.equal(controller.draft(both, command).reason, 'typing');
    controller.flush();
    controller.receive(older);
    assert.equal(controller.draft(both, command).reason, 'typing', 'sent, and not stored yet');
    controller.patch(both, command, { reason: 'typing on' });
    await reply(drafts()[0]);
    controller.receive(older);
    assert.equal(controller.draft(both, command).reason, 'typing on', 'the reply was to less');
    controller.flush();
    await reply(drafts()[1]);
    controller.receive({ type: 'draft', actionId: 'a1', draft: stored({ card: card('newer') }) });
    assert.equal(controller.draft(both, command).reason, 'newer', 'the last writer wins');
  });

  it('takes the text of the diff editor also while something is typed, and asks again for a decision', () => {
    const { controller } = start();
    controller.receive(shows());
    controller.decide(both, edit, { type: 'approve' });
    const draft = stored({ callId: 'c1', proposalHash: 'hash-c1', content: 'mine' });
    controller.receive({ type: 'draft', actionId: 'a1', draft });
    assert.deepEqual(
      [controller.draft(both, edit).content, controller.draft(both, edit).decision],
      ['mine', null],
    );
    const foreign = { ...draft, proposalHash: 'another proposal', content: 'theirs' };
    controller.receive({ type: 'draft', actionId: 'a1', draft: foreign });
    assert.equal(controller.draft(both, edit).content, 'mine');
  });

  it('counts what came from elsewhere, so that a press waits until it was seen; its own echo is none', async () => {
    const { controller, drafts, reply } = start();
    controller.receive(shows());
    controller.patch(both, command, { form: 'reject', reason: 'mine' });
    controller.flush();
    controller.receive({ type: 'draft', actionId: 'a1', draft: stored({ card: card('mine') }) });
    await reply(drafts()[0]);
    controller.receive({ type: 'draft', actionId: 'a1', draft: stored({ card: card('mine') }) });
    assert.equal(controller.foreignChanges(both), 0);
    controller.receive({ type: 'draft', actionId: 'a1', draft: stored({ card: card('theirs') }) });
    assert.equal(controller.foreignChanges(both), 1);
  });

  it('says when the host could not keep a draft, unless the action is closed', async () => {
    const { controller, drafts, reply } = start();
    controller.receive(shows());
    for (const code of ['not_paused', 'store_full']) {
      controller.patch(both, command, { reason: code });
      controller.flush();
      await reply(drafts().at(-1), { code, message: 'The disk is full.', callIds: [] });
      assert.equal(controller.error?.code, code === 'store_full' ? code : undefined);
    }
    assert.equal(
      controller.error?.message,
      'What you typed on a card could not be kept: The disk is full.',
    );
    assert.equal(controller.draft(both, command).reason, 'store_full');
  });
});

describe('webview controller: decided elsewhere', () => {
  const decided = {
    by: 'window 2 (pid 4711)',
    at: NOW,
    decisions: { c1: { type: 'approve' }, c2: { type: 'reject', reason: 'no' } },
  } as const;
  const closed: ActionView = { ...both, state: 'resolved', decided };
  const time = timeText(NOW, NOW);

  function text(controller: Controller): string[] {
    return controller.notes.map((note) => noteText(note, 'window 1 (pid 10)', NOW));
  }

  it('leaves a note where the card was, until it is dismissed', () => {
    const { controller } = start();
    controller.receive(shows());
    controller.receive(said({ type: 'action', action: closed }));
    controller.receive(shows([]));
    assert.deepEqual(text(controller), [
      `Decided elsewhere: approved 1 call, rejected 1 in window 2 (pid 4711) · ${time}.`,
    ]);
    controller.dismiss('a1');
    assert.deepEqual(text(controller), []);
  });

  it('says that a draft was not used, and still has it; one that was used is not mentioned', () => {
    const { controller } = start();
    controller.receive(shows());
    controller.patch(both, edit, { form: 'reject', reason: 'use half up' });
    controller.patch(both, command, { form: 'reject', reason: 'no' });
    controller.receive(said({ type: 'action', action: closed }));
    assert.match(text(controller)[0] ?? '', /What was typed here was not used\.$/);
    assert.deepEqual(controller.notes[0]?.unused, ['use half up']);
  });

  it('says nothing of what this window decided, nor in another thread', () => {
    const { controller } = start();
    controller.receive(shows());
    const own = { ...decided, by: 'window 1 (pid 10)' };
    controller.receive(said({ type: 'action', action: { ...closed, decided: own } }));
    assert.deepEqual(text(controller), []);
    const other = { ...closed, actionId: 'a2', threadId: 'th2' };
    controller.receive({ ...said({ type: 'action', action: other }), ...{ mark: 2 } });
    assert.deepEqual(text(controller), []);
  });

  it('a submission that loses is told what was decided instead, and the card goes (H83)', async () => {
    const { controller, posted, reply } = start();
    controller.receive(shows());
    controller.decide(both, edit, { type: 'approve' });
    controller.decide(both, command, { type: 'approve' });
    controller.submitBatch(both);
    const error = { code: 'already_decided', message: 'x', callIds: [], decided };
    await reply(posted.at(-1), error);
    assert.deepEqual(controller.state.actions, []);
    const [note] = text(controller);
    assert.match(note ?? '', /^Already decided: .* in window 2 \(pid 4711\)/);
    assert.match(note ?? '', /Your decision was not used\./);
    controller.receive(said({ type: 'action', action: closed }));
    assert.deepEqual(text(controller), [note], 'the host’s own word changes nothing');
  });
});
