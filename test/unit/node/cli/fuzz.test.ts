// What the command line is handed: decision files, settings files and arguments of any shape. Each is used or refused in a
// sentence; a decision counts only where it is spelled out.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { readDecisions } from '../../../../src/node/cli/decisionsFile.ts';
import { parseOptions, readJsonObject, UsageError } from '../../../../src/node/cli/options.ts';
import { AppError } from '../../../../src/core/base/errors.ts';
import { Submission } from '../../../../src/protocol/calls.ts';
import { hostile, nearly, prototypesAreClean } from '../../../fakes/hostileJson.ts';
import { runsOr } from '../../../fakes/runs.ts';

/** JSON text, also with what no JSON.stringify writes: members twice, cut off, with rubbish around it. */
const text = fc
  .tuple(
    fc.oneof(nearly(Submission), hostile),
    fc.constantFrom<(json: string) => string>(
      ...[(json: string) => json, (json: string) => json, (json: string) => json],
      (json) => json.slice(0, -1),
      (json) => `\uFEFF${json}`,
      (json) => `${json}${json}`,
      (json) => json.replace('{', '{"decisions":{"c1":{"type":"approve"}},'),
      (json) => json.replace('{', '{"__proto__":{"decisions":{"c1":{"type":"approve"}}},'),
      (json) => `[${json}]`,
      (json) => json.replaceAll('"', "'"),
    ),
  )
  .map(([value, change]) => change(toText(value)));

function toText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'undefined';
  } catch {
    return '['.repeat(200_000);
  }
}

describe('fuzzing the command line', function () {
  this.timeout(0);
  let folder: string;
  const file = (): string => path.join(folder, 'file.json');
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'countersign-fuzz-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('a decisions file is taken as it is spelled out for this action, or refused with a code (U14)', () => {
    let taken = 0;
    fc.assert(
      fc.property(text, (json) => {
        writeFileSync(file(), json);
        const read = readDecisions(file(), 'a1');
        assert.ok(prototypesAreClean());
        if (!read.ok) {
          assert.ok(['malformed_decisions', 'wrong_action'].includes(read.refusal.code));
          assert.ok(read.refusal.message.length > 20);
          return;
        }
        taken += 1;
        assert.equal(read.submission.actionId, 'a1');
        const spelled = JSON.parse(json.replace(/^\uFEFF/, '')) as { decisions?: unknown };
        assert.deepEqual(
          JSON.parse(JSON.stringify(read.submission.decisions ?? null)),
          spelled.decisions ?? null,
        );
      }),
      { numRuns: runsOr(500) },
    );
    assert.ok(taken > 0);
  });

  it('a settings file is an object, or refused with a code', () => {
    fc.assert(
      fc.property(text, (json) => {
        writeFileSync(file(), json);
        try {
          const read = readJsonObject(file(), 'The settings file');
          assert.ok(!Array.isArray(read));
          assert.equal(Object.hasOwn(read, '__proto__'), false);
        } catch (error) {
          assert.ok(error instanceof AppError, String(error));
          assert.ok(['malformed_file', 'unreadable_file'].includes(error.code));
        }
        assert.ok(prototypesAreClean());
      }),
      { numRuns: runsOr(500) },
    );
  });

  it('arguments are understood, or refused as a usage error', () => {
    const word = fc.oneof(
      fc.constantFrom('--state', '--state=x', '--json', '--no-pause', '--', '-', '--decisions'),
      fc.constantFrom('--__proto__=1', '--constructor', '-x', '--no-json', '--json=1', '--state='),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (argv) => {
        try {
          const options = parseOptions(argv, ['state', 'no-pause']);
          assert.equal(options.get('decisions'), undefined);
          assert.ok(options.canPause === !argv.includes('--no-pause') || argv.includes('--'));
        } catch (error) {
          assert.ok(error instanceof UsageError, String(error));
        }
        assert.ok(prototypesAreClean());
      }),
      { numRuns: runsOr(1000) },
    );
  });
});
