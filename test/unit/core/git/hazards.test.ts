// What an entry of a repository's configuration means: hostile ones, those that count only beyond reading, ordinary ones.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { firstHazard, onlyReads } from '../../../../src/core/git/hazards.ts';
import { settingsOf } from '../../../../src/core/git/settings.ts';
import { ALWAYS_HOSTILE, factsOf, ORDINARY, WRITING_HOSTILE } from './support.ts';

const hazard = (name: string, value: string | null, reads: boolean) =>
  firstHazard(factsOf({ [name]: value }).settings, reads);

describe('firstHazard', () => {
  for (const [name, value] of ALWAYS_HOSTILE) {
    it(`finds ${name} = ${value}, also where git only reads (A6)`, () => {
      assert.equal(hazard(name, value, true)?.value, value);
      assert.equal(hazard(name, value, false)?.value, value);
    });
  }
  for (const [name, value] of WRITING_HOSTILE) {
    it(`finds ${name} = ${value} where git does more than read (A6)`, () => {
      assert.equal(hazard(name, value, false)?.value, value);
      assert.equal(hazard(name, value, true), null);
    });
  }
  for (const [name, value] of ORDINARY) {
    it(`finds nothing in ${name} = ${String(value)}`, () => {
      assert.equal(hazard(name, value, false), null);
    });
  }

  it('names the key, the value and the reason', () => {
    assert.deepEqual(hazard('Filter.X.Clean', 'touch a', true), {
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
        fc.boolean(),
        (before, evil, after, reads) => {
          const all = [...before, evil, ...after].flatMap(one);
          assert.notEqual(firstHazard(all, reads), null);
        },
      ),
    );
  });

  it('is total (property)', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), fc.boolean(), (any, reads) => {
        const facts = settingsOf(any);
        if (facts) firstHazard(facts.settings, reads);
      }),
    );
  });
});

describe('onlyReads', () => {
  for (const words of ['status', 'diff HEAD', 'log -p', 'stash list', 'worktree list', 'reflog']) {
    it(`says so of git ${words}`, () => assert.equal(onlyReads(words.split(' ')), true));
  }
  for (const words of [
    'commit',
    'fetch',
    'push',
    'stash',
    'stash show',
    'reflog expire',
    '-C x status',
    'st',
    '',
  ]) {
    it(`does not say so of git ${words}`, () => assert.equal(onlyReads(words.split(' ')), false));
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
