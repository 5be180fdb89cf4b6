// Runs axe in a page of the tests: what it finds, as sentences.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { View } from './harness.ts';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  id: string;
  impact: string;
  nodes: { html: string; failureSummary: string }[];
}

/**
 * The message field while it offers files. ARIA in HTML has no role for a textarea, but only a combobox can say that its list is
 * open; editors and forges do the same, and screen readers know it.
 */
const MEANT = 'minor aria-allowed-role: <textarea class="field" data-testid="composer-input"';

/** Everything that axe objects to, of any impact; empty when it has nothing to say. */
export async function axeProblems(view: View): Promise<string[]> {
  const known = await view.page.evaluate(() => 'axe' in window);
  if (!known) {
    // The test's own script, which the page's policy would not let in.
    const session = await view.page.context().newCDPSession(view.page);
    await session.send('Runtime.evaluate', { expression: SOURCE });
    await session.detach();
  }
  const found = await view.page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(): Promise<{ violations: Violation[] }> };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, impact, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${impact} ${id}: ${html} ${failureSummary}`),
    );
  });
  return found.filter((problem) => !problem.startsWith(MEANT));
}
