// The storage budget on the real engine: what a turn of 1,000 messages takes, told by two shorter ones.
import assert from 'node:assert/strict';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { runEngineTurn, type EngineTurn } from '../bench/engineTurn.ts';

const BUDGET = 3;

describe('storage', () => {
  it('grows with what was said: at most 3 bytes on disk for each byte of a long turn (HB11)', async () => {
    const folder = await temporaryFolder({});
    try {
      const short = await runEngineTurn(folder.at('short'), 100);
      const long = await runEngineTurn(folder.at('long'), 300);
      const slope = (long.bytes - short.bytes) / (long.said - short.said);
      const said = (long.said / long.messages) * 1000;
      const perByte = (long.bytes + slope * (said - long.said)) / said;
      const figures = (turn: EngineTurn): string => `${turn.bytes} bytes for ${turn.said}`;
      assert.ok(slope > 1, `a file cannot be smaller than what it holds: ${slope}`);
      assert.ok(
        perByte <= BUDGET,
        `${perByte.toFixed(2)} at 1,000 messages (${figures(short)}, ${figures(long)})`,
      );
    } finally {
      await folder.dispose();
    }
  }).timeout(60_000);
});
