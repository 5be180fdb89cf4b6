// Properties of rules and paths: reading is total and points inside the text, no spelling gets past a protected name, and a
// stricter rule never loosens.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decide } from '../../../../src/core/policy/decide.ts';
import { parseRules } from '../../../../src/core/policy/rules.ts';
import { readRuleText } from '../../../../src/core/policy/ruleText.ts';
import type { ResolvedPath } from '../../../../src/core/ports/workspace.ts';
import { compileGlob } from '../../../../src/node/globs.ts';
import { checkPolicyLine } from '../../../../src/node/policyCheck.ts';
import { runsOr } from '../../../fakes/runs.ts';
import { file, parser, rulesOf } from './support.ts';

const numRuns = runsOr(2000);
const STRICTNESS = { allow: 0, ask: 1, deny: 2 };
const MODES = ['plan', 'default', 'acceptEdits', 'dontAsk', 'bypass'] as const;

const name = fc.constantFrom(
  'shell',
  'edit',
  'read',
  'mcp',
  'Bash',
  'ask_user',
  'delete_file',
  '',
  '__proto__',
);
const patternPart = fc.constantFrom(
  'src',
  '/',
  '**',
  '*',
  '?',
  '..',
  '.',
  '{a,b}',
  '[',
  '\\',
  '(',
  ')',
  ' ',
  '~',
  '"',
  '&&',
  '\u202e',
  '\ud800',
  'é',
  '.env',
);
const ruleText = fc.oneof(
  fc
    .tuple(name, fc.array(patternPart, { maxLength: 8 }))
    .map(([tool, parts]) => `${tool}(${parts.join('')})`),
  fc.string(),
  fc.string({ unit: 'binary' }),
  name,
);
const entry = fc.oneof(
  ruleText,
  fc.record(
    {
      rule: fc.oneof(ruleText, fc.jsonValue()),
      match: fc.oneof(
        fc.array(fc.oneof(fc.string(), fc.jsonValue()), { maxLength: 3 }),
        fc.jsonValue(),
      ),
      notMatch: fc.array(fc.string(), { maxLength: 2 }),
      expires: fc.oneof(
        fc.constantFrom('2030-01-01', '2000-01-01T00:00:00Z', '1d'),
        fc.jsonValue(),
      ),
      comment: fc.oneof(fc.string(), fc.jsonValue()),
      other: fc.jsonValue(),
    },
    { requiredKeys: [] },
  ),
  fc.jsonValue(),
);
const list = fc.oneof(fc.array(entry, { maxLength: 4 }), fc.jsonValue());

describe('properties of rule lists', function () {
  this.timeout(0);

  it('reading is total: every entry is a rule or a problem, and a broken deny or ask blocks', () => {
    fc.assert(
      fc.property(list, list, list, (allow, ask, deny) => {
        const read = parseRules(
          { user: { allow, ask, deny }, workspace: null, now: 1 },
          compileGlob,
        );
        for (const [kind, value] of Object.entries({ allow, ask, deny })) {
          const key = `countersign.approval.${kind}`;
          const places = new Set([
            ...read.rules.filter((rule) => rule.kind === kind).map((rule) => rule.place.index),
            ...(read.unchecked ?? [])
              .filter((rule) => rule.kind === kind)
              .map((rule) => rule.place.index),
            ...read.problems.filter((problem) => problem.key === key).map(({ index }) => index),
          ]);
          if (Array.isArray(value)) value.forEach((_, index) => assert.ok(places.has(index)));
          else if (value !== null) assert.ok(places.has(-1));
        }
        const broken = read.problems.some(
          (p) => p.severity === 'error' && !p.key.endsWith('.allow'),
        );
        assert.equal(read.blocksAllow, broken);
        for (const problem of read.problems) {
          assert.ok(problem.message.length > 10 && problem.message.length < 8000);
          assert.equal(problem.at[0] ?? -1, problem.index);
        }
      }),
      { numRuns },
    );
  });

  it('what is wrong stands inside the text', () => {
    fc.assert(
      fc.property(ruleText, fc.constantFrom('allow', 'ask', 'deny'), (text, kind) => {
        const { matcher, problems } = readRuleText(text, kind, compileGlob);
        assert.ok(matcher !== null || problems.some(({ severity }) => severity === 'error'));
        for (const { from, to } of problems) {
          assert.ok(
            from >= 0 && from <= to && to <= Math.max(text.length, 1),
            `${text}: ${from}-${to}`,
          );
          if (text.trim() !== '') assert.ok(from < to, text);
        }
      }),
      { numRuns },
    );
  });
});

