// A thread as a surface shows it, or what of it is new, read in one transaction: nothing can happen in between.
import { z } from 'zod';
import type { EventStore, Page, ThreadPage, ThreadRows } from '../../core/ports/eventStore.ts';
import { Decisions, TurnStatus } from '../../protocol/calls.ts';
import { HunkCounts } from '../../protocol/decided.ts';
import { actionReader, selectAction } from './actions.ts';
import type { Connection } from './connection.ts';
import type { Db } from './database.ts';
import { draftReader } from './drafts.ts';
import { selectText, textReader } from './eventRows.ts';
import { callReader, selectCall } from './journal.ts';
import { messageReader, selectMessage } from './messages.ts';
import { ofPage, pageFinder } from './threadPage.ts';
import { Waiting, selectOpen } from './summaries.ts';
import { jsonColumn, rowReader } from './rows.ts';
import { selectThread, threadReader } from './threads.ts';
import { selectTurn, turnReader } from './turnRows.ts';

const Decision: z.ZodType<ThreadRows['decisions'][number]> = z.object({
  turnId: z.string(),
  batchId: z.string(),
  decisions: jsonColumn(Decisions),
  hunks: jsonColumn(HunkCounts),
  decidedBy: z.string().nullable(),
  decidedAt: z.int().nullable(),
});
const Changed = z.array(z.object({ turnId: z.string(), paths: jsonColumn(z.array(z.string())) }));
const States = z.array(z.object({ id: z.string(), status: TurnStatus }));
/** Null before the first event of the file. */
const Mark = z.int().optional();

export function threadRowsReader(
  connection: Connection,
): Pick<EventStore, 'threadRows' | 'threadPage'> {
  const { db, logger, read } = connection;
  const thread = db.prepare(`${selectThread} WHERE id = ?`);
  const states = db.prepare('SELECT id, status FROM turn WHERE thread_id = ? ORDER BY seq');
  const mark = db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'event'").pluck();
  const waiting = db.prepare(selectOpen);
  const decisionReader = rowReader('pending_action', ['turnId', 'batchId'], Decision, logger);
  const [callRows, actionRows] = [callReader(db, logger), actionReader(db, logger)];
  const select = {
    all: allOfThread(db),
    since: newInThread(db),
    page: ofPage(db, { selectDecision, selectChanged }),
  };
  const find = pageFinder(db);
  const rowsOf = (
    threadId: string,
    { turns, messages, calls, texts, changed, actions, decisions, drafts }: Statements,
    bounds: object,
  ): ThreadRows => {
    const place = { threadId, ...bounds };
    return {
      mark: Mark.parse(mark.get()) ?? 0,
      thread: threadReader(logger).one(thread.get(threadId)),
      states: States.parse(states.all(threadId)),
      waiting: z.array(Waiting).parse(waiting.all()),
      turns: turnReader(logger).many(turns.all(place)),
      messages: messageReader(logger).many(messages.all(place)),
      calls: callRows.many(calls.all(place)),
      texts: textReader(logger).many(texts.all(place)),
      changed: Changed.parse(changed.all(place)),
      actions: actionRows.many(actions.all(place)),
      decisions: decisionReader.many(decisions.all(place)),
      drafts: draftReader(logger).many(drafts?.all(place) ?? []),
    };
  };
  const all = db.transaction((threadId: string, since: number | null) =>
    since === null ? rowsOf(threadId, select.all, {}) : rowsOf(threadId, select.since, { since }),
  );
  const part = db.transaction((threadId: string, page: Page): ThreadPage => {
    const { bounds, from } = find(threadId, page);
    return { ...rowsOf(threadId, select.page, bounds), from };
  });
  return {
    threadRows: (threadId, since) => read(() => all.deferred(threadId, since)),
    threadPage: (threadId, page) => read(() => part.deferred(threadId, page)),
  };
}

type Statements = ReturnType<typeof newInThread | typeof allOfThread | typeof ofPage>;

const selectDecision = `SELECT turn_id AS turnId, batch_id AS batchId, decisions, decided_by AS decidedBy,
  decided_at AS decidedAt, (SELECT json_group_object(value ->> 'callId', value ->> 'changes')
    FROM json_each(requests) WHERE value ->> 'changes' IS NOT NULL) AS hunks
  FROM pending_action WHERE state = 'resolved'`;

