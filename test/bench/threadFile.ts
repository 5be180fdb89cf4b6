// A state file with one thread of many finished turns, written by statements of its own: fast, and as the store leaves them.
import { loadDriver } from '../../src/node/sqlite/database.ts';
import { openStore } from '../../src/node/sqlite/openStore.ts';
import type { Message } from '../../src/core/agent/message.ts';
import { sampleText } from './workload.ts';

const quiet = (): undefined => undefined;
export const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const clock = { now: () => Date.now() };

export const THREAD = 'thread';
/** Rows of the transcript that a turn makes. */
const ROWS = 10;

/** `items` rows of a transcript: in each turn a message, four calls with results of 2 KB, and five texts. */
export async function writeThread(file: string, items: number): Promise<void> {
  const { store } = await openStore({ file, logger, clock });
  await store.createThread({ id: THREAD, title: 'Long', createdAt: 1, updatedAt: 1 });
  store.dispose();
  const db = (await loadDriver({}))(file, {});
  const turn = db.prepare(
    `INSERT INTO turn (id, thread_id, status, generation, snapshot, snapshot_hash, created_at, ended_at)
     VALUES (?, '${THREAD}', 'finished', 1, '{}', 'h', 1, 2)`,
  );
  const message = db.prepare(
    "INSERT INTO message (turn_id, position, id, role, state, body) VALUES (?, ?, ?, ?, 'final', ?)",
  );
  const call = db.prepare(
    `INSERT INTO tool_call (turn_id, call_id, batch_id, batch_index, tool, state, proposal, proposal_hash, verdict, outcome, started_at, ended_at)
     VALUES (?, ?, ?, 0, 'read_file', 'done', ?, 'h', ?, 'ok', 1, 2)`,
  );
  const verdict = JSON.stringify({
    verdict: 'allow',
    rule: 'read',
    layer: 'built-in',
    reason: 'reading inside the workspace is allowed',
  });
  const put = (turnId: string, position: number, body: Message): unknown =>
    message.run(turnId, position, body.id, body.role, JSON.stringify(body));
  const all = db.transaction(() => {
    for (let n = 0; n < items / ROWS; n += 1) {
      const id = `turn${n}`;
      turn.run(id);
      put(id, 0, { role: 'user', id: `${id}u`, text: `Question ${n}` });
      for (let step = 0; step < 5; step += 1) {
        const batch = `${id}m${step}`;
        const callId = `c${step}`;
        const toolCalls =
          step < 4 ? [{ id: callId, name: 'read_file', argsText: '{"path":"src/price.ts"}' }] : [];
        put(id, 1 + 2 * step, {
          role: 'assistant',
          id: batch,
          text: `Step ${step}. ${sampleText(n, 200)}`,
          toolCalls,
        });
        if (step === 4) continue;
        const proposal = {
          kind: 'read',
          target: 'src/price.ts',
          realPath: '/w/src/price.ts',
          outside: false,
        };
        call.run(id, callId, batch, JSON.stringify(proposal), verdict);
        put(id, 2 + 2 * step, {
          role: 'tool',
          id: `${batch}:${callId}`,
          callId,
          tool: 'read_file',
          status: 'ok',
          text: sampleText(n, 2048),
        });
      }
    }
  });
  all();
  db.close();
}
