// Judges what a crash run left: the journal, the decisions and the histories against the effects in the workspace.
import { z } from 'zod';
import { Message } from '../../src/core/agent/message.ts';
import { Decisions, type Decision } from '../../src/protocol/calls.ts';
import { loadDriver, type Db } from '../../src/node/sqlite/database.ts';
import type { PlannedEffect, ScriptedTurn } from './script.ts';
import type { World } from './world.ts';

/** What is counted; every one must be 0. */
export const VIOLATIONS = [
  'doubled side effects',
  'lost approvals',
  'effects without consent',
  'reported done, did not run',
  'ran, reported as not run',
  'asked twice',
  'calls without exactly one result',
  'turns not brought to an end',
  'turns that failed',
  'turns started twice',
  'rows left of ended turns',
  'integrity problems',
] as const;
export type Violation = (typeof VIOLATIONS)[number];

export interface Finding {
  violation: Violation;
  what: string;
}

export interface Verdict {
  findings: Finding[];
  /** What was looked at, by name. */
  seen: Map<string, number>;
}

const TurnRow = z.object({ id: z.string(), status: z.string(), code: z.string().nullable() });
const CallRow = z.object({
  callId: z.string(),
  state: z.string(),
  outcome: z.string().nullable(),
  result: z.string().nullable(),
  verdict: z.string().nullable(),
});
type CallRow = z.infer<typeof CallRow>;
const Asked = z.object({
  kind: z.string(),
  state: z.string(),
  decisions: z
    .string()
    .transform((text) => Decisions.parse(JSON.parse(text)))
    .nullable(),
  requests: z
    .string()
    .transform((text) => z.array(z.object({ callId: z.string() })).parse(JSON.parse(text))),
});
type Asked = z.infer<typeof Asked>;
const Body = z
  .object({ body: z.string() })
  .transform(({ body }) => Message.parse(JSON.parse(body)));

export async function judge(world: World, turns: readonly ScriptedTurn[]): Promise<Verdict> {
  const open = await loadDriver({});
  const db = open(world.stateFile, {});
  const verdict: Verdict = { findings: [], seen: new Map() };
  try {
    for (const turn of turns) judgeTurn(db, world, { turn, verdict });
    judgeFile(db, verdict);
  } finally {
    db.close();
  }
  return verdict;
}

interface Case {
  turn: ScriptedTurn;
  verdict: Verdict;
}

function judgeTurn(db: Db, world: World, { turn, verdict }: Case): void {
  const rows = db
    .prepare(
      `SELECT turn.id, turn.status, turn.code FROM turn JOIN message ON message.turn_id = turn.id
       WHERE position = 0 AND json_extract(body, '$.text') = ?`,
    )
    .all(turn.prompt);
  const [found, ...others] = z.array(TurnRow).parse(rows);
  const report = (violation: Violation, what: string): void => {
    verdict.findings.push({ violation, what: `${turn.prompt}: ${what}` });
  };
  if (others.length > 0) report('turns started twice', `${others.length + 1} turns`);
  if (!found) return report('turns not brought to an end', 'there is no such turn');
  count(verdict, `turns ${found.status}`);
  if (found.status === 'failed') report('turns that failed', String(found.code));
  else if (!['finished', 'cancelled'].includes(found.status)) {
    report('turns not brought to an end', found.status);
  }
  const asked = z
    .array(Asked)
    .parse(
      db
        .prepare(
          'SELECT kind, state, decisions, requests FROM pending_action WHERE turn_id = ? ORDER BY seq',
        )
        .all(found.id),
    );
  for (const call of callsOf(db, found.id)) {
    const planned = turn.calls.find(({ id }) => id === call.callId);
    if (!planned) continue;
    for (const [violation, what] of judgeCall(call, { planned, asked, world, verdict })) {
      report(violation, `${call.callId}: ${what}; ${JSON.stringify(call)}`);
    }
  }
  judgeHistory(db, found.id, report);
}

function callsOf(db: Db, turnId: string): CallRow[] {
  const sql = `SELECT call_id AS callId, call.state, outcome, coalesce(result, said.body ->> '$.text') AS result,
      json_extract(verdict, '$.verdict') AS verdict
    FROM tool_call AS call LEFT JOIN message AS said
      ON said.turn_id = call.turn_id AND said.id = batch_id || ':' || call_id
    WHERE call.turn_id = ? ORDER BY seq`;
  return z.array(CallRow).parse(db.prepare(sql).all(turnId));
}

