// The event log and the texts that are stored once, as parts of the first step of migrations.ts. Triggers write both, so
// that no move can forget them: what a statement changes and what the log says of it are one transaction.

const ofRow = (kind: string, ref: string): string => `
  INSERT INTO event (turn, kind, ref) SELECT seq, '${kind}', ${ref} FROM turn WHERE id = new.turn_id;`;
const ofDraft = (row: string): string => `
  INSERT INTO event (turn, kind, ref) SELECT turn.seq, 'draft', action.seq
  FROM pending_action AS action JOIN turn ON turn.id = action.turn_id WHERE action.id = ${row}.action_id;`;

/**
 * `event` says what changed in turns that are not over: text that is not a message yet (`message_id`, `ref` in UTF-16
 * units, `delta` as JSON, `thought` when it is no part of the reply), or a row of another table by its number. Numbers are never used twice. `turn.changed` is the
 * number of the turn's last move; what happens to a turn that is over (a late result) only moves it.
 */
export const EVENT_SCHEMA = `
CREATE TABLE event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  turn INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('text', 'message', 'call', 'action', 'draft', 'turn')),
  ref INTEGER NOT NULL,
  message_id TEXT,
  delta TEXT,
  thought INTEGER CHECK (thought IS NULL OR (thought = 1 AND kind = 'text')),
  CHECK ((kind = 'text') = (delta IS NOT NULL) AND (kind = 'text') = (message_id IS NOT NULL))
) STRICT;
CREATE INDEX event_text ON event (turn, message_id) WHERE kind = 'text';

CREATE TRIGGER event_moves_turn AFTER INSERT ON event
WHEN new.kind = 'turn' OR (SELECT ended_at IS NOT NULL FROM turn WHERE seq = new.turn)
BEGIN
  UPDATE turn SET changed = new.seq WHERE seq = new.turn;
  DELETE FROM event WHERE seq = new.seq
    AND (SELECT ended_at IS NOT NULL FROM turn WHERE seq = new.turn);
END;
CREATE TRIGGER event_of_new_turn AFTER INSERT ON turn
BEGIN
  INSERT INTO event (turn, kind, ref) VALUES (new.seq, 'turn', new.seq);
END;
CREATE TRIGGER event_of_turn AFTER UPDATE OF status, generation, code, message ON turn
BEGIN
  INSERT INTO event (turn, kind, ref) VALUES (new.seq, 'turn', new.seq);
END;
CREATE TRIGGER event_end AFTER UPDATE OF ended_at ON turn WHEN new.ended_at IS NOT NULL
BEGIN
  DELETE FROM event WHERE turn = new.seq;
END;
CREATE TRIGGER event_end_deleted AFTER DELETE ON turn
BEGIN
  DELETE FROM event WHERE turn = old.seq;
END;
CREATE TRIGGER event_of_new_message AFTER INSERT ON message
BEGIN
  DELETE FROM event WHERE kind = 'text' AND message_id = new.id
    AND turn = (SELECT seq FROM turn WHERE id = new.turn_id);${ofRow('message', 'new.position')}
END;
CREATE TRIGGER event_of_message AFTER UPDATE OF body, position ON message
BEGIN
  DELETE FROM event WHERE kind = 'text' AND message_id = new.id
    AND turn = (SELECT seq FROM turn WHERE id = new.turn_id);${ofRow('message', 'new.position')}
END;
CREATE TRIGGER event_of_new_call AFTER INSERT ON tool_call
BEGIN${ofRow('call', 'new.seq')}
END;
CREATE TRIGGER event_of_call AFTER UPDATE OF state, proposal, verdict, outcome ON tool_call
BEGIN${ofRow('call', 'new.seq')}
END;
CREATE TRIGGER event_of_new_action AFTER INSERT ON pending_action
BEGIN${ofRow('action', 'new.seq')}
END;
CREATE TRIGGER event_of_action AFTER UPDATE OF state ON pending_action
BEGIN${ofRow('action', 'new.seq')}
END;
CREATE TRIGGER event_of_new_draft AFTER INSERT ON draft
BEGIN${ofDraft('new')}
END;
CREATE TRIGGER event_of_draft AFTER UPDATE OF card, content ON draft
BEGIN${ofDraft('new')}
END;
CREATE TRIGGER event_of_no_draft AFTER DELETE ON draft
BEGIN${ofDraft('old')}
END;
`;

