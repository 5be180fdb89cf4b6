// Properties of command lines: no dress gets a denied or unlisted command allowed, and what is allowed runs nothing else,
// which bash itself is asked about.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { runsOr } from '../../../fakes/runs.ts';
import { decideCommand, rulesOf } from './support.ts';

const RUNS = runsOr(600);
const BASH = '/bin/bash';

const WIDE = [
  'ls *',
  'echo *',
  'cat *',
  'true',
  'git *',
  'env *',
  'timeout *',
  'xargs *',
  'find *',
  'sh *',
  'bash *',
  '*',
  'l*',
  'sed *',
  'unheard *',
];
const RULES = rulesOf({
  allow: WIDE.map((rule) => `shell(${rule})`),
  deny: ['shell(rm *)', 'shell(git push *)'],
});

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const octal = (text: string): string =>
  `$'${[...text].map((c) => `\\${c.charCodeAt(0).toString(8)}`).join('')}'`;

/** One spelling of a word that the shell takes for the same. */
const spelled = (text: string) =>
  fc
    .array(fc.constantFrom('', "'", '"', '\\', "''", '\\\n'), {
      minLength: text.length,
      maxLength: text.length,
    })
    .map((marks) =>
      [...text]
        .map((c, i) => {
          const mark = marks[i] ?? '';
          return mark === "'" || mark === '"' ? `${mark}${c}${mark}` : `${mark}${c}`;
        })
        .join(''),
    );

const program = (name: string) =>
  fc.oneof(
    spelled(name),
    fc.constant(octal(name)),
    fc.constant(`/bin/${name}`),
    fc.constant(`./x/../${name}`),
  );

/** Dresses that keep running a simple command, whatever it is. */
const wraps = fc.constantFrom<(line: string) => string>(
  (line) => `env ${line}`,
  (line) => `env -i A=1 ${line}`,
  (line) => `timeout -k 1 5 ${line}`,
  (line) => `nice -n 3 ${line}`,
  (line) => `nohup ${line}`,
  (line) => `command ${line}`,
  (line) => `xargs -0 ${line}`,
  (line) => `find . -exec ${line} \\;`,
  (line) => `setsid ${line}`,
  (line) => `unheard --of ${line}`,
  (line) => `sudo -u a ${line}`,
  (line) => `busybox ${line}`,
  (line) => `stdbuf -o L ${line}`,
  (line) => `A=1 ${line}`,
  (line) => `> /dev/null ${line}`,
);
/** Dresses of a whole line. */
const dresses = fc.constantFrom<(line: string) => string>(
  (line) => `ls; ${line}`,
  (line) => `${line} && ls`,
  (line) => `ls | ${line}`,
  (line) => `ls || ${line}`,
  (line) => `ls & ${line}`,
  (line) => `ls\n${line}`,
  (line) => `(${line})`,
  (line) => `{ ${line}; }`,
  (line) => `! ${line}`,
  (line) => `if ${line}; then ls; fi`,
  (line) => `if ls; then ${line}; fi`,
  (line) => `while ${line}; do ls; done`,
  (line) => `for i in 1 2; do ${line}; done`,
  (line) => `case a in a) ${line};; esac`,
  (line) => `f() { ${line}; }`,
  (line) => `echo "$(${line})"`,
  (line) => `echo $(${line})`,
  (line) => `ls <(${line})`,
  (line) => `a=$(${line})`,
  (line) => `echo \${a:-$(${line})}`,
  (line) => `sh -c ${quoted(line)}`,
  (line) => `bash -ec ${quoted(line)}`,
  (line) => `eval ${quoted(line)}`,
  (line) => `cat <<E${String(line.length)}\n$(${line})\nE${String(line.length)}`,
  (line) => `bash <<'E${String(line.length)}'\n${line}\nE${String(line.length)}`,
  (line) => `${line} > /dev/null 2>&1`,
  (line) => `${'ls; '.repeat(60)}${line}`,
  (line) => `  ${line}  `,
  (line) => `ls${' '.repeat(400)}; ${line}`,
  (line) => `ls # it's\n${line}`,
  (line) => `cat <<'A'\n'\nA\n${line}`,
);

const dressed = (name: string, rest: string) =>
  fc
    .tuple(program(name), fc.array(wraps, { maxLength: 2 }), fc.array(dresses, { maxLength: 3 }))
    .map(([word, inner, outer]) =>
      outer.reduce(
        (line, dress) => dress(line),
        inner.reduce((line, wrap) => wrap(line), `${word} ${rest}`),
      ),
    );

describe('dressing up a command', function () {
  this.timeout(0);

  it('never loses a deny (I6)', async () => {
    await fc.assert(
      fc.asyncProperty(dressed('rm', '-rf x'), async (line) => {
        const decided = await decideCommand(line, RULES);
        // Assignments and redirections in front of a keyword are no command any more; then it must still not run.
        const broken =
          /(?:A=1|> \/dev\/null|env|5|3|nohup|command|-0|setsid|--of|a|busybox|L|-exec) +(?:A=1|> \/dev)/.test(
            line,
          );
        if (broken) assert.notEqual(decided.verdict, 'allow', line);
        else assert.equal(decided.verdict, 'deny', `${line}: ${decided.reason}`);
      }),
      { numRuns: RUNS },
    );
  });

  it('never gets an unlisted command allowed (I7)', async () => {
    await fc.assert(
      fc.asyncProperty(dressed('touch', 'x'), async (line) => {
        assert.notEqual((await decideCommand(line, RULES)).verdict, 'allow', line);
      }),
      { numRuns: RUNS },
    );
  });
});