interface CallCase {
  planned: PlannedEffect;
  asked: readonly Asked[];
  world: World;
  verdict: Verdict;
}

function* judgeCall(call: CallRow, about: CallCase): Generator<[Violation, string]> {
  const { planned, asked, world, verdict } = about;
  const mine = asked.filter(({ requests }) =>
    requests.some(({ callId }) => callId === call.callId),
  );
  const approvals = mine.filter(({ kind }) => kind !== 'outcome_unknown');
  const decision = approvals.findLast(({ decisions }) => decisions)?.decisions?.[call.callId];
  const unknown = mine.flatMap(({ kind, decisions }) =>
    kind === 'outcome_unknown' ? (decisions?.[call.callId] ?? []) : [],
  );
  const consent = call.verdict === 'allow' ? 'allowed' : (decision?.type ?? 'undecided');
  count(verdict, `calls ${consent}`);
  for (const { type } of unknown) count(verdict, `unknown outcomes: ${type}`);
  if (approvals.length > 1) yield ['asked twice', `${approvals.length} approvals`];
  for (const { type } of unknown.slice(0, -1)) {
    if (type !== 'run_again') yield ['asked twice', `asked again after ${type}`];
  }
  if (planned.file === null) return;
  const effects = world.effects(planned);
  if (effects.total > 1) yield ['doubled side effects', JSON.stringify(effects)];
  const wanted = consent === 'edit' ? effects.edited : effects.plain;
  const mayRun = ['allowed', 'approve', 'edit'].includes(consent);
  if (effects.total > (mayRun ? wanted : 0)) {
    yield ['effects without consent', `${consent}, ${JSON.stringify(effects)}`];
  }
  const done = call.state === 'done' && call.outcome === 'ok';
  if (done && effects.total === 0) yield ['reported done, did not run', consent];
  if (effects.total > 0 && !done && call.state !== 'unknown') {
    yield ['ran, reported as not run', consent];
  }
  if (mayRun && effects.total === 0 && !isReported(call, unknown)) {
    yield ['lost approvals', consent];
  }
}

/** True when the human was asked what became of it, or an edit became stale because of what they decided before it. */
function isReported(call: CallRow, unknown: readonly Decision[]): boolean {
  if (call.state === 'unknown' && unknown.length > 0) return true;
  return call.outcome === 'error' && /^Not written: .*is not as it was/.test(call.result ?? '');
}

function judgeHistory(
  db: Db,
  turnId: string,
  report: (violation: Violation, what: string) => void,
): void {
  const rows = db
    .prepare('SELECT body FROM message WHERE turn_id = ? ORDER BY position')
    .all(turnId);
  const messages = z.array(Body).parse(rows);
  const results = messages.flatMap((message) => (message.role === 'tool' ? [message.callId] : []));
  const calls = messages.flatMap((message) =>
    message.role === 'assistant' ? message.toolCalls.map(({ id }) => id) : [],
  );
  if (JSON.stringify(calls) === JSON.stringify(results)) return;
  report('calls without exactly one result', `asked ${calls.join()}, answered ${results.join()}`);
}

const LEFT = [
  `SELECT 'checkpoints' FROM checkpoint JOIN checkpoint_thread ON checkpoint_thread.seq = thread
     JOIN turn ON turn.id = checkpoint_thread.id`,
  `SELECT 'events' FROM event JOIN turn ON turn.seq = event.turn`,
  `SELECT 'open actions' FROM pending_action JOIN turn ON turn.id = pending_action.turn_id AND state = 'open'`,
  `SELECT 'open calls' FROM tool_call JOIN turn ON turn.id = tool_call.turn_id AND state IN ('planned', 'started')`,
];

function judgeFile(db: Db, verdict: Verdict): void {
  const integrity = db.pragma('integrity_check', { simple: true });
  const report = (violation: Violation, what: string): void => {
    verdict.findings.push({ violation, what });
  };
  if (integrity !== 'ok') report('integrity problems', String(integrity));
  const foreign = z.array(z.unknown()).parse(db.pragma('foreign_key_check'));
  if (foreign.length > 0) report('integrity problems', JSON.stringify(foreign.slice(0, 3)));
  for (const sql of LEFT) {
    for (const row of db.prepare(`${sql} WHERE turn.ended_at IS NOT NULL`).all()) {
      report('rows left of ended turns', JSON.stringify(row));
    }
  }
}

function count(verdict: Verdict, name: string): void {
  verdict.seen.set(name, (verdict.seen.get(name) ?? 0) + 1);
}
