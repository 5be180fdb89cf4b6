// LangGraph's conformance suite for savers is written for vitest: it runs in a process of its own, and all of it must pass.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** 718 of `validate` and 8 of `deltaChannelHistoryTests`, version 1.1.1: fewer means that some were skipped. */
const TESTS = 726;

interface Report {
  numTotalTests: number;
  numPassedTests: number;
  testResults: {
    message?: string;
    assertionResults: { fullName: string; status: string; failureMessages?: string[] }[];
  }[];
}

async function runSuite(): Promise<Report> {
  const script = fileURLToPath(new URL('saverConformance.ts', import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), 'countersign-conformance-'));
  const file = join(folder, 'report.json');
  try {
    const child = spawn(process.execPath, [script, file], { stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    await once(child, 'close');
    assert.equal(errors, '');
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('saver', () => {
  it(`passes all ${TESTS} tests of @langchain/langgraph-checkpoint-validation`, async () => {
    const report = await runSuite();
    const failures = report.testResults.flatMap(({ message, assertionResults }) => [
      ...(message ? [message] : []),
      ...assertionResults
        .filter(({ status }) => status !== 'passed')
        .map(({ fullName, status, failureMessages }) =>
          [fullName, status, ...(failureMessages ?? [])].join('\n'),
        ),
    ]);
    assert.deepEqual(failures, []);
    assert.deepEqual([report.numPassedTests, report.numTotalTests], [TESTS, TESTS]);
  }).timeout(120_000);
});
