// The card of a command that would run what the agent changed unasked: every file stands on it before Approve counts.
import assert from 'node:assert/strict';
import type { View } from './harness.ts';
import { usePage } from './usePage.ts';
import { action, commandRequest, snapshot } from './samples.ts';

const file = (path: string, hash: string | null = 'h') => ({
  path,
  real: `/home/ada/shop/${path}`,
  hash,
});
const why = {
  verdict: 'ask' as const,
  layer: 'built-in' as const,
  reason: 'runs code this session wrote and you have not seen: package.json, src/price.ts (+2)',
};

describe('page: a command that runs what you have not seen', function () {
  this.timeout(60_000);
  const open = usePage();
  let view: View;

  beforeEach(async () => {
    view = await open();
  });

  const show = (...unseen: ReturnType<typeof file>[]): Promise<unknown> =>
    view.say(
      snapshot({ items: [], actions: [action([commandRequest('npm test', { why }, { unseen })])] }),
    );

  it('names every file, each once, also a deleted one, hidden characters made visible (B5)', async () => {
    await show(
      file('package.json', 'a'),
      file('package.json', 'b'),
      file('src/price.ts'),
      file('src/\u202ests.x', 'c'),
      file('test/old.test.ts', null),
      file('<b>x</b>.js'),
    );
    const names = await view.byId('card-unseen').locator('b').allTextContents();
    assert.deepEqual(names, [
      'package.json',
      'src/price.ts',
      'src/U+202Ests.x',
      'test/old.test.ts (deleted)',
      '<b>x</b>.js',
    ]);
    assert.match(
      (await view.byId('card-unseen').textContent()) ?? '',
      /Runs code this session wrote and you have not seen: package\.json, /,
    );
  });

  it('is silent where there is none', async () => {
    await show();
    assert.equal(await view.byId('card-unseen').count(), 0);
  });

  it('three hundred files are all there, in the card and not cut off', async () => {
    await show(...Array.from({ length: 300 }, (_, at) => file(`src/part${String(at)}/index.ts`)));
    assert.equal(await view.byId('card-unseen').locator('b').count(), 300);
    const box = await view.byId('card-unseen').evaluate((found) => ({
      shown: found.clientHeight,
      all: found.scrollHeight,
    }));
    assert.ok(box.all <= box.shown + 1, JSON.stringify(box));
  });

  for (const theme of ['dark', 'light', 'contrast']) {
    it(`screenshot, ${theme}`, async () => {
      view = await open({ width: 360, height: 560, theme });
      await show(
        file('package.json'),
        file('src/price.ts'),
        file('src/cart.ts'),
        file('test/old.test.ts', null),
      );
      await view.page.screenshot({ path: `test/output/screenshots/unseen-${theme}.png` });
    });
  }
});
