// A conversation of 5,000 items. The page in a real browser: first paint, streaming at 200 tokens a second, size of the DOM.
// The host: how long it is busy with a page of the thread.
import path from 'node:path';
import type { Page } from 'playwright-core';
import { longTalk } from '../browser/webview/longTalk.ts';
import { startHarness, type View } from '../browser/webview/harness.ts';
import { snapshot, status } from '../browser/webview/samples.ts';
import { threadItems } from '../../src/core/panel/items.ts';
import { PAGE_MESSAGES } from '../../src/core/panel/page.ts';
import type { Place, ThreadPage } from '../../src/core/ports/eventStore.ts';
import { openStore } from '../../src/node/sqlite/openStore.ts';
import { cpuTime, median } from './measure.ts';
import type { Row } from './rows.ts';
import { logger, THREAD, writeThread } from './threadFile.ts';

export interface ChatSizes {
  items: number;
  rounds: number;
  /** Of streaming, in each round. */
  seconds: number;
}

const FEW = 50;
const TOKENS = 200;

interface Round {
  paint: number;
  paintOfFew: number;
  frame: number;
  idleFrame: number;
  elements: number;
  elementsOfFew: number;
}

export async function measureChat({ items, rounds, seconds }: ChatSizes): Promise<Row[]> {
  const harness = await startHarness();
  try {
    const all: Round[] = [];
    // The first round warms the browser.
    for (let n = 0; n <= rounds; n += 1) {
      const few = await harness.open();
      const paintOfFew = await paint(few, FEW);
      const elementsOfFew = await elements(few.page);
      const idleFrame = await longestFrame(few.page, seconds, false);
      await few.page.context().close();
      const many = await harness.open();
      const first = await paint(many, items);
      const round = { paint: first, paintOfFew, idleFrame, elementsOfFew };
      const before = await elements(many.page);
      const frame = await longestFrame(many.page, seconds, true);
      const after = await elements(many.page);
      all.push({ ...round, frame, elements: Math.max(before, after) });
      await many.page.context().close();
    }
    return rowsOf(rounds === 0 ? all : all.slice(1), items);
  } finally {
    await harness.close();
  }
}

function rowsOf(rounds: readonly Round[], items: number): Row[] {
  const mid = (of: keyof Round): number => median(rounds.map((round) => round[of]));
  const [frame, idle] = [mid('frame'), mid('idleFrame')];
  return [
    {
      ...{ what: `chat with ${items} items: first paint`, value: mid('paint'), unit: 'ms' },
      ...{ budget: '<= 300', ok: mid('paint') <= 300 },
      note: `from the host's message to the frame after it is painted; ${mid('paintOfFew').toFixed(0)} ms with ${FEW} items`,
    },
    {
      ...{ what: 'longest frame while text streams into it', value: frame, unit: 'ms' },
      // A machine that drops frames of a page that does nothing cannot say more.
      ...{ budget: '<= 50', ok: frame <= Math.max(50, 1.2 * idle) },
      note: `${TOKENS} tokens a second; ${idle.toFixed(0)} ms in a page of ${FEW} items that does nothing`,
    },
    {
      ...{
        what: 'its elements in the page',
        value: mid('elements') / mid('elementsOfFew'),
        unit: 'times',
      },
      ...{ budget: '<= 3', ok: mid('elements') <= 3 * mid('elementsOfFew') },
      note: `${mid('elements')} elements, against ${mid('elementsOfFew')} with ${FEW} items`,
    },
  ];
}

/** Milliseconds from the snapshot's arrival in the page to the first frame after the one that shows it. */
async function paint({ page }: View, count: number): Promise<number> {
  const turn = status({ turn: 'running', waiting: 0 });
  return page.evaluate(
    async (message) => {
      const start = performance.now();
      window.postMessage(message, '*');
      const frame = (): Promise<unknown> => new Promise((done) => requestAnimationFrame(done));
      while (document.querySelectorAll('cs-item').length === 0) await frame();
      await frame();
      return performance.now() - start;
    },
    snapshot({ items: longTalk(count), status: turn }),
  );
}

const elements = (page: Page): Promise<number> =>
  page.evaluate(() => document.querySelectorAll('*').length);

/** Milliseconds between the two frames that lie farthest apart, while text comes as fast as a model speaks or nothing happens. */
async function longestFrame(page: Page, seconds: number, streaming: boolean): Promise<number> {
  return page.evaluate(
    async ({ duration, rate }) => {
      const item = { kind: 'assistant', id: 'streamed', turnId: 'last', text: '', streaming: true };
      if (rate > 0) window.postMessage({ type: 'item', item }, '*');
      const start = performance.now();
      let [last, longest, said, offset] = [start, 0, 0, 0];
      const speak = setInterval(() => {
        for (; said < ((performance.now() - start) / 1000) * rate; said += 1) {
          const delta = said % 40 === 39 ? '.\n\n- next ' : said % 13 === 0 ? '**word** ' : 'word ';
          window.postMessage({ type: 'text', itemId: 'streamed', offset, delta }, '*');
          offset += delta.length;
        }
      }, 5);
      while (last - start < duration) {
        const now: number = await new Promise((done) =>
          requestAnimationFrame(() => done(performance.now())),
        );
        longest = Math.max(longest, now - last);
        last = now;
      }
      clearInterval(speak);
      return longest;
    },
    { duration: seconds * 1000, rate: streaming ? TOKENS : 0 },
  );
}

/** How long the host is busy at once with a thread that is opened, and read page by page to its start. */
export async function measureThreadPages(folder: string, items: number): Promise<Row[]> {
  const file = path.join(folder, 'long.db');
  await writeThread(file, items);
  const { store } = await openStore({ file, logger, clock: { now: () => Date.now() } });
  const times: number[] = [];
  const first: number[] = [];
  try {
    // The first round warms the parsers.
    for (let round = 0; round < 4; round += 1) {
      let before: Place | null = null;
      do {
        const start = cpuTime();
        const page: ThreadPage = await store.threadPage(THREAD, { limit: PAGE_MESSAGES, before });
        threadItems(page);
        const time = cpuTime() - start;
        if (round > 0) times.push(time);
        if (round > 0 && before === null) first.push(time);
        before = page.from;
      } while (before !== null);
    }
  } finally {
    store.dispose();
  }
  const [page, opened] = [median(times), median(first)];
  return [
    {
      ...{ what: `host, a page of a thread of ${items} items`, value: page, unit: 'ms' },
      ...{ budget: '<= 50', ok: Math.max(page, opened) <= 50 },
      note: `processor time for ${PAGE_MESSAGES} messages; ${opened.toFixed(1)} ms for the newest, the longest ${Math.max(...times).toFixed(1)} ms`,
    },
  ];
}
