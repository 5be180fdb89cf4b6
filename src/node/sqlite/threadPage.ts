// A page of a thread: which messages are on it. A long thread is read page by page, newest first, so that none blocks for long.
import { z } from 'zod';
import type { Page, Place } from '../../core/ports/eventStore.ts';
import { selectAction } from './actions.ts';
import type { Db } from './database.ts';
import { selectText } from './eventRows.ts';
import { selectCall } from './journal.ts';
import { selectMessage } from './messages.ts';
import { selectTurn } from './turnRows.ts';

const Bound = z.object({ turnId: z.string(), turn: z.int(), position: z.int() });

/** From the first place up to, not including, the last. */
export interface Bounds {
  firstTurn: number;
  firstPosition: number;
  lastTurn: number;
  lastPosition: number;
}

export interface PageBounds {
  bounds: Bounds;
  /** The first message on the page, when there are messages before it. */
  from: Place | null;
}

/** Finds the page's messages; runs inside the caller's transaction. */
export function pageFinder(db: Db): (threadId: string, page: Page) => PageBounds {
  const place = db.prepare(
    'SELECT turn.id AS turnId, turn.seq AS turn, @position AS position FROM turn WHERE turn.id = @turnId',
  );
  // In this order both are read by their indexes, and no further than the page goes.
  const first = db.prepare(
    `SELECT turn.id AS turnId, turn.seq AS turn, message.position
     FROM turn CROSS JOIN message ON message.turn_id = turn.id
     WHERE turn.thread_id = @threadId AND turn.seq <= @lastTurn
       AND (turn.seq < @lastTurn OR position < @lastPosition)
     ORDER BY turn.seq DESC, message.position DESC LIMIT 1 OFFSET @limit`,
  );
  return (threadId, { limit, before }) => {
    const last = before === null ? undefined : Bound.parse(place.get({ ...before }));
    const end = {
      lastTurn: last?.turn ?? Number.MAX_SAFE_INTEGER,
      lastPosition: last?.position ?? 0,
    };
    const found = Bound.optional().parse(first.get({ threadId, limit: limit - 1, ...end }));
    const rest = first.get({ threadId, limit, ...end }) !== undefined;
    const bounds = { firstTurn: found?.turn ?? 0, firstPosition: found?.position ?? 0, ...end };
    if (!found || !rest)
      return { bounds: { ...bounds, firstTurn: 0, firstPosition: 0 }, from: null };
    return { bounds, from: { turnId: found.turnId, position: found.position } };
  };
}

const onPage = (turn: string, position: string): string =>
  `${turn} BETWEEN @firstTurn AND @lastTurn
     AND (${turn} > @firstTurn OR ${position} >= @firstPosition)
     AND (${turn} < @lastTurn OR ${position} < @lastPosition)`;

/** How a turn ended stands with its last message: on the page of the later one when the turn lies on two. */
export function ofPage(
  db: Db,
  {
    selectDecision,
    selectChanged,
  }: { selectDecision: string; selectChanged: (turns: string) => string },
) {
  const ofThread = 'turn.thread_id = @threadId';
  const turns = `${ofThread} AND turn.seq >= @firstTurn AND turn.seq < @lastTurn`;
  return {
    turns: db.prepare(`${selectTurn} WHERE ${turns} ORDER BY seq`),
    messages: db.prepare(
      `${selectMessage} JOIN turn ON turn.id = message.turn_id
       WHERE ${ofThread} AND ${onPage('turn.seq', 'position')} ORDER BY turn.seq, position`,
    ),
    calls: db.prepare(
      `${selectCall} JOIN turn ON turn.id = call.turn_id
         LEFT JOIN message AS asked ON asked.turn_id = call.turn_id AND asked.id = call.batch_id
       WHERE ${ofThread} AND ${onPage('turn.seq', 'coalesce(asked.position, 0)')} ORDER BY call.seq`,
    ),
    texts: db.prepare(`${selectText} WHERE ${turns} ORDER BY event.seq`),
    changed: db.prepare(selectChanged(turns)),
    actions: db.prepare(`${selectAction} WHERE ${turns} AND state = 'open' ORDER BY action.seq`),
    decisions: db.prepare(
      `${selectDecision} AND turn_id IN (SELECT id FROM turn WHERE ${ofThread}
         AND turn.seq BETWEEN @firstTurn AND @lastTurn) ORDER BY seq`,
    ),
    drafts: undefined,
  };
}
