// Runs one acknowledged hook in a fresh shell: the call on its standard input, its output kept apart and bounded.
import type { Shells, Effects } from '../../core/ports/workspace.ts';
import type { HookRunner } from '../../core/ports/hooks.ts';

interface HookRunnerOptions {
  shells: Pick<Shells, 'defaultShell'>;
  /** The one that also runs approved commands: environment, process group, end. */
  runCommand: Effects['runCommand'];
}

/** Most characters of each stream that count. */
const KEPT_CHARS = 256 * 1024;

/** What the hook leaves running, or writes beyond the limit, ends with it and is a failure, not an answer. */
export function createHookRunner({ shells, runCommand }: HookRunnerOptions): HookRunner {
  return async (hook, input, signal) => {
    const output = { stdout: '', stderr: '' };
    let flooded = false;
    const shell = shells.defaultShell();
    if ('error' in shell) return notStarted(shell.error);
    if (shell.shell !== hook.shell) return notStarted(`there is no ${hook.shell} here`);
    const { command, cwd, timeoutSeconds, folder } = hook;
    const ended = await runCommand(
      {
        ...{ command, cwd, shell: shell.shell, shellPath: shell.path },
        env: { ...hook.env, CLAUDE_PROJECT_DIR: folder },
        timeoutMs: Math.ceil(timeoutSeconds * 1000),
        stdin: input,
      },
      (chunk, stream) => {
        const room = KEPT_CHARS - output[stream].length;
        if (chunk.length > room) flooded = true;
        output[stream] += chunk.slice(0, room);
      },
      signal,
    );
    const { exitCode, signal: killedBy, timedOut, startError, cancelled } = ended;
    return { exitCode, signal: killedBy, timedOut, startError, cancelled, flooded, ...output };
  };
}

function notStarted(startError: string): Awaited<ReturnType<HookRunner>> {
  const nothing = { exitCode: null, signal: null, timedOut: false, cancelled: false };
  return { ...nothing, startError, stdout: '', stderr: '', flooded: false };
}
