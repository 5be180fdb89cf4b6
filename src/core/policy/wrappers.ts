// Looks through programs that run another command line, for deny and ask only. Every position where the inner command
// may start counts: too many candidates can only make the answer stricter.
import type { ShellName, SimpleCommand } from '../ports/shell.ts';
import { hasList } from './readOnlyOptions.ts';
import { changesShell, isInterpreter } from './neverByWildcard.ts';
import { innerScripts, SHELLS } from './innerScripts.ts';

interface SeenThrough {
  /** The argv itself and every argv inside it, the program also by its base name. */
  argvs: readonly (readonly string[])[];
  /** Command text that a shell inside would run. */
  scripts: readonly string[];
}

/** Wrappers, and how many operands stand before the inner command. */
const WRAPPERS: ReadonlyMap<string, number> = new Map([
  ...'env command exec builtin nohup nice ionice time stdbuf setsid xargs sudo doas busybox toybox noglob nocorrect'
    .split(' ')
    .map((name): [string, number] => [name, 0]),
  ...'strace ltrace unshare nsenter watch coproc rlwrap unbuffer fakeroot proot firejail bwrap caffeinate arch - ! then do else'
    .split(' ')
    .map((name): [string, number] => [name, 0]),
  ...'systemd-run dbus-run-session xvfb-run catchsegv valgrind perf parallel setpriv runuser pkexec gosu su-exec nsjail if while until elif { ( && ||'
    .split(' ')
    .map((name): [string, number] => [name, 0]),
  ...'timeout flock chrt taskset chroot faketime gtimeout setarch linux32 linux64 cpulimit prlimit numactl cgexec script su start call'
    .split(' ')
    .map((name): [string, number] => [name, 1]),
]);

const EXEC_OPTIONS = new Set([
  '-exec',
  '-execdir',
  '-ok',
  '-okdir',
  '-x',
  '-X',
  '--exec',
  '--exec-batch',
]);
const FINDERS = new Set(['find', 'fd', 'fdfind']);
const MAX_FOUND = 200;
/** Of cmd: the command stands anywhere behind them. */
const KEYWORDS = new Set(['if', 'for', 'not', 'exist', 'do', 'else', 'call', 'start']);
/** Beyond this many words a wrapper is seen through word by word, so that padding hides nothing. */
const MAX_WORDS = 64;
const MAX_TAIL = 8;

/** Names of programs that run what their operands say: a wildcard never allows them. */
export function runsOperands(program: string): boolean {
  return WRAPPERS.has(program) || SHELLS.has(program);
}

/** Programs whose operands are no commands, though some may look like one: `apt install curl`. */
const NO_WRAPPERS = new Set(
  `apt apt-get aptitude brew dnf yum pacman apk snap choco winget scoop dpkg rpm pip pip3 pipx gem man info tldr whatis apropos help whereis
  rm del erase rd touch mkdir md rmdir cp copy mv move ln ren chmod chown kill killall pkill systemctl service docker podman kubectl helm git gh npm pnpm yarn
  code less more tee tar zip unzip gcc g++ clang cc ld curl wget scp rsync sftp openssl cd read export test echo remove-item new-item copy-item move-item`
    .split(/\s+/)
    .filter((name) => name !== ''),
);
/** Of these only some sub-commands run what follows. */
const RUNNING =
  /^(?:docker|podman|nerdctl|kubectl|oc|lxc|vagrant|npm|pnpm|yarn|npx|bunx) (?:exec|run|ssh)$/;

/** Positions where a program that is not known for something else may take a command. */
function possibleStarts(argv: readonly string[]): number {
  const [program = '', sub = ''] = argv;
  if (RUNNING.test(`${program} ${sub}`)) return 2;
  const folded = program.toLowerCase();
  const known =
    NO_WRAPPERS.has(folded) || hasList(folded) || isInterpreter(folded) || changesShell(folded);
  return known && folded !== 'ssh' ? argv.length : 1;
}

const memo = new WeakMap<SimpleCommand, SeenThrough>();

/** Everything a deny or ask rule must see in one simple command. Total and bounded. */
export function seenThrough(command: SimpleCommand, shell: ShellName): SeenThrough {
  const known = memo.get(command);
  if (known !== undefined) return known;
  const made = seeThrough(
    command.words.map((word) => word.text),
    shell,
  );
  memo.set(command, made);
  return made;
}

