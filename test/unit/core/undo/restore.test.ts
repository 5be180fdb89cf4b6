// What a file becomes when a turn's changes are taken back: the table, and the property that nobody's line is lost.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  restore,
  restoredNote,
  type Restored,
  type TextChange,
} from '../../../../src/core/undo/restore.ts';
import { systemTexts } from '../../../../src/node/system.ts';
import { runsOr } from '../../../fakes/runs.ts';

const change = (before: TextChange['before'], after: TextChange['after']): TextChange => ({
  before,
  after,
  leftAs: (present) => present === after,
});
const OLD = 'a\nb\nc\nd\ne\nf\n';
const NEW = OLD.replace('b', 'B');
/** What is not kept is known by its hash alone. */
const hashed = (before: TextChange['before'], left: string | null): TextChange => ({
  before,
  after: undefined,
  leftAs: (present) => present === left,
});

const restored = (text: string | null, merged = false): Restored => ({
  kind: 'restored',
  text,
  merged,
});
const conflict = (text: string, why: 'sameLines' | 'gone' | 'createdAgain'): Restored => ({
  kind: 'conflict',
  text,
  why,
});
const left = (why: 'createdAndChanged' | 'notKept'): Restored => ({ kind: 'left', why });

const TABLE: [string, TextChange[], string | null, Restored][] = [
  ['unchanged since', [change(OLD, NEW)], NEW, restored(OLD)],
  ['as before already', [change(OLD, NEW)], OLD, { kind: 'same' }],
  [
    'changed elsewhere',
    [change(OLD, NEW)],
    NEW.replace('e', 'E'),
    restored(OLD.replace('e', 'E'), true),
  ],
  [
    'changed in the same lines',
    [change(OLD, NEW)],
    OLD.replace('b', 'mine'),
    conflict(OLD, 'sameLines'),
  ],
  ['deleted since', [change(OLD, NEW)], null, conflict(OLD, 'gone')],
  ['created by the turn', [change(null, NEW)], NEW, restored(null)],
  ['created, changed since', [change(null, NEW)], `${NEW}mine\n`, left('createdAndChanged')],
  ['created, gone already', [change(null, NEW)], null, { kind: 'same' }],
  ['deleted by the turn', [change(OLD, null)], null, restored(OLD)],
  ['deleted, created again the same', [change(OLD, null)], OLD, { kind: 'same' }],
  [
    'deleted, created again otherwise',
    [change(OLD, null)],
    'mine\n',
    conflict(OLD, 'createdAgain'),
  ],
  ['the text before is not kept', [change(undefined, NEW)], NEW, left('notKept')],
  ['the text after is not kept, unchanged', [hashed(OLD, NEW)], NEW, restored(OLD)],
  ['the text after is not kept, changed', [hashed(OLD, NEW)], `${NEW}x\n`, left('notKept')],
  ['a created secret file, unchanged', [hashed(null, NEW)], NEW, restored(null)],
  [
    'edited, changed by the user, edited again',
    [change(OLD, NEW), change(NEW.replace('e', 'E'), NEW.replace('e', 'E').replace('c', 'C'))],
    NEW.replace('e', 'E').replace('c', 'C'),
    restored(OLD.replace('e', 'E'), true),
  ],
  [
    'created, changed by the user, edited again: the file stays, with what the user wrote',
    [change(null, NEW), change(`${NEW}mine\n`, `${NEW}mine\nit\n`)],
    `${NEW}mine\nit\n`,
    restored(`${NEW}mine\n`, true),
  ],
  ['created and deleted again', [change(null, null)], null, { kind: 'same' }],
  ['an empty file', [change('', 'x')], 'x', restored('')],
];

describe('what undo makes of a file', () => {
  for (const [title, changes, present, expected] of TABLE) {
    it(title, () => {
      const found = restore(changes, present, systemTexts);
      assert.deepEqual(found, expected);
      const note = restoredNote('a.txt', found);
      assert.equal(note === null, found.kind === 'restored' && !found.merged);
    });
  }

  const lines = fc.array(fc.constantFrom('a', 'b', 'c', '', '}', 'x y'), { maxLength: 12 });
  const base = 'abcdefghijklmnop'
    .split('')
    .map((letter) => `line ${letter}\n`)
    .join('');
  const text = lines.map((all) => all.map((line) => `${line}\n`).join(''));
  /** Lines of the user's that nobody else writes, put in or put in place of others. */
  const users = fc.array(fc.record({ at: fc.nat(18), drop: fc.nat(1) }), {
    maxLength: 4,
  });

  function byUser(
    before: string,
    edits: readonly { at: number; drop: number }[],
    tag: string,
  ): string {
    const all = before.match(/[^\n]*\n/g) ?? [];
    for (const [n, { at, drop }] of edits.entries()) {
      all.splice(Math.min(at, all.length), drop, `user ${tag}${n}\n`);
    }
    return all.join('');
  }

  /** The agent works on the file as it is and keeps what the user wrote: some of the other lines become others. */
  function byAgent(before: string, words: string): string {
    const others = words.match(/[^\n]*\n/g) ?? [];
    const all = before.match(/[^\n]*\n/g) ?? [];
    return all
      .map((each, at) => (each.startsWith('user ') || at % 4 > 0 ? each : (others[at] ?? each)))
      .join('');
  }

  it('is exactly the old text where nobody touched it (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.option(text), { minLength: 2, maxLength: 5 }), (texts) => {
        const changes = texts.slice(1).map((after, n) => change(texts[n], after));
        const found = restore(changes, texts.at(-1) ?? null, systemTexts);
        const first = texts[0] ?? null;
        if (first === (texts.at(-1) ?? null)) assert.equal(found.kind, 'same');
        else assert.deepEqual(found, restored(first));
      }),
      { numRuns: runsOr(300) },
    );
  });

  it('loses no line of the user without saying so, whenever they wrote it (property) (F3)', () => {
    let merged = 0;
    fc.assert(
      fc.property(
        ...([
          text.map((more) => base + more),
          fc.array(fc.tuple(text, users), { minLength: 1, maxLength: 3 }),
        ] as const),
        (start, steps) => {
          const changes: TextChange[] = [];
          let now = start;
          for (const [n, [after, edits]] of steps.entries()) {
            const written = byAgent(now, after);
            changes.push(change(now, written));
            now = byUser(written, edits, `${n}.`);
          }
          const found = restore(changes, now, systemTexts);
          if (found.kind !== 'restored') return;
          if (found.merged) merged += 1;
          for (const line of now.match(/user [^\n]*\n/g) ?? []) {
            assert.ok(found.text?.includes(line), `${JSON.stringify(found.text)} lacks ${line}`);
          }
        },
      ),
      { numRuns: runsOr(600) },
    );
    assert.ok(merged > 20, `${merged} merges`);
  });
});
