// The parser: quote removal, what counts as one simple command, every command at any depth, caps, totality.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ShellName } from '../../../src/core/ports/shell.ts';
import { unquoteBash } from '../../../src/node/shell/bashWords.ts';
import { readCmd } from '../../../src/node/shell/cmdReader.ts';
import { readPosix } from '../../../src/node/shell/posixReader.ts';
import { readPowershell } from '../../../src/node/shell/powershellReader.ts';
import { createShellParser } from '../../../src/node/shell/parser.ts';
import { parser } from '../core/policy/support.ts';

async function programs(command: string, shell: ShellName = 'bash'): Promise<string[]> {
  const parse = await parser.parse(command, shell);
  return parse.commands.map((found) => found.words[0]?.text ?? '');
}

describe('quote removal', () => {
  const cases: [string, string, boolean, boolean][] = [
    ['abc', 'abc', true, false],
    ["'a b'", 'a b', true, false],
    ['a\'b\'"c"d', 'abcd', true, false],
    ['"a\\"b"', 'a"b', true, false],
    ['"a\\nb"', 'a\\nb', true, false],
    ['"a\\$b"', 'a$b', true, false],
    ['a\\ b', 'a b', true, false],
    ['a\\\nb', 'ab', true, false],
    ['"a\\\nb"', 'ab', true, false],
    ["'a\\'", 'a\\', true, false],
    ['""', '', true, false],
    ["$'\\x72\\155'", 'rm', false, false],
    ["$'a\\'b'", "a'b", false, false],
    ["$'\\u0072'", 'r', false, false],
    ['$"rm"', 'rm', false, false],
    ['$x', '$x', false, false],
    ['"a$x"', 'a$x', false, false],
    ["'$x'", '$x', true, false],
    ['`x`', '`x`', false, false],
    ['~/a', '~/a', false, false],
    ['HEAD~1', 'HEAD~1', true, false],
    ['*.ts', '*.ts', true, true],
    ["'*.ts'", '*.ts', true, false],
    ['\\*', '*', true, false],
    ['{a,b}', '{a,b}', true, true],
    ['{1..3}', '{1..3}', true, true],
    ['{}', '{}', true, false],
    ["'{a,b}'", '{a,b}', true, false],
    ["'open", 'open', false, false],
    ['"open', 'open', false, false],
    ['end\\', 'end', false, false],
  ];
  for (const [raw, text, literal, glob] of cases) {
    it(`reads ${JSON.stringify(raw)}`, () =>
      assert.deepEqual(unquoteBash(raw), { raw, text, literal, glob }));
  }

  it('gives back any text that was quoted, in both quote forms', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const single = `'${text.replaceAll("'", "'\\''")}'`;
        assert.deepEqual([unquoteBash(single).text, unquoteBash(single).literal], [text, true]);
        const double = `"${text.replace(/["\\$`]/g, '\\$&')}"`;
        assert.deepEqual([unquoteBash(double).text, unquoteBash(double).literal], [text, true]);
      }),
    );
  });
});

