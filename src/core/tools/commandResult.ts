// What the model is told of a command that ended, one way or another.
import type { BackgroundOutput, BackgroundRow } from '../ports/commandStore.ts';
import type { CommandOutcome } from '../ports/workspace.ts';
import type { Performed } from './tool.ts';

export function commandResult(ended: CommandOutcome, timeoutMs: number | null): Performed {
  if (ended.startError !== null) {
    return { outcome: 'error', text: `The command could not be started: ${ended.startError}` };
  }
  const body = ended.output === '' ? '[no output]' : ended.output;
  const text = `${statusLine(ended, timeoutMs)}\n${body}`;
  const full = ended.fullOutput === null ? {} : { fullOutput: ended.fullOutput };
  return { outcome: outcomeOf(ended), text, ...full };
}

/** Of a start in the background; one that ended at once says how, with what it printed. */
export function startedText(row: BackgroundRow, { text }: BackgroundOutput): Performed {
  if (row.state === 'running') {
    const use = 'Read what it prints with read_command_output, end it with stop_command.';
    return { outcome: 'ok', text: `Started in the background with id ${row.id}. ${use}` };
  }
  const outcome = row.state === 'exited' && row.exitCode === 0 ? 'ok' : 'error';
  const ended = `Started in the background with id ${row.id}, and it ended at once. ${backgroundText(row)}`;
  return { outcome, text: `${ended}\n${text === '' ? '[no output]' : text.slice(-MAX_AT_ONCE)}` };
}

/** Most characters of the output of a command that ended at once. */
const MAX_AT_ONCE = 30_000;

/** What became of a command in the background, in one sentence. */
export function backgroundText(row: BackgroundRow): string {
  const after = `after ${seconds((row.endedAt ?? row.startedAt) - row.startedAt)}`;
  switch (row.state) {
    case 'running':
      return row.stopAskedBy === null ? 'It is running.' : `${by(row)} is stopping it.`;
    case 'exited':
      return row.exitCode === null
        ? `It was ended by signal ${row.signal ?? 'unknown'} ${after}.`
        : `It ended with exit code ${row.exitCode} ${after}.`;
    case 'stopped':
      return `It was stopped by ${row.stopAskedBy ?? 'the user'} ${after}.`;
    case 'timedOut':
      return `It timed out and was stopped ${after}.`;
    case 'lost':
      return 'It does not run any more: it ended with the window that ran it. Its exit status is not known, and it was not started again.';
  }
}

function by({ stopAskedBy }: BackgroundRow): string {
  const who = stopAskedBy ?? 'someone';
  return `${who.slice(0, 1).toUpperCase()}${who.slice(1)}`;
}

function outcomeOf(ended: CommandOutcome): Performed['outcome'] {
  if (ended.cancelled) return 'cancelled';
  return ended.exitCode === 0 && !ended.timedOut ? 'ok' : 'error';
}

function statusLine(ended: CommandOutcome, timeoutMs: number | null): string {
  const after = `after ${seconds(ended.durationMs)}`;
  if (ended.cancelled) return `The command was cancelled by the user ${after}.`;
  if (ended.timedOut) {
    return `The command timed out after ${seconds(timeoutMs ?? ended.durationMs)} and was stopped.`;
  }
  if (ended.exitCode !== null) return `Exit code ${ended.exitCode} ${after}.`;
  return `The command was ended by signal ${ended.signal ?? 'unknown'} ${after}.`;
}

function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
