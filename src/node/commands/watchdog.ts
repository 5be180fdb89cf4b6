// A command dies with its agent, also when the agent is killed outright: a tiny shell waits for our end of a pipe to
// close, which the system does for a dead process, and then ends the command's process group.
import { spawn } from 'node:child_process';

export interface Watchdog {
  /** Call when the command has ended: from then on nobody is ended. */
  dispose(): void;
}

const SHELL = '/bin/sh';
/** `$0` is the group. Reads until the pipe closes; nothing is ever written to it. */
const SCRIPT = 'while read -r _; do :; done; kill -s KILL -- "-$0" 2>/dev/null';

/** Guards the process group of `leader`. Does nothing on Windows, which has no groups. */
export function guardGroup(leader: number): Watchdog {
  if (process.platform === 'win32') return { dispose: () => undefined };
  const guard = spawn(SHELL, ['-c', SCRIPT, String(leader)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A group of its own: a Ctrl+C in our terminal must not end the guard before us.
    detached: true,
    env: {},
  });
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  guard.unref();
  return { dispose: () => guard.kill('SIGKILL') };
}
