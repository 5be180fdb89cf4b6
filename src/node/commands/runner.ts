// Runs one approved command in a fresh shell and follows it to its end. The only place that starts commands.
import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { failureText } from '../files/failure.ts';
import { commandEnvironment, type Environment } from './environment.ts';
import { createOutputCapture } from '../../core/base/outputCapture.ts';
import { followToEnd, type Ending } from './followToEnd.ts';
import { startHeld, type Shell } from './heldShell.ts';
import { trackGroup } from './processGroups.ts';
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
  return async (spec, onOutput, signal) => {
    const start = performance.now();
    const elapsed = (): number => Math.round(performance.now() - start);
    if (signal.aborted) return notRun({ cancelled: true, startError: null }, elapsed());
    const refused = await cwdProblem(spec.cwd);
    if (refused !== null) return notRun({ cancelled: false, startError: refused }, elapsed());
    const started = await startShell(spec, options);
    if (!started.ok) {
      return notRun({ cancelled: false, startError: started.message }, elapsed());
    }
    const output = capture(started.child, options, onOutput);
    const ending = await followToEnd(started.child, { timeoutMs: spec.timeoutMs, signal });
    started.guarded.dispose();
    return { ...endOf(ending), ...output(ending.leftRunning), durationMs: elapsed() };
  };
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

async function startShell(
  spec: CommandSpec,
  options: CommandRunnerOptions,
): Promise<{ ok: true; child: Shell; guarded: Guarded } | { ok: false; message: string }> {
  const { platform } = process;
  const parent = options.env ?? process.env;
  const env = { ...commandEnvironment({ parent, roots: options.roots, platform }), ...spec.env };
  try {
    await access(spec.shellPath, constants.X_OK);
    ensureWatchdog();
    const { child, release } = startHeld(spec, env);
    if (child.pid !== undefined) {
      trackGroup(child.pid);
      return { ok: true, child, guarded: guardGroup(child.pid, release) };
    }
    const error = await new Promise<unknown>((resolve) => child.once('error', resolve));
    return { ok: false, message: `${spec.shellPath}: ${failureText(error)}` };
  } catch (error) {
    return { ok: false, message: `${spec.shellPath}: ${failureText(error)}` };
  }
}

/** Collects both streams as they come; the result gives what the outcome says of them. */
function capture(
  child: Shell,
  options: CommandRunnerOptions,
  onOutput: Parameters<Effects['runCommand']>[1],
): (leftRunning: boolean) => Pick<CommandOutcome, 'output' | 'fullOutput'> {
  const keptChars = options.keptChars ?? KEPT_CHARS;
  const shown = createOutputCapture(options.shownChars ?? SHOWN_CHARS);
  const kept = createOutputCapture(keptChars);
  let streamed = 0;
  const push = (chunk: string, stream: 'stdout' | 'stderr' = 'stdout'): void => {
    shown.push(chunk);
    kept.push(chunk);
    if (streamed < keptChars) onOutput(chunk, stream);
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
