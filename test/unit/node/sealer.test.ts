// The key that seals what is remembered: made once, shared by windows that make it at the same time, never guessed.
import assert from 'node:assert/strict';
import { createSealer } from '../../../src/node/sealer.ts';
import type { Secrets } from '../../../src/core/ports/settings.ts';
import { recordingLogger } from '../../fakes/recordingLogger.ts';

/** The secret storage of a user, as several windows have it. */
function storage(value?: string): Secrets & { value: string | undefined; stored: string[] } {
  const self = {
    value,
    stored: [] as string[],
    get: async () => self.value,
    store: async (_name: string, next: string) => {
      self.stored.push(next);
      self.value = next;
    },
  };
  return self;
}

const logger = recordingLogger();
const KEY = 'ab'.repeat(32);

describe('createSealer', () => {
  it('makes a key of 32 random bytes with the first approval, and never before', async () => {
    const secrets = storage();
    const sealer = createSealer({ secrets, logger });
    assert.equal(await sealer.usable(), true);
    assert.equal(await sealer.current(), undefined);
    assert.deepEqual(secrets.stored, []);
    const seal = await sealer.ensure();
    assert.match(secrets.value ?? '', /^[0-9a-f]{64}$/);
    assert.ok(seal?.fits('row', seal.of('row')));
    await sealer.ensure();
    assert.equal(secrets.stored.length, 1);
    const other = storage();
    await createSealer({ secrets: other, logger }).ensure();
    assert.notEqual(other.value, secrets.value);
  });

  it('of windows that make it at once the last to store it wins for all', async () => {
    const secrets = storage();
    const windows = Array.from({ length: 5 }, () => createSealer({ secrets, logger }));
    await Promise.all(windows.map((sealer) => sealer.ensure()));
    const seals = await Promise.all(
      windows.map(async (sealer) => (await sealer.reread())?.of('row')),
    );
    assert.equal(new Set(seals).size, 1);
    // And whoever adds next adds with that one.
    const next = await Promise.all(
      windows.map(async (sealer) => (await sealer.ensure())?.of('row')),
    );
    assert.deepEqual(next, seals);
  });

  it('fits its own text and key alone', async () => {
    const seal = await createSealer({ secrets: storage(KEY), logger }).current();
    const other = await createSealer({ secrets: storage('cd'.repeat(32)), logger }).current();
    assert.ok(seal && other);
    const good = seal.of('row');
    for (const [text, given] of [
      ['rows', good],
      ['row', other.of('row')],
      ['row', good.slice(2)],
      ['row', `${good}00`],
      ['row', ''],
      ['row', 'zz'.repeat(32)],
    ] as const) {
      assert.equal(seal.fits(text, given), false, `${text} ${given}`);
    }
    assert.equal(seal.fits('row', good.toUpperCase()), true, 'hex is hex');
  });

  it('without a key, with a bad one, or when the storage fails there is none', async () => {
    const failing: Secrets = {
      get: async () => {
        throw new Error('locked');
      },
    };
    for (const secrets of [{ get: async () => undefined }, { get: async () => 'short' }, failing]) {
      const sealer = createSealer({ secrets, logger });
      assert.equal(await sealer.usable(), false);
      assert.equal(await sealer.ensure(), undefined);
    }
    const full = { ...storage(), store: async () => Promise.reject(new Error('full')) };
    assert.equal(await createSealer({ secrets: full, logger }).ensure(), undefined);
  });

  it('a damaged key is replaced when something new is remembered', async () => {
    const secrets = storage('damaged');
    assert.ok(await createSealer({ secrets, logger }).ensure());
    assert.match(secrets.value ?? '', /^[0-9a-f]{64}$/);
  });

  it('tells of each key it read, so that it can be kept out of what tools give back', async () => {
    const told: string[] = [];
    await createSealer({ secrets: storage(KEY), logger, onKey: (key) => told.push(key) }).current();
    assert.deepEqual(told, [KEY]);
  });
});
