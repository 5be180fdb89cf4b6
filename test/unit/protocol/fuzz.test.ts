// Every schema of the wire, fed with values that almost fit: it answers, keeps nothing it does not know, and reaches no prototype.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fitting, hostile, nearly, prototypesAreClean } from '../../fakes/hostileJson.ts';
import { runsOr } from '../../fakes/runs.ts';
import { isBounded } from '../../../src/protocol/bounded.ts';
import * as calls from '../../../src/protocol/calls.ts';
import * as consent from '../../../src/protocol/consent.ts';
import * as decided from '../../../src/protocol/decided.ts';
import * as drafts from '../../../src/protocol/drafts.ts';
import { unwrap, wrap } from '../../../src/protocol/envelope.ts';
import * as messages from '../../../src/protocol/messages.ts';
import { z } from 'zod';

const SCHEMAS = Object.entries({
  ...calls,
  ...consent,
  ...decided,
  ...drafts,
  ...messages,
}).flatMap(([name, value]): [string, z.ZodType][] =>
  value instanceof z.ZodType ? [[name, value]] : [],
);
const numRuns = runsOr(150);

/** What is too deep for a comparison, in a member that takes anything, is left out of it. */
function sameJson(one: unknown, other: unknown): boolean {
  if (!isBounded(one, Infinity)) return !isBounded(other, Infinity);
  return JSON.stringify(one) === JSON.stringify(other);
}

describe('fuzzing the protocol', function () {
  this.timeout(0);

  it('all schemas are among them', () => {
    const names = SCHEMAS.map(([name]) => name);
    for (const name of ['ViewToHost', 'HostToView', 'Submission', 'Decisions', 'SentDraft']) {
      assert.ok(names.includes(name), name);
    }
    assert.ok(names.length >= 25, String(names.length));
  });

  for (const [name, schema] of SCHEMAS) {
    it(`${name}: is total, and what passes once passes as it is (U14)`, () => {
      let passed = 0;
      fc.assert(
        fc.property(fc.oneof({ weight: 9, arbitrary: nearly(schema) }, hostile), (value) => {
          const parsed = schema.safeParse(value);
          assert.ok(prototypesAreClean());
          if (!parsed.success) {
            assert.ok(parsed.error.issues.length > 0);
            return;
          }
          passed += 1;
          const again = schema.safeParse(parsed.data);
          assert.ok(again.success && sameJson(again.data, parsed.data));
        }),
        { numRuns },
      );
      assert.ok(passed > numRuns / 50, `only ${passed} of ${numRuns} were right`);
    });
  }

  it('a message from a view passes as it was sent, or not at all (U14)', () => {
    fc.assert(
      fc.property(nearly(messages.ViewToHost), (value) => {
        const parsed = messages.ViewToHost.safeParse(value);
        if (!parsed.success) return;
        // Nothing is left out: an unknown member refuses the message. Names that JSON.parse makes members of are not kept.
        const sent = JSON.stringify(value, (key, member: unknown) =>
          key === '__proto__' ? undefined : member,
        );
        assert.deepEqual(JSON.parse(JSON.stringify(parsed.data)), JSON.parse(sent));
      }),
      { numRuns: runsOr(1000) },
    );
  });

  for (const option of messages.ViewToHost.options) {
    const type = String(option.shape.type.value);
    it(`${type}: one member more, whatever it is called, and it is refused (U14)`, () => {
      const name = fc
        .oneof(fc.constantFrom('scope', 'rule', 'force', 'constructor', 'toString'), fc.string())
        .filter((one) => !Object.hasOwn(option.shape, one) && one !== '__proto__');
      let right = 0;
      fc.assert(
        fc.property(fitting(option), name, hostile, (value, more, member) => {
          if (!messages.ViewToHost.safeParse(value).success) return;
          right += 1;
          const changed = Object.fromEntries([...Object.entries(value as object), [more, member]]);
          assert.equal(messages.ViewToHost.safeParse(changed).success, false, more);
        }),
        { numRuns: runsOr(60) },
      );
      assert.ok(right > 0);
    });
  }

  it('an envelope is opened with its own key alone (U14)', () => {
    fc.assert(
      fc.property(hostile, hostile, fc.string(), (message, raw, key) => {
        assert.equal(unwrap('the key of the page', raw), undefined);
        assert.equal(unwrap('', wrap('', message)), undefined);
        if (key !== 'the key of the page') {
          assert.equal(unwrap('the key of the page', wrap(key, message)), undefined);
        }
        const opened = unwrap('the key of the page', wrap('the key of the page', message));
        assert.equal(opened?.message, message);
      }),
      { numRuns: runsOr(500) },
    );
  });

  it('arguments nested too deeply are refused, not thrown at', () => {
    for (const depth of [90, 101, 5_000, 200_000]) {
      const args: unknown = JSON.parse(`{"x":${'['.repeat(depth)}${']'.repeat(depth)}}`);
      const decision = calls.Decision.safeParse({ type: 'edit', args });
      assert.equal(decision.success, depth < 100, String(depth));
    }
  });
});
