// Table `edit_text`: the long texts of edits, beside the JSON that names them by hash. They belong to a call and go with
// its end: what an edit would write, and what it was proposed on, is needed by the card, the merge and recovery, and then
// lies in the file that was written.
import { z } from 'zod';
import { Proposal } from '../../protocol/calls.ts';
import { systemTexts } from '../system.ts';
import type { Db } from './database.ts';

/** Texts by their hash. */
export type TextsByHash = ReadonlyMap<string, string>;

/** Up to this length, in UTF-16 units, a text stays in its row: a row of its own would take more. */
const SHORT_TEXT = 256;

export const EDIT_TEXT_SCHEMA = `
CREATE TABLE edit_text (
  turn_id TEXT NOT NULL REFERENCES turn (id) ON DELETE CASCADE,
  call_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (turn_id, call_id, hash)
) STRICT;
CREATE TRIGGER edit_text_of_settled AFTER UPDATE OF state ON tool_call
WHEN new.state IN ('done', 'blocked', 'unknown')
BEGIN
  DELETE FROM edit_text WHERE turn_id = new.turn_id AND call_id = new.call_id;
END;
`;

/** The proposal as its JSON is stored: in the order of its schema, without `newText` where that is a text of its own. */
export function withoutText(given: Proposal): { stored: object; texts: TextsByHash } {
  const proposal = Proposal.parse(given);
  if (proposal.kind !== 'edit' || proposal.newHash === null || !isLong(proposal.newText)) {
    return { stored: proposal, texts: new Map() };
  }
  const { newText, ...stored } = proposal;
  // SQLite's text is UTF-8: what that cannot hold stays in the JSON, as does what the hash does not name.
  if (!newText.isWellFormed() || systemTexts.sha256(newText) !== proposal.newHash) {
    return { stored: proposal, texts: new Map() };
  }
  return { stored, texts: new Map([[proposal.newHash, newText]]) };
}

function isLong(text: string | null): text is string {
  return text !== null && text.length > SHORT_TEXT;
}

/** Of `known`, the texts that the edit was proposed on. */
export function basesOf(proposal: Proposal, known: TextsByHash): TextsByHash {
  if (proposal.kind !== 'edit') return new Map();
  const names = [proposal.baseHash, proposal.describedOn];
  return new Map([...known].filter(([hash]) => names.includes(hash)));
}

export function byHash(texts: readonly string[]): TextsByHash {
  return new Map(texts.map((text) => [systemTexts.sha256(text), text]));
}

interface CallKey {
  turnId: string;
  callId: string;
}

export interface EditTexts {
  /** Inside a transaction. Nothing happens when the call is settled, or is no call of the journal. */
  keep: (call: CallKey, texts: TextsByHash) => void;
  /**
   * A proposal from its JSON, with its text again: null when its call is settled. A text that should be there and is not, or
   * does not fit its hash, is left out, so that the row does not parse.
   */
  fill: (proposal: unknown, call: CallKey & { settled: boolean }) => unknown;
}

const Bare = z.looseObject({
  kind: z.literal('edit'),
  newHash: z.string(),
  newText: z.undefined().optional(),
});

export function editTexts(db: Db): EditTexts {
  const insert = db.prepare(
    `INSERT INTO edit_text (turn_id, call_id, hash, body)
     SELECT turn_id, call_id, @hash, @body FROM tool_call
     WHERE turn_id = @turnId AND call_id = @callId AND state IN ('planned', 'started')
     ON CONFLICT DO NOTHING`,
  );
  const select = db
    .prepare('SELECT body FROM edit_text WHERE turn_id = ? AND call_id = ? AND hash = ?')
    .pluck();
  return {
    keep: (call, texts) => {
      for (const [hash, body] of texts) insert.run({ ...call, hash, body });
    },
    fill: (proposal, { turnId, callId, settled }) => {
      const bare = Bare.safeParse(proposal);
      if (!bare.success) return proposal;
      if (settled) return { ...bare.data, newText: null };
      const text = z.string().safeParse(select.get(turnId, callId, bare.data.newHash));
      const whole = text.success && systemTexts.sha256(text.data) === bare.data.newHash;
      return whole ? { ...bare.data, newText: text.data } : proposal;
    },
  };
}
