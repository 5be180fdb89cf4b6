// What a hook that ran says: its exit code and its output, as an answer. Pure and total: what is not understood means ask.
import { z } from 'zod';
import { parseJson } from '../base/json.ts';
import { keyProblem } from '../base/jsonKeys.ts';
import { displayBytes } from '../../protocol/displayBytes.ts';
import type { HookAnswer } from './types.ts';

/** How a hook's process ended. */
export interface HookRun {
  exitCode: number | null;
  signal: string | null;
  timedOut: boolean;
  startError: string | null;
  stdout: string;
  stderr: string;
  /** It wrote more than is kept: what is there is not all it said. */
  flooded: boolean;
}

const MAX_REASON = 1_000;
const MAX_CONTEXT = 10_000;

const Decision = z.enum(['allow', 'deny', 'ask', 'defer', 'approve', 'block']);
const Fields = {
  permissionDecision: Decision.nullish(),
  permissionDecisionReason: z.string().nullish(),
  updatedInput: z.record(z.string(), z.unknown()).nullish(),
  modifiedArgs: z.record(z.string(), z.unknown()).nullish(),
  additionalContext: z.string().nullish(),
};
const Specific = z.looseObject({ hookEventName: z.string().nullish(), ...Fields });
const Output = z.looseObject({
  hookSpecificOutput: Specific.nullish(),
  ...Fields,
  decision: Decision.nullish(),
  reason: z.string().nullish(),
  continue: z.boolean().nullish(),
  stopReason: z.string().nullish(),
});
type Output = z.infer<typeof Output>;

const MEANING = {
  allow: 'allow',
  approve: 'allow',
  ask: 'ask',
  defer: 'ask',
  deny: 'deny',
  block: 'deny',
} as const;

const STRICTNESS = { deny: 3, ask: 2, allow: 1, none: 0 } as const;

export function answerOf(run: HookRun): HookAnswer {
  if (run.startError !== null) return failed(`could not be started: ${run.startError}`);
  if (run.timedOut) return failed('did not end in time');
  if (run.signal !== null) return failed(`was ended by ${run.signal}`);
  if (run.exitCode === 2) {
    return { decision: 'deny', reason: shortened(run.stderr) || 'it gave no reason' };
  }
  if (run.exitCode !== 0) {
    const said = shortened(run.stderr);
    return failed(`ended with code ${run.exitCode}${said === '' ? '' : ` (${said})`}`);
  }
  if (run.flooded) return failed('wrote too much');
  return run.stdout.trim() === '' ? { decision: 'none', reason: '' } : answerIn(run.stdout);
}

/** A hook that failed: what it would have said is not known. */
export function failed(what: string): HookAnswer {
  return { decision: 'ask', reason: `it ${what}` };
}

function answerIn(stdout: string): HookAnswer {
  const json = parseJson(stdout);
  if (!json.ok) return failed('wrote something that is not JSON');
  const key = keyProblem(stdout);
  if (key !== undefined) return failed(`wrote JSON that can be read in two ways: ${key}`);
  const parsed = Output.safeParse(json.value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.map(String).join('.') ?? '';
    return failed(`wrote JSON that cannot be understood${field === '' ? '' : ` (${field})`}`);
  }
  const event = parsed.data.hookSpecificOutput?.hookEventName ?? 'PreToolUse';
  if (event.toLowerCase() !== 'pretooluse') return failed('answered for another event');
  return understood(parsed.data);
}

function understood(output: Output): HookAnswer {
  const specific = output.hookSpecificOutput;
  const rewrites = [
    ...[specific?.updatedInput, specific?.modifiedArgs],
    ...[output.updatedInput, output.modifiedArgs],
  ].filter((one) => one !== null && one !== undefined);
  if (rewrites.length > 1) return failed('rewrote the arguments twice');
  const [updatedInput] = rewrites;
  const context = [specific?.additionalContext, output.additionalContext].filter(
    (text): text is string => typeof text === 'string' && text.trim() !== '',
  );
  return {
    ...decisionOf(output),
    ...(updatedInput && { updatedInput }),
    ...(context.length > 0 && { additionalContext: context.join('\n').slice(0, MAX_CONTEXT) }),
  };
}

/** The strictest of what it says in several forms, with that one's reason. */
function decisionOf(output: Output): Pick<HookAnswer, 'decision' | 'reason'> {
  const specific = output.hookSpecificOutput;
  const said = [
    [specific?.permissionDecision, specific?.permissionDecisionReason],
    [output.permissionDecision, output.permissionDecisionReason],
    [output.decision, output.reason],
    [output.continue === false ? ('deny' as const) : undefined, output.stopReason],
  ] as const;
  let strictest: Pick<HookAnswer, 'decision' | 'reason'> = { decision: 'none', reason: '' };
  for (const [decision, reason] of said) {
    if (decision === null || decision === undefined) continue;
    const meant = MEANING[decision];
    if (STRICTNESS[meant] <= STRICTNESS[strictest.decision]) continue;
    strictest = { decision: meant, reason: shortened(reason ?? '') || 'it gave no reason' };
  }
  return strictest;
}

/** One line, every character of it visible. */
function shortened(text: string): string {
  const line = displayBytes(text.trim().replace(/\s+/g, ' '));
  return line.length > MAX_REASON ? `${line.slice(0, MAX_REASON)}…` : line;
}
