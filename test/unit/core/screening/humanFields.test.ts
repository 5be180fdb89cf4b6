// The list of what a human writes covers every text that a decision can carry.
import assert from 'node:assert/strict';
import { fieldsOfDecision, withWords } from '../../../../src/core/screening/humanFields.ts';
import { DecisionType, type Decision } from '../../../../src/protocol/calls.ts';

const MARK = 'typed by a human';

/** One decision of each type, and an edit of each form, with the mark in every text that the schema lets it hold. */
const decisions: Decision[] = [
  { type: 'approve' },
  { type: 'run_again' },
  { type: 'skip' },
  { type: 'reject', reason: MARK, stop: true },
  { type: 'respond', text: MARK },
  { type: 'mark_done', output: MARK },
  { type: 'edit', content: MARK },
  { type: 'edit', args: { a: MARK, b: { [MARK]: [1, null, [MARK]] }, [MARK]: 2 } },
];

describe('the fields a human writes', () => {
  it('there is a sample of every decision', () => {
    const types = new Set(decisions.map(({ type }) => type));
    assert.deepEqual([...types].toSorted(), [...DecisionType.options].toSorted());
  });

  for (const decision of decisions) {
    it(`every text of ${JSON.stringify(decision)} is in a field, as often as it stands there (H73)`, () => {
      const { words, effects } = fieldsOfDecision(decision);
      const found = [...words, ...effects].map(({ text }) => text).join('\n');
      assert.equal(found.split(MARK).length, JSON.stringify(decision).split(MARK).length);
      assert.ok(words.length === 0 || effects.length === 0);
      const cleared = words.length === 0 ? decision : withWords(decision, 'cleared');
      assert.deepEqual(Object.keys(cleared), Object.keys(decision));
      assert.ok(words.length === 0 || !JSON.stringify(cleared).includes(MARK));
    });
  }

  it('arguments may be nested as deep as JSON goes', () => {
    let deep: unknown = MARK;
    for (let depth = 0; depth < 200_000; depth += 1) deep = [deep];
    const [field] = fieldsOfDecision({ type: 'edit', args: { deep } }).effects;
    assert.equal(field?.text, `deep\n${MARK}`);
  });
});
