// Entry point of the in-host tests: VS Code calls run() in its extension host. Reports one JSON object a line
// to the file named by COUNTERSIGN_TEST_RESULTS; the suites themselves are listed in suites.ts.
import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';

interface ResultLine {
  readonly event: 'passed' | 'failed' | 'skipped' | 'end';
  readonly title?: string;
  readonly ms?: number;
  readonly error?: string;
}

const TIMEOUT_MS = 60_000;

/** Resolves when all suites have passed; rejects otherwise, which is what test-electron looks at. */
export async function run(): Promise<void> {
  const results = process.env['COUNTERSIGN_TEST_RESULTS'];
  const report = (line: ResultLine): void => {
    if (results) appendFileSync(results, `${JSON.stringify(line)}\n`);
  };
  try {
    const failures = await runSuites(report);
    if (failures === 0) return;
  } catch (error) {
    report({ event: 'failed', title: 'in-host run', error: describeError(error) });
    throw error;
  } finally {
    report({ event: 'end' });
  }
  throw new Error('In-host tests failed.');
}

async function runSuites(report: (line: ResultLine) => void): Promise<number> {
  const grep = process.env['COUNTERSIGN_TEST_GREP'];
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: TIMEOUT_MS,
    reporter: 'spec',
    ...(grep ? { grep } : {}),
  });
  // Gives the suites their globals (describe, it, ...), which loading a file through mocha would.
  mocha.suite.emit('pre-require', globalThis, 'suites', mocha);
  await import('./suites.ts');
  return new Promise((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('pass', (test) => {
      report({ event: 'passed', title: test.fullTitle(), ms: test.duration ?? 0 });
    });
    runner.on('pending', (test) => report({ event: 'skipped', title: test.fullTitle() }));
    runner.on('fail', (test, error: unknown) => {
      report({ event: 'failed', title: test.fullTitle(), error: describeError(error) });
    });
  });
}

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