const resultMessage = (row: string): string => `${row}.role = 'tool' AND json_valid(${row}.body)`;
const callOf = (row: string): string =>
  `turn_id = ${row}.turn_id AND call_id = ${row}.body ->> '$.callId' AND batch_id || ':' || call_id = ${row}.id`;
const givesBack = `
  UPDATE tool_call SET result = old.body ->> '$.text'
  WHERE result IS NULL AND state IN ('done', 'blocked', 'unknown') AND ${callOf('old')};`;
const shares = `
  UPDATE tool_call SET result = NULL
  WHERE result = new.body ->> '$.text' AND state IN ('done', 'blocked', 'unknown') AND ${callOf('new')};`;

/**
 * A call's result is the text of its tool message. Once that is stored in the same words, `tool_call.result` of a settled
 * call is NULL and journal.ts reads the message; before the message changes, the call gets its text back.
 */
export const SHARED_RESULT_SCHEMA = `
CREATE TRIGGER result_shared AFTER INSERT ON message WHEN ${resultMessage('new')}
BEGIN${shares}
END;
CREATE TRIGGER result_kept AFTER UPDATE OF turn_id, id, body ON message WHEN ${resultMessage('new')}
BEGIN${shares}
END;
CREATE TRIGGER result_given_back BEFORE UPDATE OF turn_id, id, body ON message WHEN ${resultMessage('old')}
BEGIN${givesBack}
END;
CREATE TRIGGER result_given_back_on_delete BEFORE DELETE ON message WHEN ${resultMessage('old')}
BEGIN${givesBack}
END;
`;

const argsInMessage = (body: string, index: string): string =>
  `CASE WHEN json_valid(${body}) THEN ${body} ->> ('$.toolCalls[' || CAST(${index} AS INTEGER) || '].argsText') END`;

/** SQL of the arguments that the assistant message of a call has for it; the names are columns or parameters. */
export const saidArgs = (turnId: string, batchId: string, index: string): string =>
  `(SELECT ${argsInMessage('asked.body', index)} FROM message AS asked
    WHERE asked.turn_id = ${turnId} AND asked.id = ${batchId})`;

/** SQL of a call's arguments: its own, or those of its message; null when that is damaged or missing. */
export const argsOf = (row: string): string =>
  `coalesce(${row}.args_text, ${saidArgs(`${row}.turn_id`, `${row}.batch_id`, `${row}.batch_index`)})`;

const givesArgsBack = `
  UPDATE tool_call SET args_text = ${argsInMessage('old.body', 'batch_index')}
  WHERE args_text IS NULL AND turn_id = old.turn_id AND batch_id = old.id;`;

const json = (text: string): string => `CASE WHEN json_valid(${text}) THEN json(${text}) END`;
/** SQL of one request, with what it leaves out as its call had it before the update. */
const wholeRequest = `json_insert(value, '$.args', ${json(argsOf('old'))},
        '$.proposal', ${json('old.proposal')}, '$.why', ${json('old.verdict')})`;

/**
 * A call's arguments are those of its assistant message: `tool_call.args_text` is NULL where they were the same when the call
 * was planned. Before the message changes, the call gets them back. A request without `args`, `proposal` or `why` has
 * those of its call, and gets them back before the call gets others.
 */
export const SHARED_CALL_SCHEMA = `
CREATE TRIGGER args_given_back BEFORE UPDATE OF turn_id, id, body ON message
WHEN old.role = 'assistant' AND (old.body <> new.body OR old.id <> new.id OR old.turn_id <> new.turn_id)
BEGIN${givesArgsBack}
END;
CREATE TRIGGER args_given_back_on_delete BEFORE DELETE ON message WHEN old.role = 'assistant'
BEGIN${givesArgsBack}
END;
CREATE TRIGGER request_given_back BEFORE UPDATE OF args_text, proposal, verdict ON tool_call
WHEN old.batch_id <> new.batch_id OR old.proposal IS NOT new.proposal OR old.verdict IS NOT new.verdict
  OR ${argsOf('old')} IS NOT ${argsOf('new')}
BEGIN
  UPDATE pending_action SET requests = (
    SELECT json_group_array(json(CASE WHEN value ->> '$.callId' = old.call_id
      THEN ${wholeRequest} ELSE value END)) FROM json_each(requests))
  WHERE turn_id = old.turn_id AND batch_id = old.batch_id AND json_valid(requests)
    AND EXISTS (SELECT 1 FROM json_each(requests) WHERE value ->> '$.callId' = old.call_id);
END;
`;
