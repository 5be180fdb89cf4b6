// How a value of a channel or of a pending write lies in its row: as data, as one message, or as several.
import { decodeData, encodeData, type Encoded } from './saverData.ts';
import { isMessage, type ItemTable, type PendingItem } from './saverItems.ts';
import { parseSeqs, type ListTable } from './saverLists.ts';
import type { SaverTransaction, ThreadRef } from './saverTransaction.ts';

/** Undefined when one of them is no message. Runs over all of a thread at every step: one loop. */
function prepareAll(items: ItemTable, values: readonly unknown[]): PendingItem[] | undefined {
  const pending: PendingItem[] = [];
  for (const value of values) {
    if (!isMessage(value)) return undefined;
    pending.push(items.prepare(value));
  }
  return pending;
}

/** A value as it was when LangGraph handed it over; nothing that happens to it later changes what is stored. */
export type PendingValue =
  | { kind: 'data'; data: Encoded }
  | { kind: 'message'; item: PendingItem }
  | { kind: 'messages'; items: PendingItem[] };

/** What a row says: `message` and `messages` hold rows of `checkpoint_item`, `list` one of `checkpoint_list`. */
export interface StoredValue {
  type: string;
  body: string;
}

export interface ValueCodec {
  prepare(value: unknown): PendingValue;
  /** With a place, an array becomes a list based on the one that was last stored there. */
  store(transaction: SaverTransaction, value: PendingValue, place?: string): StoredValue;
  /** The messages that a stored value needs; undefined when a list of it is gone. */
  needs(thread: ThreadRef, value: StoredValue, place: string): readonly number[] | undefined;
  /** The value, given the messages that it needs. */
  build(value: StoredValue, messages: unknown[]): unknown;
}

export function createValueCodec(items: ItemTable, lists: ListTable): ValueCodec {
  return {
    prepare: (value) => {
      if (isMessage(value)) return { kind: 'message', item: items.prepare(value) };
      const all =
        Array.isArray(value) && isMessage(value[0]) ? prepareAll(items, value) : undefined;
      return all ? { kind: 'messages', items: all } : { kind: 'data', data: encodeData(value) };
    },
    store: (transaction, value, place) => {
      if (value.kind === 'data') return value.data;
      if (value.kind === 'message') {
        return { type: 'message', body: String(items.store(transaction, value.item)) };
      }
      const seqs = value.items.map((item) => items.store(transaction, item));
      if (place === undefined) return { type: 'messages', body: JSON.stringify(seqs) };
      return { type: 'list', body: String(lists.store(transaction, place, seqs)) };
    },
    needs: (thread, { type, body }, place) => {
      if (type === 'message') return [Number(body)];
      if (type === 'messages') return parseSeqs(body);
      return type === 'list' ? lists.read(thread, Number(body), place) : [];
    },
    build: (value, messages) => {
      if (value.type === 'message') return messages[0];
      if (value.type === 'messages' || value.type === 'list') return messages;
      return decodeData(value);
    },
  };
}
