// How much of a long thread a view is sent at once, and what of the news it can place. Pure.
import type { Place, ThreadRows } from '../ports/eventStore.ts';

/** Messages on a page: about what a view shows before the user scrolls, and quick to read. */
export const PAGE_MESSAGES = 200;

/** `rows` without what lies before `from`, which the view has not been sent. */
export function sincePlace(rows: ThreadRows, from: Place | null): ThreadRows {
  if (from === null) return rows;
  const order = new Map(rows.states.map(({ id }, index) => [id, index]));
  const first = order.get(from.turnId) ?? 0;
  const later = ({ turnId }: { turnId: string }): boolean => (order.get(turnId) ?? -1) > first;
  const inTurn = ({ turnId }: { turnId: string }): boolean => turnId === from.turnId;
  const before = new Set(
    rows.messages
      .filter((row) => inTurn(row) && row.position < from.position)
      .map(({ message }) => message.id),
  );
  return {
    ...rows,
    turns: rows.turns.filter(({ id: turnId }) => later({ turnId }) || inTurn({ turnId })),
    messages: rows.messages.filter(
      (row) => later(row) || (inTurn(row) && row.position >= from.position),
    ),
    calls: rows.calls.filter((row) => later(row) || (inTurn(row) && !before.has(row.batchId))),
    texts: rows.texts.filter((row) => later(row) || inTurn(row)),
    changed: rows.changed.filter((row) => later(row) || inTurn(row)),
  };
}
