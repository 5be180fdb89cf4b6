// For a `describe` of page tests: one harness for all of them, views that go with their test.
import assert from 'node:assert/strict';
import { startHarness, type Harness, type OpenOptions, type View } from './harness.ts';

/** Opens views. After each test every one of them must have been quiet: no violation of the policy, nothing on the console. */
export function usePage({ quiet = true } = {}): (options?: OpenOptions) => Promise<View> {
  let harness: Harness;
  const views: View[] = [];
  before(async () => {
    harness = await startHarness();
  });
  after(async () => {
    await harness.close();
  });
  afterEach(async () => {
    for (const view of views.splice(0)) {
      const said = quiet ? [...(await view.violations()), ...view.console] : [];
      await view.page.context().close();
      assert.deepEqual(said, []);
    }
  });
  return async (options = {}) => {
    const view = await harness.open(options);
    views.push(view);
    return view;
  };
}
