// axe on every state of the page, in each of four themes.
import assert from 'node:assert/strict';
import { axeProblems } from './axe.ts';
import { STATES } from './states.ts';
import { THEMES } from './theme.ts';
import { usePage } from './usePage.ts';

describe('page: accessibility of every state', function () {
  this.timeout(60_000);
  const open = usePage();

  for (const [name, reach] of Object.entries(STATES)) {
    it(`axe finds nothing: ${name} (HW14)`, async () => {
      const view = await open({ height: 2400 });
      await reach(view);
      const found: Record<string, string[]> = {};
      for (const theme of Object.keys(THEMES)) {
        await view.theme(theme);
        const problems = await axeProblems(view);
        if (problems.length > 0) found[theme] = problems;
      }
      assert.deepEqual(found, {});
    });
  }
});
