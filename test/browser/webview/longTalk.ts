// A long conversation as an agent leads it: questions, prose with code, calls with output. The same each time.
import type { TranscriptItem } from '../../../src/protocol/messages.ts';
import { call } from './samples.ts';

const PROSE =
  'Totals are rounded **per item** before they are added. Rounding once, at the end, gives `1.05`. ';
const CODE =
  '\n\n```ts\nexport function total(items: Item[]): number {\n  return round(sum(items));\n}\n```\n';

/** `count` rows; every tenth is a message of the human's, every third of the others prose. */
export function longTalk(count: number): TranscriptItem[] {
  return Array.from({ length: count }, (_, n): TranscriptItem => {
    const place = { id: `row${n}`, turnId: `t${Math.floor(n / 10)}` };
    if (n % 10 === 0)
      return { kind: 'user', ...place, text: `Question ${n}: why is the total one cent off?` };
    if (n % 3 === 0)
      return {
        ...{ kind: 'assistant', ...place, streaming: false },
        text: `Answer ${n}. ${PROSE.repeat(1 + (n % 4))}${n % 9 === 0 ? CODE : ''}`,
      };
    return call(place.id, {
      turnId: place.turnId,
      summary: `src/file${n}.ts`,
      output: `line of output ${n}\n`.repeat(40),
    });
  });
}
