// The allow list of a workspace: which text stands for it, how it differs from the one before, when it is spoken of.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  allowListLines,
  allowListNotice,
  allowListText,
  compareAllowLists,
} from '../../../../src/core/policy/allowList.ts';
import { rulesOfSettings } from '../../../../src/core/policy/layers.ts';
import { compileGlob } from '../../../../src/node/globs.ts';
import { decideCommand } from './support.ts';

const ALLOW = 'countersign.approval.allow';
const textOf = (list: unknown): string | null => allowListText({ workspace: { [ALLOW]: list } });

describe('the text of a workspace’s allow list', () => {
  it('is none when there is nothing to acknowledge', () => {
    for (const list of [undefined, null, [], 'shell(ls)', { 0: 'shell(ls)' }, 3]) {
      assert.equal(textOf(list), null);
    }
  });

  it('differs with order, white space, letter case, repetition and every member of an object', () => {
    const lists: unknown[][] = [
      ['shell(ls)', 'shell(pwd)'],
      ['shell(pwd)', 'shell(ls)'],
      ['shell(ls)', 'shell(pwd)', 'shell(pwd)'],
      ['shell(ls)'],
      ['shell( ls)'],
      ['shell(ls) '],
      ['shell(LS)'],
      ['shell(ls)\u200b'],
      [['shell(ls)']],
      [{ rule: 'shell(ls)' }],
      [{ rule: 'shell(ls)', comment: 'a' }],
      [{ rule: 'shell(ls)', comment: 'b' }],
      [{ rule: 'shell(ls)', expires: '2030-01-01' }],
      [{ rule: 'shell(ls)', match: ['ls'] }],
      [{ rule: 'shell(ls)', match: ['ls', 'ls'] }],
      [{ rule: 'shell(ls)', notMatch: ['ls'] }],
      [{ rule: 'shell(ls)', ['__proto__']: 1 }],
      ['"shell(ls)"'],
      ['shell(ls)\nshell(pwd)'],
      ['["shell(ls)"]'],
    ];
    const texts = lists.map(textOf);
    assert.equal(new Set(texts).size, lists.length);
  });

  it('is the same for members in another order, which say the same', () => {
    assert.equal(
      textOf([{ rule: 'shell(ls)', comment: 'x' }]),
      textOf([{ comment: 'x', rule: 'shell(ls)' }]),
    );
  });

  it('two lists of JSON have one text only when they are equal, and each entry is one line', () => {
    const list = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()), {
      minLength: 1,
    });
    const property = fc.property(list, list, (a, b) => {
      const text = textOf(a) ?? '';
      assert.equal(allowListLines(text).length, a.length);
      const equal = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
      assert.equal(text === textOf(b), equal);
      assert.equal(text, textOf(JSON.parse(JSON.stringify(a))));
    });
    fc.assert(property, { numRuns: 500 });
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => ['member', key, sorted(member)]);
}

describe('a changed allow list', () => {
  const compare = (list: unknown[], before: unknown[] | null) =>
    compareAllowLists(textOf(list) ?? '', before === null ? null : textOf(before));

  it('says what is new and what is gone, counting what stands there twice', () => {
    const { entries, removed } = compare(['a', 'b', 'b', { rule: 'c' }], ['b', 'd', 'd']);
    const added = entries.filter((entry) => entry.added).map(({ text }) => text);
    assert.deepEqual(added, ['"a"', '"b"', '{"rule":"c"}']);
    assert.deepEqual(removed, ['"d"', '"d"']);
  });

  it('has everything new when none was looked at, and nothing when only the order is another', () => {
    assert.ok(compare(['a', 'b'], null).entries.every(({ added }) => added));
    const { entries, removed } = compare(['b', 'a'], ['a', 'b']);
    assert.ok(entries.every(({ added }) => !added));
    assert.deepEqual(removed, []);
  });

  it('is spoken of until something is said of exactly this list, be it yes or no', () => {
    const text = textOf(['shell(ls)', 'shell(pwd)']);
    assert.equal(allowListNotice(null, undefined), null);
    assert.match(allowListNotice(text, undefined) ?? '', /brings 2 rules that would allow calls\./);
    const other = { text: '"shell(ls)"', accepted: true };
    assert.match(allowListNotice(text, other) ?? '', /not the ones that you looked at/);
    for (const accepted of [true, false]) {
      assert.equal(allowListNotice(text, { text: text ?? '', accepted }), null);
    }
  });
});

describe('rules of a workspace', () => {
  const lists = { allow: ['shell(ls)'], ask: ['shell(pwd)'], deny: ['shell(id)'] };
  const workspace = Object.fromEntries(
    Object.entries(lists).map(([kind, list]) => [`countersign.approval.${kind}`, list]),
  );
  const text = textOf(lists.allow);
  const rules = (trusted: boolean, said: (text: string) => boolean) =>
    rulesOfSettings({ user: {}, workspace, trusted }, compileGlob, undefined, said);
  const verdicts = (of: ReturnType<typeof rules>): Promise<string[]> =>
    Promise.all(['ls', 'pwd', 'id'].map(async (c) => (await decideCommand(c, of)).verdict));

  it('allow only once it is trusted and exactly its list acknowledged; ask and deny always (H1, H5)', async () => {
    const exactly = (shown: string): boolean => shown === text;
    assert.deepEqual(await verdicts(rules(true, exactly)), ['allow', 'ask', 'deny']);
    const not: [boolean, (text: string) => boolean][] = [
      [false, () => true],
      [true, () => false],
      [true, (shown) => shown === `${text ?? ''} `],
    ];
    for (const [trusted, said] of not) {
      assert.deepEqual(await verdicts(rules(trusted, said)), ['ask', 'ask', 'deny']);
    }
    const unsaid = rulesOfSettings({ user: {}, workspace, trusted: true }, compileGlob);
    assert.deepEqual(await verdicts(unsaid), ['ask', 'ask', 'deny']);
  });

  it('the reason names a rule that waits to be acknowledged, where it would allow the call', async () => {
    const waiting = rules(true, () => false);
    const { reason, layer } = await decideCommand('ls', waiting);
    assert.match(reason, /; rule `shell\(ls\)` of the workspace would allow it, but you have not/);
    assert.notEqual(layer, 'workspace');
    for (const command of ['pwd', 'id', 'cat x']) {
      assert.doesNotMatch((await decideCommand(command, waiting)).reason, /acknowledged/);
    }
    assert.doesNotMatch(
      (
        await decideCommand(
          'ls',
          rules(false, () => false),
        )
      ).reason,
      /acknowl/,
    );
  });
});
