// The race harness, short: one winner each, one run at most, every loser told. `npm run test:race` is the long one.
import assert from 'node:assert/strict';
import { raceRun } from '../race/race.ts';
import { CLI } from './support.ts';

describe('four processes deciding one action at once', function () {
  this.timeout(300_000);

  it('have one winner every time; what it decided happens once, and the others are told who it was (H40)', async () => {
    const report = await raceRun({ rounds: 25, cliRounds: 2, processes: 4, seed: 4, entry: CLI });
    assert.deepEqual(report.faults, []);
    const won = [...report.seen].filter(([name]) => name.startsWith('won by'));
    assert.equal(
      won.reduce((sum, [, count]) => sum + count, 0),
      27,
    );
  });

  it('are seen to have several winners when everybody wins the claim', async () => {
    const options = { rounds: 10, cliRounds: 0, processes: 4, seed: 4, entry: CLI, broken: true };
    const { faults } = await raceRun(options);
    const doubled = faults.filter(({ fault }) => fault === 'rounds without exactly one winner');
    assert.ok(doubled.length > 0, JSON.stringify(faults));
  });
});
