// Table `checkpoint_list`: a message array as what it has in common with an earlier one, and the rest.
import { z } from 'zod';
import type { Db } from './database.ts';
import { damagedValue } from './saverData.ts';
import { sameThread, type SaverTransaction, type ThreadRef } from './saverTransaction.ts';

/** Links from a list to one that is stored whole; more for long lists, so that the whole ones stay a small part. */
const MIN_DEPTH = 64;
const ITEMS_PER_LINK = 8;
/** Channels whose last list is remembered. */
const MAX_REMEMBERED = 64;

interface LastList {
  thread: ThreadRef;
  seq: number;
  depth: number;
  items: readonly number[];
}

export interface ListTable {
  /** The row's seq, inside the caller's transaction. `place` names the channel whose last list is the likely base. */
  store(transaction: SaverTransaction, place: string, items: readonly number[]): number;
  /** The items of a list; undefined when it is gone. */
  read(thread: ThreadRef, seq: number, place: string): readonly number[] | undefined;
}

export function createListTable(db: Db): ListTable {
  const last = new Map<string, LastList>();
  const remember = (place: string, list: LastList): void => {
    last.delete(place);
    last.set(place, list);
    const [oldest] = last.keys();
    if (last.size > MAX_REMEMBERED && oldest !== undefined) last.delete(oldest);
  };
  const exists = db
    .prepare<[number], number>('SELECT 1 FROM checkpoint_list WHERE seq = ?')
    .pluck();
  const insert = db.prepare(
    `INSERT INTO checkpoint_list (thread, base, kept, depth, items)
     VALUES (@thread, @base, @kept, @depth, @items)`,
  );
  const readChain = chainReader(db);
  return {
    store: ({ thread, afterCommit }, place, items) => {
      const before = last.get(`${thread.seq}:${place}`);
      const usable = before && sameThread(before.thread, thread) && exists.get(before.seq);
      const link = usable ? linkTo(before, items) : undefined;
      if (link === 'same' && before) return before.seq;
      const { base, kept, depth } = typeof link === 'object' ? link : WHOLE;
      const rest = JSON.stringify(items.slice(kept));
      const row = { thread: thread.seq, base, kept, depth, items: rest };
      const seq = Number(insert.run(row).lastInsertRowid);
      afterCommit.push(() => remember(`${thread.seq}:${place}`, { thread, seq, depth, items }));
      return seq;
    },
    read: (thread, seq, place) => {
      const known = last.get(`${thread.seq}:${place}`);
      if (known?.seq === seq && sameThread(known.thread, thread)) return known.items;
      const chain = readChain(seq);
      if (!chain) return undefined;
      remember(`${thread.seq}:${place}`, { thread, seq, ...chain });
      return chain.items;
    },
  };
}

const WHOLE = { base: null, kept: 0, depth: 0 };

/** How `items` is written on top of `before`; undefined when it is better written whole. */
function linkTo(
  before: LastList,
  items: readonly number[],
): 'same' | { base: number; kept: number; depth: number } | undefined {
  let kept = 0;
  while (kept < items.length && items[kept] === before.items[kept]) kept += 1;
  if (kept === items.length && kept === before.items.length) return 'same';
  const depth = before.depth + 1;
  const maxDepth = Math.max(MIN_DEPTH, items.length / ITEMS_PER_LINK);
  if (kept * 2 < items.length || depth > maxDepth) return undefined;
  return { base: before.seq, kept, depth };
}

interface ListRow {
  base: number | null;
  kept: number;
  depth: number;
  items: string;
}

const Seqs = z.array(z.int());

function chainReader(db: Db): (seq: number) => { items: number[]; depth: number } | undefined {
  const select = db.prepare<[number], ListRow>(
    `WITH RECURSIVE chain (base, kept, depth, items, link) AS (
       SELECT base, kept, depth, items, 0 FROM checkpoint_list WHERE seq = ?
       UNION ALL
       SELECT list.base, list.kept, list.depth, list.items, link + 1
       FROM chain JOIN checkpoint_list AS list ON list.seq = chain.base
     ) SELECT base, kept, depth, items FROM chain ORDER BY link DESC`,
  );
  return (seq) => {
    const rows = select.all(seq);
    const [first] = rows;
    if (!first) return undefined;
    const items: number[] = [];
    for (const row of rows) {
      if (row.kept > items.length) throw damagedValue(`list ${seq} has lost its base`);
      items.length = row.kept;
      items.push(...parseSeqs(row.items));
    }
    return { items, depth: rows.at(-1)?.depth ?? 0 };
  };
}

/** A stored JSON array of row numbers. Throws AppError `store_damaged_row`. */
export function parseSeqs(text: string): number[] {
  try {
    return Seqs.parse(JSON.parse(text));
  } catch (error) {
    throw damagedValue(`${text.slice(0, 50)} is not a list of rows`, error);
  }
}
