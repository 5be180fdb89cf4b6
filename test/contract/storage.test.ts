// The storage budget on the real engine: what a turn of 1,000 messages takes, told by two shorter ones.
import assert from 'node:assert/strict';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { runEngineTurn, type EngineTurn } from '../bench/engineTurn.ts';
import { edits, reads, writes, type Workload } from '../bench/workload.ts';

const BUDGET = 3;
/** Of an approved write, beside what it says: its rows in the journal, the card, and five of the ledger. */
const BESIDE = 6_000;

describe('storage', () => {
  for (const [what, workload] of Object.entries({
    'that reads': reads,
    'that reads large files, changes and writes some, each approved': edits,
  })) {
    it(`of a long turn ${what}: at most 3 bytes on disk for each byte said`, async () => {
      const { short, long } = await twoTurns(workload);
      const slope = (long.bytes - short.bytes) / (long.said - short.said);
      const said = (long.said / long.messages) * 1000;
      const perByte = (long.bytes + slope * (said - long.said)) / said;
      assert.ok(slope > 1, `a file cannot be smaller than what it holds: ${slope}`);
      const figures = `${perByte.toFixed(2)} at 1,000 messages (${told(short)}, ${told(long)})`;
      assert.ok(perByte <= BUDGET, figures);
    }).timeout(60_000);
  }

  it('of a turn that only writes: each text once, and a small sum for each call (HB11)', async () => {
    // In the first 200 messages each large file is changed for the first time: its text is then kept whole, once, for undo.
    const { short, long } = await twoTurns(writes, [220, 420]);
    const beside = long.bytes - long.said - (short.bytes - short.said);
    const perCall = beside / ((long.messages - short.messages) / 2);
    assert.ok(perCall > 0);
    const figures = `${Math.round(perCall)} bytes beside each call (${told(short)}, ${told(long)})`;
    assert.ok(perCall <= BESIDE, figures);
  }).timeout(60_000);
});

async function twoTurns(
  workload: Workload,
  [fewer, more] = [100, 300],
): Promise<{ short: EngineTurn; long: EngineTurn }> {
  const folder = await temporaryFolder({});
  try {
    const short = await runEngineTurn(folder.at('short'), fewer, workload);
    return { short, long: await runEngineTurn(folder.at('long'), more, workload) };
  } finally {
    await folder.dispose();
  }
}

const told = (turn: EngineTurn): string => `${turn.bytes} bytes for ${turn.said}`;
