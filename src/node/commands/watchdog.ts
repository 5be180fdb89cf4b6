// Commands die with their agent, also when the agent is killed outright: one tiny shell for all of them waits for our end of
// a pipe to close, which the system does for a dead process, and then ends the process groups that it was told of.
import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

export interface Guarded {
  /** Call when the command has ended: from then on nobody is ended. */
  dispose(): void;
}

const SHELL = '/bin/sh';
/** Lines `+ GROUP` and `- GROUP` until the pipe closes. Saying either twice changes nothing. */
const SCRIPT = `live=' '
while read -r sign group; do
  case $live in *" $group "*) live="\${live%% $group *} \${live#* $group }" ;; esac
  case $sign in +) live="$live$group " ;; esac
done
for group in $live; do kill -s KILL -- "-$group" 2>/dev/null; done`;

const live = new Set<number>();
let pipe: Writable | undefined;

/** Starts the watchdog unless it is there; before the first command, so that none begins without it. Throws what `spawn` throws. */
export function ensureWatchdog(): void {
  if (process.platform !== 'win32') pipe ??= startWatchdog();
}

/**
 * Guards the process group of `leader`. `onGuarded` is called once the system has taken what the watchdog will read: from
 * then on the group ends with us, whatever happens. On Windows, which has no groups, that is at once, and nothing is guarded.
 */
export function guardGroup(leader: number, onGuarded: () => void): Guarded {
  if (process.platform === 'win32') {
    onGuarded();
    return { dispose: () => undefined };
  }
  live.add(leader);
  announce(leader, onGuarded);
  return {
    dispose: () => {
      live.delete(leader);
      pipe?.write(`- ${leader}\n`);
    },
  };
}

/** A watchdog that someone has ended takes nothing: then another one is told, once. */
function announce(leader: number, onGuarded: () => void, again = true): void {
  const asked = (pipe ??= replacement());
  // Without any watchdog the command still ends with an agent that ends of itself.
  if (!asked) return onGuarded();
  asked.write(`+ ${leader}\n`, (error) => {
    if (!error || !again) return onGuarded();
    if (pipe === asked) pipe = undefined;
    announce(leader, onGuarded, false);
  });
}

function replacement(): Writable | undefined {
  try {
    return startWatchdog();
  } catch {
    return undefined;
  }
}

function startWatchdog(): Writable {
  const watchdog = spawn(SHELL, ['-c', SCRIPT], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A group of its own: a Ctrl+C in our terminal must not end it before us.
    detached: true,
    env: {},
  });
  const { stdin } = watchdog;
  watchdog.on('error', () => undefined);
  stdin.on('error', () => undefined);
  watchdog.once('exit', (_, signal) => {
    if (pipe !== stdin) return;
    // Of itself it never ends before us.
    pipe = signal !== null && live.size > 0 ? replacement() : undefined;
  });
  watchdog.unref();
  for (const leader of live) stdin.write(`+ ${leader}\n`);
  return stdin;
}
