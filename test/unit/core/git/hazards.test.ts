// What an entry of a repository's configuration means: hostile ones, those that count only beyond reading, ordinary ones.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { aspectsOf, firstHazard, type Aspect } from '../../../../src/core/git/hazards.ts';
import { settingsOf } from '../../../../src/core/git/settings.ts';
import { ALWAYS_HOSTILE, factsOf, NETWORK_HOSTILE, ORDINARY, WORK_HOSTILE } from './support.ts';

const ALL = ['work', 'network'] as const;
const hazard = (name: string, value: string | null, does: readonly Aspect[]) =>
  firstHazard(factsOf({ [name]: value }).settings, does);

describe('firstHazard', () => {
  for (const [name, value] of ALWAYS_HOSTILE) {
    it(`finds ${name} = ${value}, also where git only reads (A6)`, () => {
      assert.equal(hazard(name, value, [])?.value, value);
      assert.equal(hazard(name, value, ALL)?.value, value);
    });
  }
  for (const [does, other, list] of [
    ['work', 'network', WORK_HOSTILE],
    ['network', 'work', NETWORK_HOSTILE],
  ] as const) {
    for (const [name, value] of list) {
      it(`finds ${name} = ${value} for what does ${does}, and for nothing else (A6)`, () => {
        assert.equal(hazard(name, value, [does])?.value, value);
        assert.equal(hazard(name, value, ALL)?.value, value);
        assert.equal(hazard(name, value, [other]), null);
        assert.equal(hazard(name, value, []), null);
      });
    }
  }
  for (const [name, value] of ORDINARY) {
    it(`finds nothing in ${name} = ${String(value)}`, () => {
      assert.equal(hazard(name, value, ALL), null);
    });
  }

  it('names the key, the value and the reason', () => {
    assert.deepEqual(hazard('Filter.X.Clean', 'touch a', []), {
      name: 'filter.X.clean',
      value: 'touch a',
      why: 'runs a program on files, also for status and diff',
    });
  });

  it('finds one among many, wherever it stands; more entries never hide it (property)', () => {
    const entry = fc.constantFrom(...ORDINARY);
    const bad = fc.constantFrom(...ALWAYS_HOSTILE);
    const one = ([name, value]: readonly [string, string | null]) =>
      factsOf({ [name]: value }).settings;
    fc.assert(
      fc.property(
        fc.array(entry),
        bad,
        fc.array(entry),
        fc.subarray([...ALL]),
        (before, evil, after, does) => {
          const all = [...before, evil, ...after].flatMap(one);
          assert.notEqual(firstHazard(all, does), null);
        },
      ),
    );
  });

  it('is total (property)', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), fc.subarray([...ALL]), (any, does) => {
        const facts = settingsOf(any);
        if (facts) firstHazard(facts.settings, does);
      }),
    );
  });
});

describe('aspectsOf', () => {
  const table: Record<string, readonly Aspect[]> = {
    ...{ status: [], 'diff HEAD': [], 'log -p': [], 'stash list': [], 'worktree list': [] },
    ...{ 'add a': [], 'branch -a': [], tag: [], reflog: [] },
    ...{ commit: ['work'], 'stash show': ['work'], stash: ['work'], 'switch x': ['work'] },
    ...{ 'fetch origin': ['network'], 'remote update': ['network'], 'remote -v': [], remote: [] },
    ...{ push: ALL, pull: ALL, clone: ALL, 'worktree add': ALL, st: ALL, '': ALL },
    ...{ '-C x status': ALL, '--git-dir=x status': ALL, 'submodule update': ALL },
  };
  for (const [words, does] of Object.entries(table)) {
    it(`git ${words} does ${does.join(' and ') || 'neither'}`, () => {
      assert.deepEqual(aspectsOf(words.split(' ')), does);
    });
  }
});

describe('settingsOf', () => {
  it('takes names and values, several of one name too', () => {
    assert.deepEqual(settingsOf({ 'A.b.C.d': 1, 'e.F': [true, null] }), {
      settings: [
        { section: 'a', subsection: 'b.C', key: 'd', value: '1' },
        { section: 'e', subsection: null, key: 'f', value: 'true' },
        { section: 'e', subsection: null, key: 'f', value: null },
      ],
      problems: [],
    });
    assert.equal(settingsOf(undefined), undefined);
  });
  for (const odd of [
    null,
    'x',
    3,
    [],
    { core: 'x' },
    { '.x': '' },
    { 'a.': '' },
    { 'a.b': { c: 1 } },
  ]) {
    it(`finds ${JSON.stringify(odd)} a problem`, () => {
      const facts = settingsOf(odd);
      assert.equal(facts?.problems.length, 1);
    });
  }
});