function seeThrough(argv: readonly string[], shell: ShellName): SeenThrough {
  const argvs: (readonly string[])[] = [];
  const scripts: string[] = [];
  const open: (readonly string[])[] = [argv.slice(0, MAX_WORDS)];
  const seen = new Set<string>();
  if (argv.length > MAX_WORDS)
    argvs.push(argv, withBaseName(argv, shell), ...everyTail(argv, shell));
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const named = withBaseName(next, shell);
    const key = named.join('\0');
    if (seen.has(key) || seen.size > MAX_FOUND) continue;
    seen.add(key);
    argvs.push(named);
    if (named[0] !== next[0]) argvs.push(next);
    argvs.push(...withoutLeadingOptions(named));
    if (open.length < MAX_FOUND) open.push(...innerCommands(named));
    scripts.push(...innerScripts(named));
  }
  return { argvs, scripts };
}

/** For an argv of very many words: every position counts as a possible start. */
function everyTail(argv: readonly string[], shell: ShellName): (readonly string[])[] {
  const [program = '', first = ''] = withBaseName(argv, shell);
  const tail = (at: number): readonly string[] => argv.slice(at, at + MAX_TAIL);
  if (runsOperands(program) || FINDERS.has(program)) {
    return argv.map((_, at) => withBaseName(tail(at), shell));
  }
  return first.startsWith('-') ? argv.map((_, at) => [program, ...tail(at)]) : [];
}

function withBaseName(argv: readonly string[], shell: ShellName): readonly string[] {
  const [word, ...rest] = argv;
  if (word === undefined) return argv;
  const windows = shell === 'powershell' || shell === 'cmd';
  const base = word.slice(
    Math.max(word.lastIndexOf('/'), windows ? word.lastIndexOf('\\') : -1) + 1,
  );
  const name = windows ? base.replace(/^@+|\.(?:exe|cmd|bat|com)$/gi, '').toLowerCase() : base;
  return [name === '' ? word : name, ...rest];
}

/** `git -C dir push x` as `git push x`: options before a sub-command do not hide it. */
function withoutLeadingOptions(argv: readonly string[]): (readonly string[])[] {
  const [program, ...words] = argv;
  if (program === undefined || words[0]?.startsWith('-') !== true) return [];
  return startsAfterOptions(words, 0).map((at) => [program, ...words.slice(at)]);
}

function innerCommands(argv: readonly string[]): (readonly string[])[] {
  const [program = '', ...words] = argv;
  const found: (readonly string[])[] = [];
  const operands = WRAPPERS.get(program);
  if (operands !== undefined) {
    found.push(...startsAfterOptions(words, operands).map((at) => words.slice(at)));
  }
  // An unknown program may be a wrapper: any of its words may start a command.
  if (operands === undefined || KEYWORDS.has(program)) {
    const from = KEYWORDS.has(program) ? 1 : possibleStarts(argv);
    for (let at = from; at < argv.length; at += 1) found.push(argv.slice(at));
  }
  for (const [at, word] of words.entries()) {
    if (FINDERS.has(program) && EXEC_OPTIONS.has(word)) {
      found.push(words.slice(at + 1));
    }
  }
  if (program === 'cmd') {
    const at = words.findIndex((word) => /^\/[ckr]$/i.test(word));
    if (at >= 0) found.push(words.slice(at + 1));
  }
  return found.slice(0, MAX_FOUND).filter((inner) => inner.length > 0);
}

/** Positions before which there are only options, possible values of options, assignments and `operands` operands. */
function startsAfterOptions(words: readonly string[], operands: number): number[] {
  const starts: number[] = [];
  let left = operands;
  let afterOption = false;
  for (const [at, word] of words.entries()) {
    if (/^[-+]./.test(word) && word !== '--') {
      afterOption = true;
    } else if (/^[A-Za-z_]\w*\+?=/.test(word) || word === '--') {
      afterOption = false;
    } else {
      starts.push(at);
      if (afterOption) afterOption = false;
      else if (left > 0) left -= 1;
      else break;
    }
    if (starts.length > MAX_FOUND) break;
  }
  return starts;
}
