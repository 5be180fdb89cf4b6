// Keeps the keys out of /proc/PID/environ, where every command of the agent could read it: the process replaces its own
// image by one with a clean environment and the keys on a pipe. Same pid, streams, signals and exit status.
import { closeSync, existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';

/** By the name of the secret: the variables that may hold it, the first that is there counts. */
const VARIABLES = {
  openai: ['COUNTERSIGN_API_KEY', 'OPENAI_API_KEY'],
  moderation: ['COUNTERSIGN_MODERATION_KEY'],
  consent: ['COUNTERSIGN_CONSENT_KEY'],
} as const;
const ALL = Object.values(VARIABLES).flat();
/** Carries all keys to the shell, in one line. */
const CARRIER = 'COUNTERSIGN_API_KEY';
/** Names the file descriptor that the keys wait on; nothing secret. */
const KEY_FD = 'COUNTERSIGN_KEY_FD';
const SECRET = new RegExp(`^(?:${ALL.join('|')}|(?:LANGSMITH|LANGCHAIN)_.*)$`, 'i');
const Keys = z.record(z.string(), z.string());

/** By the name of the secret. */
type Keys = Readonly<Record<string, string>>;

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
  // One line whatever is in them, so that no part of one key is taken for another.
  const packed = encodeURIComponent(JSON.stringify(keysOf(process.env)));
  const env = { ...Object.fromEntries(clean), [KEY_FD]: '3', [CARRIER]: packed };
  const command = [process.execPath, ...process.execArgv, entry, ...argv];
  process.execve(SHELL, [SHELL, '-c', SCRIPT, SHELL, ...command], env);
}

/** The keys, from the pipe or from the environment, which is cleaned at once: no child process and no dump can show them. */
export function takeKeys(env: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  const keys = env[KEY_FD] === '3' ? readPipe() : keysOf(env);
  for (const name of [...ALL, KEY_FD]) Reflect.deleteProperty(env, name);
  return new Map(Object.entries(keys));
}

function keysOf(env: NodeJS.ProcessEnv): Keys {
  const found = Object.entries(VARIABLES).flatMap(([name, variables]) => {
    const key = variables.map((variable) => env[variable]).find((value) => value !== undefined);
    return key === undefined ? [] : [[name, key] as const];
  });
  return Object.fromEntries(found);
}

function readPipe(): Keys {
  const packed = readFileSync(3, 'utf8').replace(/\n$/, '');
  closeSync(3);
  return Keys.parse(JSON.parse(decodeURIComponent(packed)));
}
