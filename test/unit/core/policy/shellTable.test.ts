// The table of command lines: nothing hostile is allowed, nothing denied is lost, ordinary work is not asked about.
import assert from 'node:assert/strict';
import { decideCommand, rulesOf } from './support.ts';
import { DENIED } from './table/denied.ts';
import { HOSTILE } from './table/hostile.ts';
import { USUAL, type Line } from './table/lines.ts';
import { ORDINARY } from './table/ordinary.ts';
import type { RuleSet } from '../../../../src/core/policy/types.ts';

const LINKS = { 'link-out': '/tmp', 'link-out/x': '/tmp/x', 'src/../link-out': '/tmp' };
const FOLDERS = ['src', 'src/', './src', 'src/web', '.git', '.git/hooks', '.'];

const shellRules = (list: string): string[] => list.split('|').map((rule) => `shell(${rule})`);
const memo = new Map<string, RuleSet>();

function rulesFor(line: Line): RuleSet {
  const extra = line.allow.map((rule) => `shell(${rule})`);
  const windows =
    line.shell === 'powershell'
      ? ['shell(Remove-Item *)']
      : line.shell === 'cmd'
        ? ['shell(del *)', 'shell(rd *)']
        : [];
  const key = [...extra, '', ...windows].join();
  const known =
    memo.get(key) ??
    rulesOf({
      allow: [...shellRules(USUAL.allow), ...extra],
      deny: [...shellRules(USUAL.deny), ...windows],
      ask: extra.includes('shell(git *)') ? [] : shellRules(USUAL.ask),
    });
  memo.set(key, known);
  return known;
}

async function verdicts(lines: readonly Line[], accept: readonly string[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const line of lines) {
    const decided = await decideCommand(line.command, rulesFor(line), {
      shell: line.shell,
      links: LINKS,
      folders: FOLDERS,
    });
    if (!accept.includes(decided.verdict)) {
      wrong.push(
        `${line.group} ${line.shell} ${JSON.stringify(line.command.slice(0, 100))}: ${decided.verdict}, ${decided.reason}`,
      );
    }
  }
  return wrong;
}

describe('the table of command lines', function () {
  this.timeout(60_000);

  it(`allows none of ${String(HOSTILE.length)} hostile lines`, async () => {
    assert.deepEqual(await verdicts(HOSTILE, ['ask', 'deny']), []);
  });

  it(`denies each of ${String(DENIED.length)} dressed lines`, async () => {
    assert.deepEqual(await verdicts(DENIED, ['deny']), []);
  });

  for (const shell of ['bash', 'sh', 'zsh', 'powershell', 'cmd'] as const) {
    it(`asks about no ordinary line of ${shell}`, async () => {
      const lines = ORDINARY.filter((line) => line.shell === shell);
      assert.deepEqual(await verdicts(lines, ['allow']), []);
    });
  }
});