const PIECES =
  "ls|cat|echo|git|status|touch|x|a|src|true|'|\"|;|&&|\\|\\||\\||&|\n|$x|$(|`|)|(|{|}|<<E|<<'E'|\nE\n|>|>>|2>&1|/dev/null|#|\\|\\\n|if|then|fi|for|in|do|done|while|cd|..|A=|CI=1|*|!|time|command|env|~|$?|<|<<<|[|]|-f|-a|=|$'|$\"|,|!|;;|case|esac|\\x| | | | | ; | && | \\| | > ";
const pieces = PIECES.split(/(?<!\\)\|/).map((piece) => piece.replaceAll('\\|', '|'));

/** A folder with programs that only write down how they were called. */
function sandbox(): {
  folder: string;
  ran: (line: string) => { programs: string[]; changed: string[] };
} {
  const folder = mkdtempSync(join(tmpdir(), 'policy-bash-'));
  const bin = join(folder, 'bin');
  const work = join(folder, 'work');
  const log = join(folder, 'log');
  mkdirSync(bin);
  mkdirSync(join(work, 'src'), { recursive: true });
  for (const name of ['a', 'x']) writeFileSync(join(work, name), '');
  for (const name of ['ls', 'cat', 'git', 'touch', 'E', 'a', 'x', 'src', 'env', 'wc']) {
    const inner = name === 'env' ? '\nwhile [[ $1 == *=* ]]; do shift; done\nexec "$@"' : '';
    writeFileSync(join(bin, name), `#!${BASH}\nprintf '%s\\n' "${name} $*" >> '${log}'${inner}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const ran = (line: string): { programs: string[]; changed: string[] } => {
    writeFileSync(log, '');
    const before = readdirSync(work, { recursive: true }).join();
    spawnSync(BASH, ['--noprofile', '--norc', '-c', line], {
      cwd: work,
      env: { PATH: bin, HOME: work },
      timeout: 2000,
      stdio: 'ignore',
    });
    const after = readdirSync(work, { recursive: true }).join();
    const programs = readFileSync(log, 'utf8')
      .split('\n')
      .filter((entry) => entry !== '');
    return { programs, changed: before === after ? [] : [after] };
  };
  return { folder, ran };
}

describe('what is allowed, run by bash', function () {
  this.timeout(0);

  it('runs only programs that the rules name, and changes no file', async function () {
    if (!existsSync(BASH)) this.skip();
    const rules = rulesOf({
      allow: ['ls *', 'cat *', 'echo *', 'git status', 'true', '[ *', 'wc *'].map(
        (rule) => `shell(${rule})`,
      ),
    });
    const { folder, ran } = sandbox();
    let allowed = 0;
    try {
      const simple = fc.constantFrom(
        'ls',
        'ls src',
        'cat a',
        'echo x',
        "echo 'a;b'",
        'git status',
        'true',
        '[ -f a ]',
        'echo "a $?"',
        'ls -a',
        'cd src',
        "cat <<'E'\n; touch x\nE\n",
      );
      const join = fc.constantFrom(
        ';',
        ' && ',
        ' || ',
        ' | ',
        ' & ',
        '\n',
        ' #',
        ' \\\n',
        ' > /dev/null ; ',
        ' 2>&1 | ',
      );
      const soup = fc
        .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 12 })
        .map((words) => words.join(''));
      const spaced = fc
        .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 10 })
        .map((words) => words.join(' '));
      const sensible = fc
        .array(
          fc.tuple(
            simple,
            join,
            fc.oneof(
              { weight: 6, arbitrary: fc.constant('') },
              { weight: 1, arbitrary: fc.constantFrom(...pieces) },
            ),
          ),
          { minLength: 1, maxLength: 5 },
        )
        .map((parts) =>
          parts
            .flat()
            .join('')
            .replace(/ && $| \|\| $| \| $| 2>&1 \| $| \\\n$/, ''),
        );
      await fc.assert(
        fc.asyncProperty(fc.oneof(soup, spaced, sensible, sensible), async (line) => {
          const decided = await decideCommand(line, rules, { folders: ['src'] });
          if (decided.verdict !== 'allow') return;
          allowed += 1;
          const { programs, changed } = ran(line);
          const unlisted = programs.filter(
            (entry) => !/^(?:ls|cat|wc|env) |^git status$/.test(entry),
          );
          assert.deepEqual([unlisted, changed], [[], []], JSON.stringify(line));
        }),
        { numRuns: RUNS },
      );
      assert.ok(allowed > RUNS / 100, `only ${String(allowed)} lines were allowed`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