/** Of turns that are over. */
const selectChanged = (turns: string): string =>
  `SELECT undo_edit.turn_id AS turnId, json_group_array(DISTINCT path) AS paths
   FROM turn JOIN undo_edit ON undo_edit.turn_id = turn.id JOIN tool_call AS call USING (turn_id, call_id)
   WHERE ${turns} AND turn.ended_at IS NOT NULL AND call.state IN ('done', 'unknown')
   GROUP BY turn.seq ORDER BY turn.seq`;

function allOfThread(db: Db) {
  const ofThread = 'turn.thread_id = @threadId';
  return {
    turns: db.prepare(`${selectTurn} WHERE thread_id = @threadId ORDER BY seq`),
    messages: db.prepare(
      `${selectMessage} JOIN turn ON turn.id = message.turn_id WHERE ${ofThread} ORDER BY turn.seq, position`,
    ),
    calls: db.prepare(
      `${selectCall} JOIN turn ON turn.id = call.turn_id WHERE ${ofThread} ORDER BY call.seq`,
    ),
    texts: db.prepare(`${selectText} WHERE ${ofThread} ORDER BY event.seq`),
    changed: db.prepare(selectChanged(ofThread)),
    actions: db.prepare(`${selectAction} WHERE ${ofThread} AND state = 'open' ORDER BY action.seq`),
    decisions: db.prepare(
      `${selectDecision} AND turn_id IN (SELECT id FROM turn WHERE ${ofThread}) ORDER BY seq`,
    ),
    drafts: undefined,
  };
}

/** Only events after the mark are looked at, and turns that moved: what lies before is not read. Joins in this order. */
function newInThread(db: Db) {
  const events = (kind: string): string =>
    `FROM event CROSS JOIN turn AS its ON its.seq = event.turn AND its.thread_id = @threadId
       AND event.seq > @since AND event.kind = '${kind}'`;
  const ended = (table: string): string =>
    `FROM turn AS its CROSS JOIN ${table} AS part ON part.turn_id = its.id AND its.thread_id = @threadId
       AND its.changed > @since AND its.ended_at IS NOT NULL`;
  const refs = (kind: string): string => `SELECT event.ref ${events(kind)}`;
  const messages = `SELECT part.rowid ${events('message')}
      CROSS JOIN message AS part ON part.turn_id = its.id AND position = event.ref
    UNION SELECT part.rowid ${ended('message')}`;
  // A call's line says what it waits for and how it was decided: it is new when its batch's action is.
  const calls = `${refs('call')}
    UNION SELECT part.seq ${events('action')} CROSS JOIN pending_action AS action ON action.seq = event.ref
      CROSS JOIN tool_call AS part ON part.turn_id = action.turn_id AND part.batch_id = action.batch_id
    UNION SELECT part.seq ${ended('tool_call')}`;
  return {
    turns: db.prepare(
      `${selectTurn} WHERE thread_id = @threadId AND changed > @since ORDER BY seq`,
    ),
    changed: db.prepare(selectChanged('turn.thread_id = @threadId AND turn.changed > @since')),
    messages: db.prepare(
      `${selectMessage} JOIN turn ON turn.id = message.turn_id
       WHERE message.rowid IN (${messages}) ORDER BY turn.seq, position`,
    ),
    calls: db.prepare(`${selectCall} WHERE call.seq IN (${calls}) ORDER BY call.seq`),
    decisions: db.prepare(
      `${selectDecision} AND (turn_id, batch_id) IN
         (SELECT turn_id, batch_id FROM tool_call WHERE seq IN (${calls})) ORDER BY seq`,
    ),
    drafts: db.prepare(
      `SELECT action.id AS actionId, request.value ->> 'callId' AS callId,
         request.value ->> 'proposalHash' AS proposalHash, card, content, coalesce(updated_at, 0) AS updatedAt
       FROM pending_action AS action JOIN json_each(requests) AS request
         LEFT JOIN draft ON action_id = action.id AND call_id = request.value ->> 'callId'
       WHERE action.seq IN (${refs('draft')}) AND state = 'open' AND json_valid(requests)`,
    ),
    texts: db.prepare(
      `${selectText} WHERE turn.thread_id = @threadId
         AND (event.seq > @since OR turn.changed > @since) ORDER BY event.seq`,
    ),
    actions: db.prepare(
      `${selectAction} WHERE action.seq IN (${refs('action')}) ORDER BY action.seq`,
    ),
  };
}
