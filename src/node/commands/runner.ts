// Runs one approved command in a fresh shell and follows it to its end. The only place that starts commands.
import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { failureText } from '../files/failure.ts';
import { commandEnvironment, type Environment } from './environment.ts';
import { createOutputCapture } from '../../core/base/outputCapture.ts';
import { followToEnd, type Ending } from './followToEnd.ts';
import { startHeld, type HeldShell, type Shell } from './heldShell.ts';
import { endTree, trackGroup } from './processGroups.ts';
import { nameProcess } from './leftovers.ts';
import { ensureWatchdog, guardGroup, type Guarded } from './watchdog.ts';
import type { CommandOutcome, CommandSpec, Effects } from '../../core/ports/workspace.ts';

interface CommandRunnerOptions {
  /** Workspace folders, kept out of PATH. */
  roots: readonly string[];
  /** What the allow-list picks from. Default `process.env`, looked at for each command. */
  env?: Environment | undefined;
  /** Most characters of output the outcome shows. Default 30,000. */
  shownChars?: number | undefined;
  /** Most characters of output that are kept in all. Default 10,000,000. */
  keptChars?: number | undefined;
}

const SHOWN_CHARS = 30_000;
const KEPT_CHARS = 10_000_000;

/** Never throws. Output is given on as it comes, up to what is kept; the outcome tells how it ended. */
export function createCommandRunner(options: CommandRunnerOptions): Effects['runCommand'] {
  return async (spec, onOutput, signal, onStart) => {
    const start = performance.now();
    const elapsed = (): number => Math.round(performance.now() - start);
    if (signal.aborted) return notRun({ cancelled: true, startError: null }, elapsed());
    const refused = await cwdProblem(spec.cwd);
    if (refused !== null) return notRun({ cancelled: false, startError: refused }, elapsed());
    const held = await holdShell(spec, options);
    if (!held.ok) return notRun({ cancelled: false, startError: held.message }, elapsed());
    const output = capture(held.child, spec.endless ? NOTHING : keeping(options), onOutput);
    const following = followToEnd(held.child, { timeoutMs: spec.timeoutMs, signal });
    const began = await begin(held, onStart);
    const ending = await following;
    began.guarded?.dispose();
    const { startError } = began;
    if (startError !== null) return notRun({ cancelled: false, startError }, elapsed());
    return { ...endOf(ending), ...output(ending.leftRunning), durationMs: elapsed() };
  };
}

interface Keeping {
  /** Characters that the outcome shows, and those that are kept and handed on in all. */
  shown: number;
  kept: number;
  streamed: number;
}

const NOTHING: Keeping = { shown: 0, kept: 0, streamed: Infinity };

function keeping({
  shownChars = SHOWN_CHARS,
  keptChars = KEPT_CHARS,
}: CommandRunnerOptions): Keeping {
  return { shown: shownChars, kept: keptChars, streamed: keptChars };
}

/** The folder must still be what was shown. */
async function cwdProblem(cwd: string): Promise<string | null> {
  try {
    if ((await realpath(cwd)) !== cwd) return `the folder ${cwd} now leads elsewhere`;
    return (await stat(cwd)).isDirectory() ? null : `${cwd} is not a folder`;
  } catch (error) {
    return `the folder ${cwd} cannot be used: ${failureText(error)}`;
  }
}

type Held = HeldShell & { pid: number };

async function holdShell(
  spec: CommandSpec,
  options: CommandRunnerOptions,
): Promise<({ ok: true } & Held) | { ok: false; message: string }> {
  const { platform } = process;
  const parent = options.env ?? process.env;
  const env = { ...commandEnvironment({ parent, roots: options.roots, platform }), ...spec.env };
  try {
    await access(spec.shellPath, constants.X_OK);
    ensureWatchdog();
    const held = startHeld(spec, env);
    const { pid } = held.child;
    if (pid !== undefined) {
      trackGroup(pid);
      return { ok: true, ...held, pid };
    }
    const error = await new Promise<unknown>((resolve) => held.child.once('error', resolve));
    return { ok: false, message: `${spec.shellPath}: ${failureText(error)}` };
  } catch (error) {
    return { ok: false, message: `${spec.shellPath}: ${failureText(error)}` };
  }
}

/** Says which process it is and lets it run; one that must not begin is ended where it waits. */
async function begin(
  { pid, release }: Held,
  onStart: Parameters<Effects['runCommand']>[3],
): Promise<{ guarded?: Guarded; startError: string | null }> {
  try {
    await onStart?.(nameProcess(pid));
    return { guarded: guardGroup(pid, release), startError: null };
  } catch (error) {
    endTree(pid);
    return { startError: `it could not be recorded: ${failureText(error)}` };
  }
}

/** Collects both streams as they come; the result gives what the outcome says of them. */
function capture(
  child: Shell,
  keep: Keeping,
  onOutput: Parameters<Effects['runCommand']>[1],
): (leftRunning: boolean) => Pick<CommandOutcome, 'output' | 'fullOutput'> {
  const shown = createOutputCapture(keep.shown);
  const kept = createOutputCapture(keep.kept);
  let streamed = 0;
  const push = (chunk: string, stream: 'stdout' | 'stderr' = 'stdout'): void => {
    if (keep.kept > 0) {
      shown.push(chunk);
      kept.push(chunk);
    }
    if (streamed < keep.streamed) onOutput(chunk, stream);
    streamed += chunk.length;
  };
  // setEncoding keeps a character together that two chunks share.
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => push(chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => push(chunk, 'stderr'));
  return (leftRunning) => {
    if (leftRunning) push('\n[Processes it left running were stopped.]\n');
    return { output: shown.text(), fullOutput: shown.shortened ? kept.text() : null };
  };
}

function endOf(
  ending: Ending,
): Pick<CommandOutcome, 'exitCode' | 'signal' | 'timedOut' | 'cancelled' | 'startError'> {
  const { exitCode, signal, timedOut, cancelled } = ending;
  return { exitCode, signal, timedOut, cancelled, startError: null };
}

function notRun(
  why: Pick<CommandOutcome, 'cancelled' | 'startError'>,
  durationMs: number,
): CommandOutcome {
  const nothing = { exitCode: null, signal: null, timedOut: false, output: '', fullOutput: null };
  return { ...nothing, ...why, durationMs };
}
