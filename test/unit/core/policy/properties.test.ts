// Properties: stricter rules never loosen, decide is total, dressing up a denied command never gets it allowed.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decide } from '../../../../src/core/policy/decide.ts';
import { runsOr } from '../../../fakes/runs.ts';
import type { PolicySubject, RuleSet } from '../../../../src/core/policy/types.ts';
import { decideCommand, file, rulesOf } from './support.ts';

const RUNS = runsOr(1500);
const STRICTNESS = { allow: 0, ask: 1, deny: 2 };
const MODES = ['plan', 'default', 'acceptEdits', 'dontAsk', 'bypass'] as const;
const word = fc.constantFrom(
  'ls',
  'git',
  'rm',
  'status',
  '-l',
  '*',
  'a.ts',
  'src/a.ts',
  'r*',
  '$x',
  "'q'",
  '&&',
  '|',
  '>',
  '(',
  '"',
  'env',
  '\\',
  '\u200b',
  '.env',
);
const command = fc.oneof(
  fc.array(word, { maxLength: 6 }).map((words) => words.join(' ')),
  fc.string(),
);
const rule = fc.oneof(
  fc
    .array(fc.constantFrom('ls', 'git', 'rm', '*', 'status', 'a*'), { minLength: 1, maxLength: 3 })
    .map((w) => `shell(${w.join(' ')})`),
  fc.constantFrom(
    'edit(**)',
    'edit(src/**)',
    'read(**)',
    'edit(*)',
    'read',
    'shell',
    'edit',
    'edit(.env)',
    'nonsense(',
  ),
);
const path = fc.oneof(
  fc.constantFrom('a.ts', 'src/a.ts', '.env', '.git/x', 'package.json', '/etc/x', ''),
  fc.string(),
);

const situation = fc.record({
  line: command,
  name: path,
  allow: fc.array(rule),
  extra: rule,
  kind: fc.constantFrom('ask', 'deny'),
  mode: fc.constantFrom(...MODES),
});

describe('policy properties', function () {
  this.timeout(0);

  it('adding a deny or ask rule never loosens (H5, I2)', async () => {
    await fc.assert(
      fc.asyncProperty(situation, async ({ line, name, allow, extra, kind, mode }) => {
        const before = rulesOf({ allow });
        const after = rulesOf({ allow, [kind]: [extra] });
        const shell = [
          await decideCommand(line, before, { mode }),
          await decideCommand(line, after, { mode }),
        ];
        const subject: PolicySubject = {
          group: 'edit',
          tool: 'edit_file',
          op: 'edit',
          paths: [file(name)],
        };
        const edit = [before, after].map((rules) => decide(subject, rules, { mode }));
        for (const [a, b] of [shell, edit]) {
          assert.ok(a && b);
          // In dontAsk an explicit ask rule is a question where there was a refusal; it still runs nothing by itself.
          if (mode === 'dontAsk' && kind === 'ask' && a.verdict === 'deny')
            assert.notEqual(b.verdict, 'allow');
          else
            assert.ok(STRICTNESS[b.verdict] >= STRICTNESS[a.verdict], `${a.reason} | ${b.reason}`);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('never throws, on subjects of any shape (I2)', () => {
    const rules = rulesOf({ allow: ['shell(*)', 'edit(**)'], deny: ['shell(rm *)'] });
    fc.assert(
      fc.property(
        fc.anything(),
        fc.constantFrom('read', 'edit', 'shell', 'none', 'other'),
        (junk, group) => {
          const subject = {
            group,
            tool: 'x',
            path: junk,
            paths: [junk],
            parse: junk,
            cwd: junk,
            shell: 'bash',
          };
          const decided = decide(subject as unknown as PolicySubject, rules, { mode: 'bypass' });
          assert.notEqual(decided?.verdict, 'allow');
        },
      ),
      { numRuns: RUNS },
    );
    assert.equal(
      decide({ group: 'none', tool: 'ask_user' }, null as unknown as RuleSet, { mode: 'default' })
        .verdict,
      'ask',
    );
  });

  const dress = fc.constantFrom<(line: string) => string>(
    (line) => `env ${line}`,
    (line) => `timeout 5 ${line}`,
    (line) => `A=1 ${line}`,
    (line) => `ls; ${line}`,
    (line) => `(${line})`,
    (line) => `echo $(${line})`,
    (line) => `if true; then ${line}; fi`,
    (line) => `nice -n 3 ${line}`,
    (line) => `${line} > /dev/null`,
    (line) => `  ${line}  `,
    (line) => `{ ${line}; }`,
    (line) => `command ${line}`,
    (line) => `ls\n${line}`,
    (line) => `! ${line}`,
    (line) => `${line} # x`,
    (line) => `ls && ${line} || ls`,
  );
  const names = fc.constantFrom('rm', "'rm'", '"r"m', 'r\\m', '/bin/rm', "$'rm'", '\\rm');

  it('dressing up a denied command never loses the deny', async () => {
    const rules = rulesOf({
      allow: ['shell(ls *)', 'shell(echo *)', 'shell(env *)', 'shell(timeout *)', 'shell(*)'],
      deny: ['shell(rm *)'],
    });
    await fc.assert(
      fc.asyncProperty(names, fc.array(dress, { maxLength: 4 }), async (name, dresses) => {
        const line = dresses.reduce(
          (inner, wrap) => (inner.includes('#') ? inner : wrap(inner)),
          `${name} -rf x`,
        );
        const decided = await decideCommand(line, rules);
        // A wrapper before a group or an assignment is no longer the same command to the shell; it must still not run unasked.
        const sound = !/(?:env|timeout 5|nice -n 3|command|A=1) +(?:\(|\{|if |! |A=)/.test(line);
        if (sound) assert.equal(decided.verdict, 'deny', line);
        else assert.notEqual(decided.verdict, 'allow', line);
      }),
      { numRuns: RUNS },
    );
  });
});
