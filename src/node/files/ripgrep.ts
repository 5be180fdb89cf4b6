// Runs ripgrep with an argument list, never through a shell, and hands its output on record by record.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import picomatch from 'picomatch';
import { failureText } from './failure.ts';

interface RipgrepRun {
  rgPath: string;
  args: readonly string[];
  /** Byte that ends a record. */
  separator: '\n' | '\0';
  signal: AbortSignal;
  /** Called for each record, in order; false stops the search. */
  onRecord: (record: string) => boolean;
}

/** `stopped`: by `onRecord` or by the time limit. */
type RipgrepEnd = { kind: 'done' } | { kind: 'stopped' } | { kind: 'failed'; message: string };

const TIME_LIMIT_MS = 30_000;
const MAX_STDERR = 2000;
/** No ripgrep record of a file we search is longer. */
const MAX_RECORD = 16 * 1024 * 1024;

/** Options of every run: no configuration from outside, the same order each time, hidden files but never `.git`. */
export const COMMON_ARGS: readonly string[] = [
  '--no-config',
  '--no-messages',
  '--no-require-git',
  '--no-ignore-global',
  '--hidden',
  '--sort=path',
  '--color=never',
  '--glob=!.git',
];

/** Windows starts no program without its system folder. */
function bareEnvironment(): Record<string, string> {
  const root = process.env['SystemRoot'];
  return process.platform === 'win32' && root !== undefined ? { SystemRoot: root } : {};
}

/** Throws an AbortError when `signal` is aborted; everything else is an outcome. */
export function runRipgrep(run: RipgrepRun): Promise<RipgrepEnd> {
  return new Promise((resolve, reject) => {
    if (run.signal.aborted) return reject(abortError());
    let stopped = false;
    const child = spawn(run.rgPath, run.args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      env: bareEnvironment(),
    });
    const stop = (): void => {
      stopped = true;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(stop, TIME_LIMIT_MS);
    run.signal.addEventListener('abort', stop, { once: true });
    const stderr = collectStderr(child);
    splitRecords(child.stdout, run, stop);
    child.once('error', (error) => end(() => resolve(notStarted(run.rgPath, error))));
    child.once('close', (code) => {
      end(() => {
        if (run.signal.aborted) reject(abortError());
        else if (stopped) resolve({ kind: 'stopped' });
        else resolve(code === 2 ? { kind: 'failed', message: stderr() } : { kind: 'done' });
      });
    });
    function end(settle: () => void): void {
      clearTimeout(timer);
      run.signal.removeEventListener('abort', stop);
      settle();
    }
  });
}

/**
 * A test for `/`-separated relative paths: a glob without `/` is matched against the file name. Filtering here and not
 * with ripgrep's `--glob`, which would bring back what .gitignore excludes.
 */
export function pathFilter(glob: string): (path: string) => boolean {
  // A leading `/` or `./` means the searched folder itself.
  // Longer runs of backslashes mean no more than two, and keep picomatch from ever coming to an end.
  const pattern = glob.replace(/^(?:\.?\/)+/, '').replace(/\\{3,}/g, '\\\\');
  const anchored = pattern.includes('/') || /^\.?\//.test(glob);
  return picomatch(pattern, { dot: true, noextglob: true, basename: !anchored });
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

function collectStderr(child: Child): () => string {
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    if (text.length < MAX_STDERR) text += chunk;
  });
  return () => text.slice(0, MAX_STDERR).trim();
}

function splitRecords(stdout: Readable, run: RipgrepRun, stop: () => void): void {
  let rest = '';
  let open = true;
  stdout.setEncoding('utf8').on('data', (chunk: string) => {
    if (!open) return;
    const records = (rest + chunk).split(run.separator);
    rest = records.pop() ?? '';
    open = rest.length <= MAX_RECORD && records.every((record) => run.onRecord(record));
    if (!open) stop();
  });
}

function notStarted(rgPath: string, error: unknown): RipgrepEnd {
  return {
    kind: 'failed',
    message: `ripgrep (${rgPath}) could not be started: ${failureText(error)}`,
  };
}

function abortError(): DOMException {
  return new DOMException('The search was cancelled.', 'AbortError');
}