/** Ways to write the same name that some file system takes for the same. */
const respell = fc.constantFrom<(segment: string) => string>(
  (s) => s,
  (s) => s.toUpperCase(),
  (s) => [...s].map((c, i) => (i % 2 ? c.toUpperCase() : c)).join(''),
  (s) => `${s}.`,
  (s) => `${s} `,
  (s) => `${s}. .`,
  (s) => `${s}::$DATA`,
  (s) => `${s.slice(0, 2)}\u200c${s.slice(2)}`,
  (s) => `\ufeff${s}`,
  (s) => s.normalize('NFD'),
  (s) => s.replace(/[a-z]/, (c) => String.fromCodePoint(0xff41 + c.charCodeAt(0) - 97)),
  (s) => s.replace('s', '\u017f').replace('k', '\u212a'),
);
const around = fc.constantFrom<(path: string) => string>(
  (p) => p,
  (p) => `./${p}`,
  (p) => `src/../${p}`,
  (p) => `src/x/.././../${p}`,
  (p) => `.//${p}`,
  (p) => `/ws/${p}`,
  (p) => `/ws/../ws/${p}`,
  (p) => p.replaceAll('/', '//'),
  (p) => p.replaceAll('/', '/./'),
  (p) => `packages/deep/${p}`,
);
const protectedPath = fc.constantFrom(
  ['.git', 'config'],
  ['.git', 'hooks', 'pre-commit'],
  ['.countersign', 'x'],
  ['.vscode', 'settings.json'],
  ['package.json'],
  ['.env'],
  ['.github', 'workflows', 'ci.yml'],
  ['Makefile'],
  ['.claude', 'settings.json'],
  ['.npmrc'],
  ['.ssh', 'id_rsa'],
  ['.husky', 'pre-push'],
);

describe('properties of paths', function () {
  this.timeout(0);
  const none = { rules: [], problems: [], blocksAllow: false };
  const options = { workspace: '/nonexistent/empty', parser, rules: none };

  it('no spelling of a protected name is allowed by a wildcard, in any mode', async () => {
    const all = [
      'edit(**)',
      'edit(*)',
      'edit(**/*)',
      'edit(.*/**)',
      'edit',
      'edit_file',
      'edit(?*/**)',
    ];
    const given = fc.record({
      segments: protectedPath,
      respell: fc.array(respell, { minLength: 3, maxLength: 3 }),
      wrap: around,
      allow: fc.subarray(all),
      mode: fc.constantFrom(...MODES),
      platform: fc.constantFrom('linux', 'darwin', 'win32'),
    });
    await fc.assert(
      fc.asyncProperty(given, async ({ segments, respell: ways, wrap, allow, mode, platform }) => {
        const spelled = segments.map((segment, i) => ways[i]?.(segment) ?? segment).join('/');
        const path = wrap(spelled);
        const line = JSON.stringify({
          id: 1,
          op: 'edit',
          path,
          root: '/ws',
          platform,
          mode,
          rules: { allow },
        });
        const { verdict, reason } = await checkPolicyLine(line, 1, options);
        assert.notEqual(verdict, 'allow', `${path}: ${reason}`);
        if (segments[0] === '.git' || segments[0] === '.countersign')
          assert.equal(verdict, 'deny', path);
      }),
      { numRuns },
    );
  });

  const segment = fc.constantFrom(
    'src',
    'lib',
    'a.ts',
    '.env',
    '.git',
    'package.json',
    'x',
    'SRC',
    'é',
  );
  const inside = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
  const anyPath: fc.Arbitrary<ResolvedPath> = fc
    .record({
      path: inside,
      target: fc.option(fc.oneof(inside, fc.constant('/out/x')), { nil: undefined }),
      links: fc.constantFrom(1, 2),
      isDirectory: fc.boolean(),
      exists: fc.boolean(),
    })
    .map(({ path, target, ...rest }) =>
      file(path, { ...rest, ...(target !== undefined && { target }) }),
    );
  const pattern = fc.oneof(
    fc
      .array(fc.constantFrom('src', 'lib', '*', '**', 'a.ts', '.env', '?', 'SRC', '*.ts'), {
        minLength: 1,
        maxLength: 3,
      })
      .map((parts) => `(${parts.join('/')})`),
    fc.constant(''),
  );
  const rule = fc
    .tuple(fc.constantFrom('edit', 'read', 'edit_file', 'move_file'), pattern)
    .map(([tool, text]) => `${tool}${text}`);
  const stricter = fc.oneof(
    rule,
    rule.map((text) => ({ rule: text, expires: '2000-01-01', comment: 'x' })),
    fc.constant('broken('),
  );

  it('a stricter rule never loosens, and a matching deny is never lost', () => {
    const given = fc.record({
      paths: fc.array(anyPath, { minLength: 1, maxLength: 2 }),
      op: fc.constantFrom('edit', 'delete', 'rename'),
      read: fc.boolean(),
      allow: fc.array(rule),
      extra: stricter,
      kind: fc.constantFrom('ask', 'deny'),
      mode: fc.constantFrom(...MODES),
    });
    fc.assert(
      fc.property(given, ({ paths, op, read, allow, extra, kind, mode }) => {
        const [first] = paths;
        assert.ok(first);
        const subject = read
          ? ({ group: 'read', tool: 'read_file', path: first } as const)
          : ({ group: 'edit', tool: 'edit_file', op, paths } as const);
        const before = decide(subject, rulesOf({ allow }), { mode });
        const after = decide(subject, rulesOf({ allow, [kind]: [extra] }), { mode });
        // In dontAsk a matching ask rule is a question where there was a refusal; it still runs nothing by itself.
        const asksAfterAll = mode === 'dontAsk' && kind === 'ask' && before.verdict === 'deny';
        if (asksAfterAll) assert.notEqual(after.verdict, 'allow');
        else assert.ok(STRICTNESS[after.verdict] >= STRICTNESS[before.verdict]);
        const denied = decide(subject, rulesOf({ allow, deny: [read ? 'read(**)' : 'edit(**)'] }), {
          mode,
        });
        assert.equal(denied.verdict, 'deny');
      }),
      { numRuns },
    );
  });
});
