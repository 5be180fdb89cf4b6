// What the model is told of a command that ended, one way or another.
import type { CommandOutcome } from '../ports/workspace.ts';
import type { Performed } from './tool.ts';

export function commandResult(ended: CommandOutcome, timeoutMs: number): Performed {
  if (ended.startError !== null) {
    return { outcome: 'error', text: `The command could not be started: ${ended.startError}` };
  }
  const body = ended.output === '' ? '[no output]' : ended.output;
  const text = `${statusLine(ended, timeoutMs)}\n${body}`;
  const full = ended.fullOutput === null ? {} : { fullOutput: ended.fullOutput };
  return { outcome: outcomeOf(ended), text, ...full };
}

function outcomeOf(ended: CommandOutcome): Performed['outcome'] {
  if (ended.cancelled) return 'cancelled';
  return ended.exitCode === 0 && !ended.timedOut ? 'ok' : 'error';
}

function statusLine(ended: CommandOutcome, timeoutMs: number): string {
  const after = `after ${seconds(ended.durationMs)}`;
  if (ended.cancelled) return `The command was cancelled by the user ${after}.`;
  if (ended.timedOut) {
    return `The command timed out after ${seconds(timeoutMs)} and was stopped.`;
  }
  if (ended.exitCode !== null) return `Exit code ${ended.exitCode} ${after}.`;
  return `The command was ended by signal ${ended.signal ?? 'unknown'} ${after}.`;
}

function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
