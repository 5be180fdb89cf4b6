// The table of paths through `policy check`: nothing that must stop is allowed, nothing denied is lost, little is asked.
import assert from 'node:assert/strict';
import { checkPolicyLine } from '../../../../src/node/policyCheck.ts';
import { ADVERSARIAL, BENIGN, type TableCase } from './pathTable.ts';
import { parser } from './support.ts';

async function verdictOf(found: TableCase, reverse = false): Promise<string> {
  const { allow = [], ask = [], deny = [], op = 'edit', root = '/ws', platform = 'any' } = found;
  const order = (list: readonly string[]): string[] => (reverse ? [...list].reverse() : [...list]);
  const rules = { allow: order(allow), ask: order(ask), deny: order(deny) };
  const { path, setup } = found;
  const line = JSON.stringify({ id: path, op, path, root, platform, rules, setup });
  const none = { rules: [], problems: [], blocksAllow: false };
  // A folder that holds nothing: what the machine has must not count.
  const options = { workspace: '/nonexistent/empty', parser, rules: none };
  return (await checkPolicyLine(line, 1, options)).verdict;
}

function shown({ class: name, op = 'edit', path, accept }: TableCase, verdict: string): string {
  return `${name}: ${op} ${JSON.stringify(path)} is ${verdict}, not ${accept.join(' or ')}`;
}

describe('the table of paths', () => {
  it('is large enough', () => {
    assert.ok(ADVERSARIAL.length >= 120 && BENIGN.length >= 80);
  });

  it('stops every hostile one, and loses no deny', async () => {
    const wrong: string[] = [];
    for (const found of ADVERSARIAL) {
      for (const reverse of [false, true]) {
        const verdict = await verdictOf(found, reverse);
        if (!found.accept.some((one) => one === verdict)) wrong.push(shown(found, verdict));
      }
    }
    assert.deepEqual(wrong, []);
  });

  it('asks about no more than 3 % of ordinary ones', async () => {
    const asked: string[] = [];
    for (const found of BENIGN) {
      const verdict = await verdictOf(found);
      if (verdict !== 'allow') asked.push(shown(found, verdict));
    }
    process.stdout.write(`      asked: ${String(asked.length)} of ${String(BENIGN.length)}\n`);
    assert.ok(asked.length <= BENIGN.length * 0.03, asked.join('\n'));
  });
});
