// A conversation of 5,000 rows in a real browser: what is in the page, what stays in place, what is reached and how.
import assert from 'node:assert/strict';
import type { View } from './harness.ts';
import { longTalk } from './longTalk.ts';
import { action, commandRequest, snapshot, status } from './samples.ts';
import { usePage } from './usePage.ts';

const TOTAL = 5000;
const idle = status({ turn: 'finished', waiting: 0 });

describe('page: a chat of 5,000 items', function () {
  this.timeout(120_000);
  const openView = usePage();
  let view: View;

  async function open(change: Parameters<typeof snapshot>[0] = {}, width = 400): Promise<void> {
    view = await openView({ width });
    await view.say(snapshot({ items: longTalk(TOTAL), status: idle, ...change }));
    await view.frames(2);
  }

  const elements = (): Promise<number> =>
    view.page.evaluate(() => document.querySelectorAll('cs-transcript *').length);

  const scrollTo = async (top: number | 'end'): Promise<void> => {
    await view.byId('transcript').evaluate((feed, place) => {
      feed.scrollTop = place === 'end' ? feed.scrollHeight : place;
    }, top);
    await view.frames(4);
  };

  /** Numbers of the rows of which something is seen, and where each begins on the screen. */
  const seen = (): Promise<{ row: number; top: number }[]> =>
    view.byId('transcript').evaluate((feed) => {
      const box = feed.getBoundingClientRect();
      return [...feed.querySelectorAll('cs-item')].flatMap((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        const shown = bottom > box.top && top < box.bottom;
        return shown ? [{ row: Number(row.getAttribute('data-row')), top: Math.round(top) }] : [];
      });
    });

  it('has few rows in the page and shows the last', async () => {
    await open();
    const rows = await seen();
    assert.equal(rows.at(-1)?.row, TOTAL - 1);
    assert.ok((await view.page.locator('cs-item').count()) < 150);
    assert.ok((await elements()) < 3000, `${await elements()} elements`);
  });

  it('shows rows without holes wherever it is scrolled to, in order, with a bounded DOM', async () => {
    await open();
    const height = await view.byId('transcript').evaluate((feed) => feed.scrollHeight);
    for (const part of [0, 0.1, 0.5, 0.77, 0.999, 0.3]) {
      await scrollTo(Math.floor(height * part));
      const rows = await seen();
      assert.ok(rows.length > 3, `something is seen at ${part}: ${JSON.stringify(rows)}`);
      for (const [n, { row }] of rows.entries()) assert.equal(row, (rows[0]?.row ?? 0) + n);
      assert.ok((await view.page.locator('cs-item').count()) < 150);
    }
    await scrollTo(0);
    assert.equal((await seen())[0]?.row, 0);
    await scrollTo('end');
    await scrollTo('end');
    assert.equal((await seen()).at(-1)?.row, TOTAL - 1);
  });

  it('does not jump while the wheel goes up through rows that were never measured', async () => {
    await open();
    await view.byId('transcript').hover();
    let last = await seen();
    for (let n = 0; n < 40; n += 1) {
      await view.page.mouse.wheel(0, -180);
      await view.frames(3);
      const now = await seen();
      const both = now.filter(({ row }) => last.some((known) => known.row === row));
      assert.ok(both.length > 0, 'rows that were seen are still seen');
      for (const { row, top } of both) {
        const before = last.find((known) => known.row === row)?.top ?? 0;
        assert.ok(top - before >= -1 && top - before <= 181, `row ${row} moved by ${top - before}`);
      }
      last = now;
    }
    assert.ok((last[0]?.row ?? TOTAL) < TOTAL - 50);
  });

  it('leaves what is read in place while text streams in at the end', async () => {
    await open({ status: status({ turn: 'running', waiting: 0 }) });
    await scrollTo(40_000);
    const before = await seen();
    await view.say({
      type: 'item',
      item: { kind: 'assistant', id: 's', turnId: 't499', text: '', streaming: true },
    });
    for (let n = 0; n < 20; n += 1)
      await view.say({
        type: 'text',
        itemId: 's',
        turnId: 't499',
        offset: n * 8,
        delta: 'a line\n\n',
      });
    assert.deepEqual(await seen(), before);
  });

  it('leaves what is read in place while rows come before it', async () => {
    const all = longTalk(TOTAL);
    await open({ items: all.slice(600) });
    await scrollTo(9000);
    const texts = (): Promise<string> => view.byId('transcript').innerText();
    const [rows, before] = [await seen(), await texts()];
    await view.say(snapshot({ items: all, status: idle }));
    await view.frames(3);
    assert.deepEqual(
      await seen(),
      rows.map(({ row, top }) => ({ row: row + 600, top })),
    );
    assert.equal((await texts()).includes(before.slice(400, 600)), true);
  });

  it('asks for earlier rows near the first one, once, and leaves in place what is read', async () => {
    const all = longTalk(TOTAL);
    await open({ items: all.slice(-200), earlier: true });
    assert.deepEqual(await view.sent('earlier'), []);
    await scrollTo(0);
    await scrollTo(10);
    assert.deepEqual(await view.sent('earlier'), [{ type: 'earlier' }]);
    assert.equal(await view.byId('loading-earlier').count(), 1);
    await scrollTo(0);
    const rows = await seen();
    await view.say({ type: 'earlier', items: all.slice(-500, -200), earlier: false });
    await view.frames(2);
    // The line that said “loading” is gone, and the rows after it are where they were.
    assert.deepEqual(
      await seen().then((now) => now.filter(({ row }) => row >= 300)),
      rows.map(({ row, top }) => ({ row: row + 300, top })),
    );
    assert.equal(await view.byId('loading-earlier').count(), 0);
    await scrollTo(0);
    assert.match(await view.byId('transcript').innerText(), /Question 4500/);
    assert.equal((await view.sent('earlier')).length, 1);
  });

  it('follows the end while text streams in', async () => {
    await open({ status: status({ turn: 'running', waiting: 0 }) });
    await view.say({
      type: 'item',
      item: { kind: 'assistant', id: 's', turnId: 't499', text: '', streaming: true },
    });
    for (let n = 0; n < 30; n += 1)
      await view.say({
        type: 'text',
        itemId: 's',
        turnId: 't499',
        offset: n * 8,
        delta: 'a line\n\n',
      });
    await view.frames(3);
    const left = await view
      .byId('transcript')
      .evaluate((feed) => feed.scrollHeight - feed.clientHeight - feed.scrollTop);
    assert.ok(left < 2, `${left} pixels from the end`);
    assert.equal((await seen()).at(-1)?.row, TOTAL);
  });

  it('keeps cards that wait in the page, whatever is in view', async () => {
    await open({ actions: [action([commandRequest()])], status: status() });
    await scrollTo(1000);
    assert.equal(await view.byId('card').count(), 1);
    assert.equal(await view.byId('approve').count(), 1);
  });

  it('keeps the row that has the focus, and its focus', async () => {
    await open();
    const why = view.page.locator('[data-testid="why"]').last();
    await why.focus();
    const row = await why.evaluate((button) => button.closest('cs-item')?.getAttribute('data-row'));
    await scrollTo(2000);
    const focused = (): Promise<string | null | undefined> =>
      view.page.evaluate(() =>
        document.activeElement?.closest('cs-item')?.getAttribute('data-row'),
      );
    assert.equal(await focused(), row);
    const rows = await view.page
      .locator('cs-item')
      .evaluateAll((all) => all.map((each) => Number(each.getAttribute('data-row'))));
    assert.deepEqual(
      rows,
      rows.toSorted((a, b) => a - b),
      'in reading order',
    );
  });

  it('goes on by a button, without scrolling', async () => {
    await open();
    const first = Number(await view.page.locator('cs-item').first().getAttribute('data-row'));
    await view.byId('show-earlier').focus();
    await view.page.keyboard.press('Enter');
    await view.frames(4);
    const rows = await seen();
    assert.ok(
      rows.some(({ row }) => row === first - 1),
      'the row before is seen',
    );
    assert.equal(await view.byId('show-later').count(), 1);
  });

  it('lays rows out anew when the view becomes narrow', async () => {
    await open({}, 700);
    await view.page.setViewportSize({ width: 320, height: 800 });
    await view.frames(4);
    assert.equal((await seen()).at(-1)?.row, TOTAL - 1);
    await scrollTo(30_000);
    const rows = await seen();
    for (const [n, { row }] of rows.entries()) assert.equal(row, (rows[0]?.row ?? 0) + n);
  });
});
