// Find in the thread, over a page that has a part of it: what is asked of the host, where one is taken, what is marked and said.
import assert from 'node:assert/strict';
import type { View } from './harness.ts';
import { longTalk } from './longTalk.ts';
import { call, snapshot, status } from './samples.ts';
import { usePage } from './usePage.ts';

const idle = status({ turn: 'finished', waiting: 0 });

describe('page: find in the thread', function () {
  this.timeout(60_000);
  const openView = usePage();
  let view: View;

  async function open(change: Parameters<typeof snapshot>[0] = {}): Promise<void> {
    view = await openView();
    await view.say(snapshot({ status: idle, ...change }));
  }

  /** Types into the field, and answers as the host would. */
  async function find(text: string, itemIds: string[]): Promise<void> {
    await view.say({ type: 'find' });
    await view.byId('find-input').fill(text);
    await view.say({ type: 'found', text, itemIds, more: false });
    await settled();
  }

  const settled = (): Promise<void> => view.frames(12);
  /** What is marked, and as what one is at. */
  const marks = (): Promise<{ all: string[]; now: string[] }> =>
    view.page.evaluate(() => {
      const texts = (name: string): string[] =>
        [...(CSS.highlights.get(name) ?? [])].map((range) =>
          range instanceof Range ? range.toString() : '',
        );
      return { all: texts('countersign-found'), now: texts('countersign-found-now') };
    });
  const current = (): Promise<string | null> =>
    view.page.evaluate(
      () => document.querySelector('[data-found=now]')?.getAttribute('data-item') ?? null,
    );

  it('asks the host, marks every place that is in the page, and goes through them both ways', async () => {
    await open({
      items: [
        { kind: 'user', id: 'u1', turnId: 't1', text: 'Round totals. Round once.' },
        call('r1', { tool: 'read_file', summary: 'round.ts' }),
        {
          ...{ kind: 'assistant', id: 'm1', turnId: 't1', streaming: false },
          text: 'I **ro**und at the end.',
        },
      ],
    });
    await find('ROUND', ['u1', 'r1', 'm1']);
    assert.deepEqual(await view.sent('find'), [{ type: 'find', text: 'ROUND' }]);
    assert.match(await view.byId('find-count').innerText(), /1 of 3 entries/);
    assert.deepEqual(await marks(), { all: ['Round', 'round', 'round'], now: ['Round'] });
    const seen: (string | null)[] = [];
    for (let n = 0; n < 4; n += 1) {
      await view.byId('find-input').press('Enter');
      await settled();
      seen.push(await current());
    }
    // Twice in the first row, then on, and around.
    assert.deepEqual(seen, ['u1', 'r1', 'm1', 'u1']);
    await view.byId('find-input').press('Shift+Enter');
    await settled();
    assert.equal(await current(), 'm1');
    await view.byId('find-next').click();
    await settled();
    assert.equal(await current(), 'u1');
  });

  it('opens what is closed where the text stands', async () => {
    await open({
      items: [
        call('r1', { output: `${'line\n'.repeat(2000)}the needle` }),
        {
          ...{ kind: 'assistant', id: 'm1', turnId: 't1', text: 'Done.', streaming: false },
          reasoning: 'Is the needle there?',
        },
      ],
    });
    await find('needle', ['r1', 'm1']);
    assert.equal(await current(), 'r1');
    assert.deepEqual((await marks()).now, ['needle']);
    const inSight = await view.byId('call-output').evaluate((box) => {
      const [range] = CSS.highlights.get('countersign-found-now') ?? [];
      const place = range instanceof Range ? range.getBoundingClientRect() : null;
      const frame = box.getBoundingClientRect();
      return place !== null && place.top >= frame.top && place.bottom <= frame.bottom;
    });
    assert.ok(inSight, 'it is scrolled to in the output');
    await view.byId('find-next').click();
    await settled();
    assert.match(await view.byId('reasoning').innerText(), /Is the needle there/);
    assert.deepEqual((await marks()).now, ['needle']);
  });

  it('asks for rows that are not there until the one it goes to is', async () => {
    const all = longTalk(1000);
    await open({ items: all.slice(-200), earlier: true });
    await find('Question 310', ['row310', 'row990']);
    assert.equal(await current(), 'row990', 'the next one from what is seen');
    const before = (await view.sent('earlier')).length;
    await view.byId('find-previous').click();
    await settled();
    for (const [from, to] of [
      [500, 800],
      [200, 500],
    ] as const) {
      const last = (await view.posted()).findLast(({ type }) => type === 'earlier');
      await view.say({ type: 'earlier', items: all.slice(from, to), earlier: true });
      await view.say({ type: 'reply', requestId: last?.requestId ?? -1, error: null });
      await settled();
    }
    await view.frames(30);
    assert.ok((await view.sent('earlier')).length >= before + 2);
    assert.equal(await current(), 'row310');
    assert.deepEqual((await marks()).now, ['Question 310']);
    const inSight = await view.page.locator('[data-item=row310]').evaluate((row) => {
      const feed = row.closest('[data-scroller]')?.getBoundingClientRect();
      const { top, bottom } = row.getBoundingClientRect();
      return feed !== undefined && top >= feed.top && bottom <= feed.bottom;
    });
    assert.ok(inSight);
    assert.ok((await view.page.locator('cs-item').count()) < 150);
  });

  it('looks again when the thread has changed, and stays where it is', async () => {
    await open({ items: longTalk(30), mark: 4 });
    await find('Answer', ['row3', 'row9']);
    const at = await current();
    const item = { kind: 'user', id: 'u9', turnId: 't9', text: 'Answer me' } as const;
    await view.say({ type: 'changes', after: 4, mark: 5, changes: [{ type: 'item', item }] });
    await view.byId('find-next').click();
    assert.equal((await view.sent('find')).length, 2);
    await view.say({ type: 'found', text: 'Answer', itemIds: ['row3', 'row9', 'u9'], more: false });
    await settled();
    assert.notEqual(await current(), at);
    assert.match(await view.byId('find-count').innerText(), /of 3 entries/);
  });

  it('says what is found, to a screen reader too, with every character visible', async () => {
    await open({
      items: [{ kind: 'user', id: 'u1', turnId: 't1', text: 'pay \u202Eyap now' }],
    });
    await find('u+202e', ['u1']);
    assert.deepEqual((await marks()).now, ['U+202E']);
    const status = view.byId('find-count');
    assert.equal(await status.getAttribute('role'), 'status');
    assert.doesNotMatch((await status.textContent()) ?? '', /\u202E/);
    await view.byId('find-input').fill('nowhere');
    assert.match(await status.innerText(), /Searching/);
    await view.say({ type: 'found', text: 'u+202e', itemIds: ['u1'], more: false });
    assert.match(await status.innerText(), /Searching/, 'an older answer is none');
    await view.say({ type: 'found', text: 'nowhere', itemIds: [], more: false });
    assert.match(await status.innerText(), /Nothing found/);
    assert.equal(await view.byId('find-next').isDisabled(), true);
  });

  it('closes with Escape, with the keyboard back where it was, and no mark left', async () => {
    await open();
    await view.byId('composer-input').focus();
    await find('total', ['u1']);
    assert.equal(await view.byId('find-input').evaluate((e) => e === document.activeElement), true);
    await view.byId('find-input').press('Escape');
    assert.equal(await view.byId('find-bar').count(), 0);
    assert.equal(
      await view.byId('composer-input').evaluate((e) => e === document.activeElement),
      true,
    );
    assert.deepEqual(await marks(), { all: [], now: [] });
    await view.say({ type: 'find' });
    assert.equal(await view.byId('find-input').inputValue(), 'total', 'it is remembered');
  });

  it('tells the host when the keyboard is in the chat, not in the panel', async () => {
    await open();
    await view.byId('composer-input').focus();
    assert.deepEqual(await view.sent('chatFocus'), [{ type: 'chatFocus', has: true }]);
    const panel = await openView();
    await panel.say(snapshot({ surface: 'panel' }));
    await panel.say({ type: 'find' });
    assert.equal(await panel.byId('find-bar').count(), 0);
    assert.deepEqual(await panel.sent('chatFocus'), []);
  });
});
