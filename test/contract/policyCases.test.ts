// The shared policy cases, when they lie beside the repository: no false allow, no lost deny, hardly any needless question,
// twice and in any rule order.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { checkPolicyLine } from '../../src/node/policyCheck.ts';
import { createShellParser } from '../../src/node/shell/parser.ts';

const FOLDER = fileURLToPath(new URL('../../../shared/cases/', import.meta.url));
const WASM_DIR = fileURLToPath(
  new URL('../../node_modules/@vscode/tree-sitter-wasm/wasm', import.meta.url),
);
const FOLDERS = ['packages/web', 'src', 'sub', 'evil', 'dir with space'];
/** The share of ordinary core cases that may be asked about. */
const MAX_ASKED = 0.03;
const Case = z.looseObject({
  id: z.string(),
  kind: z.string(),
  class: z.string(),
  stretch: z.boolean().optional(),
  accept: z.array(z.string()),
  rules: z.record(z.string(), z.array(z.string())),
});
type Case = z.infer<typeof Case>;

const STRETCH = ' (stretch)';

interface Counts {
  benign: number;
  asked: number;
}

describe('the shared policy cases', function () {
  this.timeout(60_000);
  let workspace = '';
  const parser = createShellParser(WASM_DIR);
  before(async function () {
    if (!existsSync(FOLDER)) {
      process.stdout.write('      skipped: no ../shared/cases beside the repository\n');
      this.skip();
    }
    workspace = await mkdtemp(join(tmpdir(), 'policy-cases-'));
    // What the cases' own folder holds, as far as `cd` looks at it.
    for (const folder of FOLDERS) await mkdir(join(workspace, folder), { recursive: true });
    await symlink(tmpdir(), join(workspace, 'link-out'));
  });
  after(async () => {
    if (workspace !== '') await rm(workspace, { recursive: true, force: true });
  });

  it('0 false allows where none of the folders and links is there', async () => {
    const empty = join(workspace, 'empty');
    await mkdir(empty);
    const rules = { rules: [], problems: [], blocksAllow: false };
    const wrong: string[] = [];
    for (const found of readCases(join(FOLDER, 'shell.jsonl'))) {
      const line = JSON.stringify(found);
      const { verdict } = await checkPolicyLine(line, 1, { workspace: empty, parser, rules });
      if (verdict === 'allow' && !found.accept.includes(verdict)) wrong.push(found.id);
    }
    assert.deepEqual(wrong, []);
  });

  for (const name of ['path.jsonl', 'shell.jsonl']) {
    it(`${name}: 0 false allows, 0 lost denies`, async () => {
      const wrong: string[] = [];
      const asked = new Map<string, Counts>();
      for (const found of readCases(join(FOLDER, name))) {
        const verdicts = new Set<string>();
        for (const rules of [found.rules, found.rules, reversed(found.rules)]) {
          const line = JSON.stringify({ ...found, rules });
          const answer = await checkPolicyLine(line, 1, {
            workspace,
            parser,
            rules: { rules: [], problems: [], blocksAllow: false },
          });
          assert.equal(answer.id, found.id);
          verdicts.add(answer.verdict);
        }
        const [verdict = ''] = verdicts;
        if (verdicts.size !== 1) wrong.push(`${found.id} changes with the order of rules`);
        count(asked, found, verdict);
        if (found.accept.includes(verdict)) continue;
        if (verdict === 'allow') wrong.push(`${found.id} false allow`);
        if (found.accept.join() === 'deny') wrong.push(`${found.id} lost deny`);
        if (verdict === 'deny') wrong.push(`${found.id} denied for no reason`);
      }
      for (const [key, { benign, asked: over }] of asked) {
        process.stdout.write(`      over-ask ${key}: ${String(over)} of ${String(benign)}\n`);
      }
      assert.deepEqual(wrong, []);
      const core = [...asked].filter(([key]) => !key.endsWith(STRETCH)).map(([, counts]) => counts);
      const total = (pick: (one: Counts) => number): number =>
        core.reduce((sum, one) => sum + pick(one), 0);
      const needless = total((one) => one.asked);
      assert.ok(
        needless <= MAX_ASKED * total((one) => one.benign),
        `${String(needless)} asked about`,
      );
    });
  }
});

function readCases(path: string): Case[] {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => Case.parse(JSON.parse(line)));
}

function reversed(rules: Case['rules']): Case['rules'] {
  return Object.fromEntries(
    Object.entries(rules).map(([kind, list]) => [kind, [...list].reverse()]),
  );
}

function count(asked: Map<string, Counts>, found: Case, verdict: string): void {
  if (found.kind !== 'benign') return;
  const key = found.class + (found.stretch === true ? STRETCH : '');
  const entry = asked.get(key) ?? { benign: 0, asked: 0 };
  entry.benign += 1;
  if (verdict !== 'allow') entry.asked += 1;
  asked.set(key, entry);
}
