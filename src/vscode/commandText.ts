// What is said of commands that run or ran, in the terminal and in the list. No vscode import: plain values in and out.
import { displayBytes } from '../protocol/displayBytes.ts';
import { t } from '../protocol/l10n.ts';
import { ageText } from './ageText.ts';
import { plainPick } from './plainText.ts';
import type { BackgroundRow } from '../core/ports/commandStore.ts';
import type { CallRow } from '../core/ports/store.ts';

const MAX_NAME = 40;

/** For the tab of a terminal. */
export function terminalName(command: string): string {
  const line = displayBytes(command.replaceAll(/\s*\n\s*/g, ' ⏎ '));
  return line.length > MAX_NAME ? `${line.slice(0, MAX_NAME - 1)}…` : line;
}

/** What stands above the output. Ours alone: every byte of the command is seen. */
export function terminalHead({ command, cwd }: { command: string; cwd: string }): string {
  const lines = displayBytes(command, true).split('\n');
  const note = t('in {0} · takes no input; closing it stops nothing', displayBytes(cwd));
  return `${lines.map((line) => `\u001B[1m${line}\u001B[0m`).join('\r\n')}\r\n\u001B[2m${note}\u001B[0m\r\n\r\n`;
}

/** What stands below it when the command is over. */
export function terminalEnd(text: string): string {
  return `\r\n\u001B[2m— ${displayBytes(text)} —\u001B[0m\r\n`;
}

type Ended = Pick<
  BackgroundRow,
  'state' | 'exitCode' | 'signal' | 'stopAskedBy' | 'startedAt' | 'endedAt'
>;

/** How it stands with a command in the background, with how long it took. */
export function stateText(row: Ended): string {
  if (row.state === 'running')
    return row.stopAskedBy === null ? t('running') : t('is being stopped');
  const took = durationText((row.endedAt ?? row.startedAt) - row.startedAt);
  return t('{0} · after {1}', endText(row), took);
}

/** The same for the tab of a terminal. */
export function endText({ state, exitCode, signal }: Ended): string {
  if (state === 'stopped') return t('stopped');
  if (state === 'timedOut') return t('timed out');
  if (state === 'lost') return t('ended with its window, exit status not known');
  return exitCode === null
    ? t('ended by signal {0}', signal ?? '?')
    : t('exit status {0}', exitCode);
}

/** How a command ended that was part of its call: its result begins with a line of ours that says so. */
export function callEndText({ result, outcome, startedAt, endedAt }: CallRow): string {
  const [line = ''] = (result ?? '').split('\n', 1);
  const exit = /^Exit code (-?\d+) after /.exec(line)?.[1];
  const signal = /^The command was ended by signal (\w+) after /.exec(line)?.[1];
  const how =
    exit !== undefined
      ? t('exit status {0}', exit)
      : signal !== undefined
        ? t('ended by signal {0}', signal)
        : outcome === 'cancelled'
          ? t('stopped')
          : /^The command timed out /.test(line)
            ? t('timed out')
            : t('over');
  if (startedAt === null || endedAt === null) return how;
  return t('{0} · after {1}', how, durationText(endedAt - startedAt));
}

function durationText(ms: number): string {
  const known = Math.max(0, ms);
  return known < 1000 ? `${String(Math.round(known))} ms` : ageText(known);
}

interface BackgroundPick {
  label: string;
  detail: string;
}

/** One row of the list. `title` is that of its thread. */
export function backgroundPick(row: BackgroundRow, title: string, now: number): BackgroundPick {
  const age = t('{0} ago', ageText(now - row.startedAt));
  return {
    label: plainPick(row.command.replaceAll(/\s*\n\s*/g, ' ⏎ ')),
    // A long command would leave no room beside it.
    detail: `${stateText(row)} · ${t('started {0}', age)} · ${t('{0} · in {1}', plainPick(title), plainPick(row.cwd))}`,
  };
}