describe('readPosix', () => {
  const read = (line: string, shell: ShellName = 'bash'): string[][] | string => {
    const reading = readPosix(line, shell);
    return reading.ok
      ? reading.commands.map(({ words }) => words.map((word) => word.text))
      : reading.why;
  };

  it('reads sequences, pipelines, groups, conditions and loops word by word', () => {
    const cases: [string, string[][]][] = [
      [" git  log 'a b' # x\n", [['git', 'log', 'a b']]],
      ['a;b\nc & d', [['a'], ['b'], ['c'], ['d']]],
      ['a && b || ! c |& d', [['a'], ['b'], ['c'], ['d']]],
      ['a &&\n\n b', [['a'], ['b']]],
      ['{ a; b; } && (c; d)', [['a'], ['b'], ['c'], ['d']]],
      ['if a; then b; elif c; then d; else e; fi', [['a'], ['b'], ['c'], ['d'], ['e']]],
      ['while a; do b; done; for x in 1 2; do c; done', [['a'], ['b'], ['c']]],
      ['r\\\nm x', [['rm', 'x']]],
      ['a \\\n  b', [['a', 'b']]],
      ["cat <<'E' | wc -l\nx; y\nE\nb", [['cat'], ['wc', '-l'], ['b']]],
      ['a b=c "d\\"e" f\\ g', [['a', 'b=c', 'd"e', 'f g']]],
      [
        'echo {} a{b HEAD@{1} x#y a~b "$?"',
        [['echo', '{}', 'a{b', 'HEAD@{1}', 'x#y', 'a~b', '$?']],
      ],
      ['echo if then { }', [['echo', 'if', 'then', '{', '}']]],
      ["'if' x", [['if', 'x']]],
      ['', []],
    ];
    for (const [line, words] of cases) assert.deepEqual(read(line), words, line);
  });

  it('keeps folders behind cd, and what feeds a command', () => {
    const folders = (line: string) => {
      const reading = readPosix(line, 'bash');
      assert.ok(reading.ok, line);
      return reading.commands.map((command) => command.folders);
    };
    assert.deepEqual(folders('a && cd b && c && d'), [[''], [''], ['b'], ['b']]);
    assert.deepEqual(folders('cd b; c'), [[''], ['', 'b']]);
    assert.deepEqual(folders('cd b && c; d'), [[''], ['b'], ['b', '']]);
    assert.deepEqual(folders('cd b || c'), [[''], ['', 'b']]);
    assert.deepEqual(folders('(cd b && c); d'), [[''], ['b'], ['b', '']]);
    assert.deepEqual(folders('! cd b && c'), [[''], ['', 'b']]);
    assert.deepEqual(folders('cd /b && cd c && d'), [[''], ['/b'], ['/b/c']]);
    assert.deepEqual(folders('while a; do cd b; done; c'), [null, null, null]);
    const fed = readPosix("a | b; c <<'E'\nE\n(d; e) | { f; g; }", 'bash');
    assert.ok(fed.ok);
    assert.deepEqual(
      fed.commands.map((command) => command.fed === true),
      [false, true, true, false, false, true, true],
    );
  });

  for (const line of [
    'a $x',
    'a `b`',
    'a "$b"',
    "a 'b",
    'a\\',
    '~',
    'a x=~',
    "$'a'",
    'a <<x\nx',
    "a <<'x'",
    'a {fd}>x',
    'a 12>x',
    '(a',
    'a)',
    '{ a }',
    'a; }',
    'if a; then b',
    'case a in b) c;; esac',
    'f() { a; }',
    'function f { a; }',
    'a=(b)',
    'a+=b c',
    'a[1]=2',
    '((a))',
    '[[ a ]]',
    'a;;',
    '; a',
    'a | | b',
    'a &&',
    'a && ; b',
    'a <(b)',
    'a >(b)',
    'select x in a; do b; done',
    'coproc a',
    'for ((;;)); do a; done',
    'for x; do a; done',
    'a &! b',
    '{a,b}',
    'time { a; }',
    '(('.repeat(30),
  ]) {
    it(`refuses ${JSON.stringify(line)}`, () => assert.equal(typeof read(line), 'string'));
  }

  it('refuses what other shells read otherwise (I5)', () => {
    for (const line of ['a &> /dev/null', 'a <<< b', 'a |& b']) {
      assert.equal(typeof read(line, 'sh'), 'string', line);
      assert.equal(typeof read(line), 'object', line);
    }
    for (const line of [
      'a # b',
      '=a',
      'a b^c',
      'a *.c',
      'a(b)',
      '{ a; }',
      'if a; then b; fi',
      '- a',
      'repeat 3 a',
      "a 'b''c'",
    ]) {
      assert.equal(typeof read(line, 'zsh'), 'string', line);
    }
    assert.deepEqual(read("a 'b c' | d && e", 'zsh'), [['a', 'b c'], ['d'], ['e']]);
  });
});

describe('readPowershell and readCmd', () => {
  const names = (reading: {
    ok: boolean;
    commands?: readonly { words: readonly { text: string }[] }[];
  }) => reading.commands?.map(({ words }) => words.map((word) => word.text).join(' ')) ?? null;

  it('read plain lines of several commands', () => {
    assert.deepEqual(
      names(readPowershell("a 'b c' | d -X 1; e && f || g # h\ni --x='y z' > $null 2>&1")),
      ['a b c', 'd -X 1', 'e', 'f', 'g', 'i --x=y z'],
    );
    assert.deepEqual(names(readCmd('dir /b & a "b & c" && d || e | f > NUL 2>&1')), [
      'dir /b',
      'a b & c',
      'd',
      'e',
      'f',
    ]);
    assert.deepEqual(names(readCmd('echo a ^& b')), ['echo a & b']);
  });

  it('refuse everything else', () => {
    for (const line of [
      'a $b',
      'a `b',
      'a (b)',
      'a {b}',
      '& a',
      'a & b',
      '. a',
      '"a" b',
      'a > b',
      'a --% b',
      'a @b',
      'if a',
      'foreach a',
      '$a',
      'a |',
      '| a',
      'a && && b',
      'a "b"c',
      "a 'b\"c'",
      'a ‘b’',
      'a –b',
      '[a]::b',
      'a ~',
      "a 'b\\' c",
      '% a',
      'a; > $null',
      'a <# b #>',
    ]) {
      assert.equal(readPowershell(line).ok, false, line);
    }
    for (const line of [
      'a %b%',
      'a !b!',
      '(a)',
      '@a',
      'a > b',
      'a < b',
      'if a',
      'for a',
      'call a',
      'start a',
      '"a" b',
      'a,b',
      'a;b',
      'a\nb',
      'a ^& b',
      'echo a ^& b | c',
      'a "b"c',
      'a "b',
      'a "b\\" c',
      'a &',
      '& a',
      'echo.a',
      'a^b',
      'rem a',
      ':a',
      "a 'b'",
    ]) {
      assert.equal(readCmd(line).ok, false, line);
    }
  });
});

