// What git is told by its environment, so that a repository's configuration starts nothing. Settings given so stand above
// those of every file, also in git's own child processes (git 2.31 or newer; older ones ignore them).

/** Of everything that runs git: no daemon, no pager, no question, no lock for mere reading, no repository without `.git`. */
const ALWAYS: readonly (readonly [string, string])[] = [
  ['core.fsmonitor', 'false'],
  ['core.pager', 'cat'],
  ['safe.bareRepository', 'explicit'],
];

/**
 * The variables for a line that runs git. `unasked`: no human sees it before it runs, so hooks, editors and programs that ask
 * for passwords are off too. Who approves `git commit` expects the repository's hooks.
 */
export function gitEnvironment(unasked: boolean, windows: boolean): Record<string, string> {
  const nowhere: readonly [string, string] = ['core.hooksPath', windows ? 'NUL' : '/dev/null'];
  const settings = unasked ? [...ALWAYS, nowhere] : ALWAYS;
  const env: Record<string, string> = {
    GIT_OPTIONAL_LOCKS: '0',
    GIT_PAGER: 'cat',
    GIT_TERMINAL_PROMPT: '0',
    ...(unasked && { GIT_ASKPASS: '', GIT_EDITOR: ':', GIT_SEQUENCE_EDITOR: ':' }),
    GIT_CONFIG_COUNT: String(settings.length),
  };
  for (const [index, [key, value]] of settings.entries()) {
    env[`GIT_CONFIG_KEY_${String(index)}`] = key;
    env[`GIT_CONFIG_VALUE_${String(index)}`] = value;
  }
  return env;
}

/** The names of those variables in `env` that are exactly what `gitEnvironment` sets: all of a set, or none. */
export function gitSettings(env: Readonly<Record<string, string>>): ReadonlySet<string> {
  const sets = [true, false].flatMap((unasked) =>
    [true, false].map((windows) => Object.entries(gitEnvironment(unasked, windows))),
  );
  const whole = sets.find((set) => set.every(([name, value]) => env[name] === value));
  return new Set(whole?.map(([name]) => name));
}
