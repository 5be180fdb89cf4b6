// The decisions file of `decide`: read strictly, because every member of it is a human's decision.
import { readJsonObject } from './options.ts';
import { toAppError } from '../../core/base/errors.ts';
import { Submission } from '../../protocol/calls.ts';

/** `code` is `malformed_decisions` or `wrong_action`; the message says where and what. */
type DecisionsRead =
  | { ok: true; submission: Submission }
  | { ok: false; refusal: { code: string; message: string; callIds: string[] } };

/** Reads the decisions on `actionId` from a file, or from standard input for `-`. Never throws. */
export function readDecisions(file: string, actionId: string): DecisionsRead {
  const what = 'The decisions file';
  try {
    const parsed = Submission.safeParse({ actionId, ...readJsonObject(file, what) });
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const place = issue?.path.map(String).join('.') ?? '';
      const where = place === '' ? '' : ` at ${place}`;
      return malformed(`${what} ${file} is malformed${where}: ${issue?.message ?? ''}.`);
    }
    if (parsed.data.actionId === actionId) return { ok: true, submission: parsed.data };
    const message = `${what} is for action ${parsed.data.actionId}, not ${actionId}.`;
    return { ok: false, refusal: { code: 'wrong_action', message, callIds: [] } };
  } catch (error) {
    return malformed(toAppError(error).message);
  }
}

function malformed(problem: string): DecisionsRead {
  const message = `${problem} Nothing was decided; correct the file and decide again.`;
  return { ok: false, refusal: { code: 'malformed_decisions', message, callIds: [] } };
}
