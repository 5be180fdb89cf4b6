// Table `checkpoint_item`: each message of a thread once, found by the hash of its text.
// An object's row is remembered only together with a copy: objects may be edited in place, then they are stored anew.
import { hash } from 'node:crypto';
import type { Db } from './database.ts';
import {
  copyPlain,
  damagedValue,
  encodeData,
  freezeData,
  isObject,
  NOT_PLAIN,
  parseData,
  reviveData,
  samePlain,
  type Encoded,
} from './saverData.ts';
import { sameThread, type SaverTransaction, type ThreadRef } from './saverTransaction.ts';

/** A message on its way into the table: its text is taken when `prepare` is called, not when it is written. */
export interface PendingItem {
  live: object;
  id: string;
  /** NOT_PLAIN when the message holds more than plain data. */
  copy: unknown;
  known: { thread: ThreadRef; seq: number } | undefined;
  encoded: Encoded | undefined;
}

/** A message as it was read: rows never change, so it is good for as long as anyone wants it. */
interface StoredItem {
  type: string;
  value: unknown;
  size: number;
}

export interface ItemTable {
  prepare(message: Message): PendingItem;
  /** The row's seq, inside the caller's transaction. */
  store(transaction: SaverTransaction, item: PendingItem): number;
  /** Reads some rows, in the given order; undefined when one of them is gone. */
  read(thread: ThreadRef, seqs: readonly number[]): StoredItem[] | undefined;
  /** An object for a row that was read: a new one, unless messages are shared. */
  build(thread: ThreadRef, seq: number, item: StoredItem): unknown;
}

/** An object that is stored once: what LangGraph and this program call a message. */
export type Message = object & { id: string };

export function isMessage(value: unknown): value is Message {
  return isObject(value) && typeof value['id'] === 'string';
}

/** Characters of text whose decoded form is kept. */
const CACHE_SIZE = 16_000_000;
const HASH_BYTES = 16;

/** With `shared`, a message of plain data is one frozen object for everyone who reads it: a long thread is not copied at each step. */
export function createItemTable(db: Db, { shared }: { shared: boolean }): ItemTable {
  const remembered = new WeakMap<object, PendingItem>();
  const cache = createCache(CACHE_SIZE);
  const write = itemWriter(db);
  const select = itemReader(db);
  const keep = (seq: number, item: StoredItem): StoredItem => {
    if (shared && item.type === 'json') freezeData(item.value);
    cache.set(seq, item);
    return item;
  };
  return {
    prepare: (live) => {
      const before = remembered.get(live);
      if (before && samePlain(live, before.copy)) return before;
      const copy = copyPlain(live);
      const encoded = copy === NOT_PLAIN ? encodeData(live) : plainText(copy);
      return { live, id: live.id, copy, known: undefined, encoded };
    },
    store: ({ thread, afterCommit }, item) => {
      const { live, copy, known } = item;
      if (known && sameThread(known.thread, thread)) return known.seq;
      const encoded = item.encoded ?? plainText(copy);
      const seq = write(thread, item.id, encoded);
      if (copy !== NOT_PLAIN) {
        afterCommit.push(() => {
          const { id } = item;
          remembered.set(live, { live, id, copy, known: { thread, seq }, encoded: undefined });
          keep(seq, { type: 'json', value: copy, size: encoded.body.length });
        });
      }
      return seq;
    },
    read: (thread, seqs) => {
      // Taken before anything is added: that may drop others from the cache.
      const known = seqs.map((seq) => cache.get(seq));
      const missing = seqs.filter((_, at) => !known[at]);
      const read = new Map<number, StoredItem>();
      for (const { seq, type, body } of missing.length > 0 ? select(thread, missing) : []) {
        read.set(seq, keep(seq, { type, value: parseData({ type, body }), size: body.length }));
      }
      const items: StoredItem[] = [];
      for (const [at, seq] of seqs.entries()) {
        const item = known[at] ?? read.get(seq);
        if (!item) return undefined;
        items.push(item);
      }
      return items;
    },
    build: (thread, seq, { type, value }) => {
      if (type === 'tagged') return reviveData(value);
      const built = shared ? value : copyPlain(value);
      if (isMessage(built) && !isKnown(remembered.get(built), thread)) {
        const known = { thread, seq };
        const item = { live: built, id: built.id, copy: value, known, encoded: undefined };
        remembered.set(built, item);
      }
      return built;
    },
  };
}

/** Whether a shared object has been read before; `copy` is that object itself. */
function isKnown(item: PendingItem | undefined, thread: ThreadRef): boolean {
  return item?.known !== undefined && sameThread(item.known.thread, thread);
}

const plainText = (copy: unknown): Encoded => ({ type: 'json', body: JSON.stringify(copy) });

function itemWriter(db: Db): (thread: ThreadRef, messageId: string, data: Encoded) => number {
  const find = db
    .prepare<[number, Buffer], number>(
      'SELECT seq FROM checkpoint_item WHERE thread = ? AND hash = ?',
    )
    .pluck();
  // A message that table `message` holds in the same words is not stored again.
  const insert = db.prepare(
    `INSERT INTO checkpoint_item (thread, hash, message_id, type, body)
     VALUES (@thread, @hash, @messageId, @type,
       CASE WHEN @type = 'json' AND EXISTS
         (SELECT 1 FROM message WHERE turn_id = @threadId AND id = @messageId AND body = @body)
       THEN NULL ELSE @body END)`,
  );
  return (thread, messageId, { type, body }) => {
    const digest = hash('sha256', `${type}:${body}`, 'buffer').subarray(0, HASH_BYTES);
    const known = find.get(thread.seq, digest);
    if (known !== undefined) return known;
    const { seq, id: threadId } = thread;
    const row = { thread: seq, threadId, hash: digest, messageId, type, body };
    return Number(insert.run(row).lastInsertRowid);
  };
}

interface ItemRow {
  seq: number;
  type: string;
  body: string;
}

function itemReader(db: Db): (thread: ThreadRef, seqs: readonly number[]) => ItemRow[] {
  interface Row extends Omit<ItemRow, 'body'> {
    body: string | null;
  }
  const select = db.prepare<[{ seqs: string; thread: number; threadId: string }], Row>(
    `SELECT item.seq, item.type, coalesce(item.body, message.body) AS body
     FROM json_each(@seqs) AS wanted JOIN checkpoint_item AS item ON item.seq = wanted.value
       LEFT JOIN message ON item.body IS NULL
         AND message.turn_id = @threadId AND message.id = item.message_id
     WHERE item.thread = @thread`,
  );
  return (thread, seqs) =>
    select
      .all({ seqs: JSON.stringify(seqs), thread: thread.seq, threadId: thread.id })
      .map(({ body, ...row }) => {
        if (body === null) throw damagedValue(`item ${row.seq} refers to a message that is gone`);
        return { ...row, body };
      });
}

interface Cache {
  get(seq: number): StoredItem | undefined;
  set(seq: number, item: StoredItem): void;
}

/** Keeps what was added last, up to `limit` characters. */
function createCache(limit: number): Cache {
  const items = new Map<number, StoredItem>();
  let size = 0;
  return {
    get: (seq) => items.get(seq),
    set: (seq, item) => {
      size += item.size - (items.get(seq)?.size ?? 0);
      items.delete(seq);
      items.set(seq, item);
      for (const [oldest, { size: freed }] of items) {
        if (size <= limit) break;
        items.delete(oldest);
        size -= freed;
      }
    },
  };
}
