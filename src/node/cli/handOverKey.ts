// Keeps the API key out of /proc/PID/environ, where every command of the agent could read it: the process replaces its own
// image by one with a clean environment and the key on a pipe. Same pid, streams, signals and exit status.
import { closeSync, existsSync, readFileSync } from 'node:fs';

const KEYS = ['COUNTERSIGN_API_KEY', 'OPENAI_API_KEY'] as const;
/** Names the file descriptor that the key waits on; nothing secret. */
const KEY_FD = 'COUNTERSIGN_KEY_FD';
const SECRET = /^(?:COUNTERSIGN_API_KEY|OPENAI_API_KEY|(?:LANGSMITH|LANGCHAIN)_.*)$/i;
/** The commands that start an agent; the others run nothing. */
const STARTS_AN_AGENT: readonly string[] = ['run', 'decide', 'continue'];

const SHELL = '/bin/sh';
// Node marks its own descriptors close-on-exec, so the shell makes the pipe. Its variable must not be exported.
const SCRIPT = `set +a
unset countersign_key
countersign_key=$COUNTERSIGN_API_KEY
unset COUNTERSIGN_API_KEY
exec "$@" 3<<END
$countersign_key
END
`;

/**
 * Replaces this process when its environment holds a secret, and then does not return. Does nothing on Windows and on a
 * Node without `process.execve` (before 22.15): there the environment of the agent's process keeps the key.
 */
export function handOverKey(entry: string, argv: readonly string[]): void {
  const secret = Object.keys(process.env).some((name) => SECRET.test(name));
  if (!secret || !STARTS_AN_AGENT.includes(argv[0] ?? '')) return;
  if (process.platform === 'win32' || !process.execve || !existsSync(SHELL)) return;
  const clean = Object.entries(process.env).filter(([name]) => !SECRET.test(name));
  const env = { ...Object.fromEntries(clean), [KEY_FD]: '3', [KEYS[0]]: keyOf(process.env) ?? '' };
  const command = [process.execPath, ...process.execArgv, entry, ...argv];
  process.execve(SHELL, [SHELL, '-c', SCRIPT, SHELL, ...command], env);
}

/** The key, from the pipe or from the environment, which is cleaned at once: no child process and no dump can show it. */
export function takeKey(env: NodeJS.ProcessEnv): string | undefined {
  const key = env[KEY_FD] === '3' ? readPipe() : keyOf(env);
  for (const name of [...KEYS, KEY_FD]) Reflect.deleteProperty(env, name);
  return key;
}

function keyOf(env: NodeJS.ProcessEnv): string | undefined {
  return env[KEYS[0]] ?? env[KEYS[1]];
}

function readPipe(): string | undefined {
  const key = readFileSync(3, 'utf8').replace(/\n$/, '');
  closeSync(3);
  return key === '' ? undefined : key;
}
