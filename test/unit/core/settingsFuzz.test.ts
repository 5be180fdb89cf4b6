// Settings of any JSON, in both layers: reading them is total, and whatever a workspace says widens nothing.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decide } from '../../../src/core/policy/decide.ts';
import { describeProblem } from '../../../src/core/policy/rules.ts';
import { rulesOfSettings } from '../../../src/core/policy/layers.ts';
import { parseSettings, RULE_KEYS, SETTINGS } from '../../../src/core/settings.ts';
import { compileGlob } from '../../../src/node/globs.ts';
import { hostile, prototypesAreClean } from '../../fakes/hostileJson.ts';
import { runsOr } from '../../fakes/runs.ts';
import { file, shellSubject } from './policy/support.ts';
import type { PolicySubject } from '../../../src/core/policy/types.ts';
import type { SettingsLayers } from '../../../src/core/ports/settings.ts';

const STRICTNESS = { allow: 0, ask: 1, deny: 2 };
const KEYS = [
  ...Object.keys(SETTINGS),
  ...Object.values(RULE_KEYS),
  ...['countersign.approval.denny', 'countersign', 'approval.allow', '__proto__', 'constructor'],
];
const NOW = Date.parse('2026-06-01T00:00:00Z');

const rule = fc.constantFrom(
  ...['shell(ls *)', 'shell(*)', 'shell', 'edit(**)', 'edit', 'read(**)', 'read', 'edit(.env)'],
  ...['shell(rm *)', '*', 'broken(', 'shell(', 'mcp', 'fetch(https://x/*)'],
);
const entry = fc.oneof(
  { weight: 4, arbitrary: rule },
  {
    weight: 2,
    arbitrary: fc.record(
      {
        rule: fc.oneof(rule, hostile),
        match: fc.oneof(fc.array(fc.string(), { maxLength: 2 }), hostile),
        expires: fc.oneof(fc.constantFrom('2030-01-01', '2000-01-01', 'soon'), hostile),
        comment: hostile,
      },
      { requiredKeys: [] },
    ),
  },
  { weight: 1, arbitrary: hostile },
);
const value = fc.oneof(
  { weight: 4, arbitrary: fc.array(entry, { maxLength: 4 }) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<unknown>(
      ...['plan', 'default', 'acceptEdits', 'dontAsk', 'bypass', 'openai', 'scripted', 'off'],
      ...['endpoint', 'redact', 'warn', 'block', '2030-12-31T18:00:00Z', 'https://evil.example'],
      ...[true, false, 0, 1, 99, null],
    ),
  },
  { weight: 1, arbitrary: hostile },
);
/** Own members, as JSON.parse makes them, whatever they are called. */
const layer = fc
  .array(fc.tuple(fc.constantFrom(...KEYS), value), { maxLength: 6 })
  .map((entries) => Object.fromEntries(entries));
const layers = fc.record({ user: layer, workspace: layer, trusted: fc.boolean() });

describe('fuzzing of settings', function () {
  this.timeout(0);
  const edits = ['a.ts', '.env', '.git/config', 'package.json', '/out/x'].map(
    (name): PolicySubject => ({
      ...{ group: 'edit', tool: 'edit_file', op: 'edit' },
      paths: [file(name)],
    }),
  );
  const reads = ['a.ts', '.env', '/etc/passwd'].map((name): PolicySubject => ({
    group: 'read',
    tool: 'read_file',
    path: file(name),
  }));
  let subjects: PolicySubject[] = [];

  before(async () => {
    const lines = ['ls', 'rm -rf x', 'npm test', 'ls; rm x', 'git status', 'cat .env', 'echo $(x)'];
    const commands = await Promise.all(lines.map((line) => shellSubject(line)));
    const named = ['fetch', 'mcp', 'task', 'skill'] as const;
    const others = named.map((group): PolicySubject => ({ group, tool: 'x', target: 'x/y' }));
    subjects = [...edits, ...reads, ...commands, ...others, { group: 'none', tool: 'ask_user' }];
  });

  it('reading them is total: a value of the right kind for each, a sentence for what is wrong', () => {
    fc.assert(
      fc.property(layers, (given) => {
        const { values, problems } = parseSettings(given, NOW);
        for (const [name, spec] of Object.entries(SETTINGS)) {
          assert.ok(spec.schema.safeParse(values[name as keyof typeof values]).success, name);
        }
        const rules = rulesOfSettings(given, compileGlob, NOW);
        for (const text of [...problems, ...rules.problems.map(describeProblem)]) {
          assert.ok(text.length > 10, text);
        }
        assert.ok(prototypesAreClean());
      }),
      { numRuns: runsOr(1000) },
    );
  });

  it('nothing of a workspace widens: no setting of the user’s own, no mode, no verdict (I4, I14)', () => {
    let stricter = 0;
    fc.assert(
      fc.property(layers, (given: SettingsLayers) => {
        const alone = { ...given, workspace: {} };
        const [own, all] = [parseSettings(alone, NOW).values, parseSettings(given, NOW).values];
        for (const [name, spec] of Object.entries(SETTINGS)) {
          const key = name as keyof typeof own;
          if (spec.scope !== 'resource') assert.deepEqual(all[key], own[key], name);
        }
        const modes = ['plan', 'dontAsk', 'default', 'acceptEdits', 'bypass'];
        const mode = 'countersign.approval.mode';
        assert.ok(modes.indexOf(all[mode]) <= modes.indexOf(own[mode]), all[mode]);
        const before = rulesOfSettings(alone, compileGlob, NOW);
        const after = rulesOfSettings(given, compileGlob, NOW);
        assert.equal(after.approvalsOff, before.approvalsOff);
        if (before.noBypass) assert.ok(after.noBypass);
        for (const subject of subjects) {
          const one = decide(subject, before, { mode: own[mode] });
          const two = decide(subject, after, { mode: all[mode] });
          if (two.verdict !== one.verdict) stricter += 1;
          // In dontAsk an ask rule of the workspace is a question where there was a refusal; nothing runs by it.
          if (one.verdict === 'deny' && two.verdict === 'ask') continue;
          assert.ok(STRICTNESS[two.verdict] >= STRICTNESS[one.verdict], two.reason);
        }
      }),
      { numRuns: runsOr(600) },
    );
    assert.ok(stricter > 0, 'the workspace said nothing');
  });
});
