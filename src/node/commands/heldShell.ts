// Starts a shell that waits to be released before it does anything: until then it is made sure that it dies with us.
import { spawn, type ChildProcess } from 'node:child_process';
import { Writable, type Readable } from 'node:stream';
import type { CommandSpec } from '../../core/ports/workspace.ts';

export type Shell = ChildProcess & { stdout: Readable; stderr: Readable };

export interface HeldShell {
  child: Shell;
  /** Lets the shell begin. When this process dies before that, it ends without having done anything. */
  release: () => void;
}

const SH = '/bin/sh';
/** `$0` is the real shell. Waits for a line on descriptor 3, whose other end closes when we die, then becomes that shell. */
const HOLD = 'read -r _ <&3 || exit 1; exec 3<&-; exec "$0" "$@"';

/** Throws what `spawn` throws. On Windows, which has no process groups to guard, the shell begins at once. */
export function startHeld(spec: CommandSpec, env: Record<string, string>): HeldShell {
  const windows = process.platform === 'win32';
  const [program, args] = windows
    ? ([spec.shellPath, shellArgs(spec)] as const)
    : ([SH, ['-c', HOLD, spec.shellPath, ...shellArgs(spec)]] as const);
  const child = spawn(program, args, {
    cwd: spec.cwd,
    env,
    stdio: [
      spec.stdin === undefined ? 'ignore' : 'pipe',
      'pipe',
      'pipe',
      windows ? 'ignore' : 'pipe',
    ],
    // A group of its own, so that the whole tree can be ended.
    detached: !windows,
    windowsHide: true,
  });
  const gate = child.stdio[3];
  if (gate instanceof Writable) gate.on('error', () => undefined);
  // A command need not read what it is given.
  child.stdin?.on('error', () => undefined).end(spec.stdin);
  return {
    child: withOutput(child),
    release: () => {
      if (gate instanceof Writable) gate.end('\n');
    },
  };
}

function withOutput(child: ChildProcess): Shell {
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('A shell without output');
  return Object.assign(child, { stdout, stderr });
}

function shellArgs(spec: CommandSpec): string[] {
  return spec.shell === 'bash'
    ? ['--noprofile', '--norc', '-c', spec.command]
    : ['-NoProfile', '-NonInteractive', '-Command', spec.command];
}
