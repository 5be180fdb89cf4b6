// The crash harness, short: kills at random moments and named steps, every turn brought to its end, nothing lost or doubled.
// `npm run test:crash` is the long one.
import assert from 'node:assert/strict';
import path from 'node:path';
import { crashRun, type CrashReport } from '../crash/crash.ts';
import type { Violation } from '../crash/oracle.ts';
import { CLI } from './support.ts';

const BROKEN = path.resolve(import.meta.dirname, '../crash/brokenCli.ts');

const of = (report: CrashReport, violation: Violation): number =>
  report.findings.filter((finding) => finding.violation === violation).length;

describe('kill -9', function () {
  this.timeout(300_000);

  it('of 25 processes doubles nothing, loses nothing, and every turn ends', async () => {
    const report = await crashRun({ entry: CLI, kills: 25, turns: 5, seed: 25, workers: 2 });
    assert.deepEqual(report.findings, [], report.stories.join('\n'));
    assert.ok(report.totalKills >= 25 && report.turns >= 5);
  });

  it('is seen to double effects when the journal forgets what was started', async () => {
    const options = { kills: 2, turns: 2, seed: 3, workers: 2, at: 'settle.before' } as const;
    const report = await crashRun({ entry: BROKEN, ...options });
    assert.ok(of(report, 'doubled side effects') > 0, JSON.stringify(report.findings));
  });
});
