// One policy decision on many rules with a parser that is warm, and the largest command.
import path from 'node:path';
import { decide } from '../../src/core/policy/decide.ts';
import { parseRules } from '../../src/core/policy/rules.ts';
import { compileGlob } from '../../src/node/globs.ts';
import { createShellParser } from '../../src/node/shell/parser.ts';
import type { ResolvedPath } from '../../src/core/ports/workspace.ts';
import type { PolicySubject, RuleSet } from '../../src/core/policy/types.ts';
import { cpuTime, median } from './measure.ts';
import type { Row } from './rows.ts';

const RULES = 1000;
const BATCH = 200;
const MEGABYTE = 1024 * 1024;

/** A third each of allow, ask and deny rules for commands and paths, most of which do not match. */
function manyRules(): RuleSet {
  const list = (kind: string, pattern: (n: number) => string): string[] =>
    Array.from({ length: RULES / 4 }, (_, n) => pattern(n).replace('KIND', kind));
  const user = {
    allow: [
      ...list('allow', (n) => `shell(tool${n} sub${n % 7} *)`),
      ...list('allow', (n) => `edit(src/KIND${n}/**)`),
    ],
    ask: list('ask', (n) => `shell(KIND${n} --force *)`),
    deny: list('deny', (n) => `read(KIND${n}/**/*.key)`),
  };
  return parseRules({ user, workspace: null }, compileGlob);
}

function place(relative: string): ResolvedPath {
  const lexical = path.posix.join('/workspace', relative);
  const about = { exists: true, isDirectory: false, special: false, links: 1 };
  return {
    input: relative,
    lexical,
    real: lexical,
    relLexical: relative,
    relReal: relative,
    ...about,
  };
}

export async function measurePolicy(rounds: number): Promise<Row[]> {
  const parser = createShellParser(path.resolve(import.meta.dirname, '../../dist/wasm'));
  const rules = manyRules();
  const commands = ['npm test -- --grep saver', 'tool249 sub4 --verbose out.txt', 'git status'];
  const edit = {
    group: 'edit',
    tool: 'edit_file',
    op: 'edit',
    paths: [place('src/allow249/a.ts')],
  };
  const all = async (): Promise<number> => {
    const start = cpuTime();
    for (let n = 0; n < BATCH; n += 1) {
      for (const command of commands) {
        const parse = await parser.parse(command, 'bash');
        decide(shell(parse), rules, { mode: 'default' });
      }
      decide(edit as PolicySubject, rules, { mode: 'default' });
    }
    return ((cpuTime() - start) / (BATCH * (commands.length + 1))) * 1000;
  };
  await all();
  const times: number[] = [];
  for (let n = 0; n < rounds; n += 1) times.push(await all());
  const large = `echo ${'word '.repeat(MEGABYTE / 5)}`.slice(0, MEGABYTE);
  const start = performance.now();
  decide(shell(await parser.parse(large, 'bash')), rules, { mode: 'default' });
  const took = performance.now() - start;
  const each = median(times);
  return [
    {
      ...{ what: `policy, one call on ${RULES} rules`, value: each, unit: 'µs', budget: '<= 50' },
      ...{ ok: each <= 50, note: 'parse and decide, processor time; three commands and an edit' },
    },
    {
      ...{ what: 'policy, a command of 1 MB', value: took, unit: 'ms', budget: '<= 200' },
      ...{ ok: took <= 200, note: 'once' },
    },
  ];
}

function shell(parse: Extract<PolicySubject, { group: 'shell' }>['parse']): PolicySubject {
  const cwd = { ...place('.'), isDirectory: true };
  const git = { settings: [], problems: [] };
  return { group: 'shell', tool: 'run_command', shell: 'bash', cwd, parse, operands: [], git };
}