describe('createShellParser', () => {
  it('tells one simple command from anything more', async () => {
    for (const command of ['ls', 'ls -a "b c"', 'ls # x', 'ls >/dev/null', '\n ls \n']) {
      const parse = await parser.parse(command, 'bash');
      assert.deepEqual(
        [parse.ok, parse.compound, parse.commands.length],
        [true, false, 1],
        command,
      );
    }
    for (const command of [
      'ls; ls',
      'ls &',
      'ls;',
      '(ls)',
      '! ls',
      'a=1',
      'f() { ls; }',
      'ls\nls',
      'ls $(ls)',
      'if ls; then ls; fi',
      '',
    ]) {
      const parse = await parser.parse(command, 'bash');
      assert.ok(parse.compound || !parse.ok || parse.commands.length === 0, command);
    }
  });

  it('finds every command at any depth', async () => {
    assert.deepEqual(await programs('a | b && c || d; e & f'), ['a', 'b', 'c', 'd', 'e', 'f']);
    const nested = await programs(
      'if a; then b "$(c `d`)"; fi; for x in $(e); do f <(g); done; h() { i; }',
    );
    assert.deepEqual(nested.sort(), ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'i']);
    assert.ok((await programs('sh -c \'a; eval "b c"\'')).includes('b'));
    assert.deepEqual(await programs('r\\\nm x').then((names) => names.includes('rm')), true);
  });

  it('does not let the grammar join lines or swallow operands of redirections', async () => {
    assert.equal((await parser.parse('ls\n\\rm x', 'bash')).ok, false);
    assert.ok((await programs('ls\n\\rm x')).includes('rm'));
    const [command] = (await parser.parse('echo a > b c', 'bash')).commands;
    assert.deepEqual(
      command?.words.map((word) => word.text),
      ['echo', 'a', 'c'],
    );
    assert.equal(command?.redirects[0]?.target?.text, 'b');
  });

  it('keeps assignments and redirections', async () => {
    const [command] = (await parser.parse('A=1 B="x y" ls 2>&1 >out', 'bash')).commands;
    assert.deepEqual(
      command?.assignments.map((a) => [a.name, a.value.text]),
      [
        ['A', '1'],
        ['B', 'x y'],
      ],
    );
    assert.deepEqual(
      command?.redirects.map((r) => r.operator),
      ['>&', '>'],
    );
  });

  it('is not ok for unseen characters, errors, and text that is too long', async () => {
    for (const command of [
      'ls \u200b',
      'ls\r',
      'ls \u202ex',
      'ls "',
      'if ls',
      'ls )',
      `ls ${'a '.repeat(60_000)}`,
      'ls;'.repeat(2000),
    ]) {
      const parse = await parser.parse(command, 'bash');
      assert.equal(parse.ok, false, command.slice(0, 20));
      assert.ok(parse.problem);
      assert.ok(
        parse.commands.some((found) => found.words.some((word) => word.text.trim() === 'ls')),
      );
    }
  });

  it('is careful in zsh', async () => {
    for (const [command, ok] of [
      ['git status', true],
      ["ls 'a b'", true],
      ['ls # x', false],
      ['ls =ls', false],
      ['ls a^b', false],
      ['ls "a"', true],
      ['ls "a\\b"', false],
    ] as const) {
      assert.equal((await parser.parse(command, 'zsh')).certain, ok, command);
    }
  });

  it('says that no line is ok whose grammar is missing, and still finds commands', async () => {
    const parse = await createShellParser('/nowhere').parse('ls; rm x', 'bash');
    assert.equal(parse.ok, false);
    assert.deepEqual(
      parse.commands.map((command) => command.words[0]?.text),
      ['ls', 'rm'],
    );
  });

  it('never throws, on any text in any shell', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(
          fc.constantFrom(
            '$(',
            ')',
            '`',
            '"',
            "'",
            '<<A',
            '\n',
            '\\',
            ' ',
            'rm',
            '((',
            '{',
            '}',
            '&',
            '|',
            '#',
            '<#',
            '@"',
            '[[',
          ),
          { maxLength: 30 },
        )
        .map((parts) => parts.join('')),
    );
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.constantFrom('bash', 'sh', 'zsh', 'powershell', 'cmd'),
        async (command, shell) => {
          const parse = await parser.parse(command, shell);
          assert.ok(Array.isArray(parse.commands));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('answers a megabyte in bounded time and still finds the last command', async function () {
    this.timeout(30_000);
    for (const filler of ['a;', "'a' ", '\\\n', '(', '<#', '$(', 'a\n']) {
      for (const shell of ['bash', 'powershell', 'cmd'] as const) {
        const command = `${filler.repeat(1_000_000 / filler.length)} ;rm x`;
        const started = performance.now();
        const names = await programs(command, shell);
        // Far above the budget, which the benchmark measures: this catches what grows faster than the text.
        assert.ok(performance.now() - started < 5000, `${filler} in ${shell}`);
        assert.ok(names.includes('rm'), `${filler} in ${shell}`);
      }
    }
  });
});
