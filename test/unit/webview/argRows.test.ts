// Arguments as lines: every value in exactly one of them, and two different values never look the same.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { argRows } from '../../../webview/argRows.ts';

describe('argument rows', () => {
  it('name each value by where it stands', () => {
    const args = {
      path: 'a.ts',
      options: { retries: 2, tags: ['x', null] },
      'odd name': '',
      empty: {},
    };
    assert.deepEqual(argRows(args), [
      { path: 'path', value: 'a.ts', text: true },
      { path: 'options.retries', value: '2', text: false },
      { path: 'options.tags[0]', value: 'x', text: true },
      { path: 'options.tags[1]', value: 'null', text: false },
      { path: '["odd name"]', value: '', text: true },
      { path: 'empty', value: '{}', text: false },
    ]);
  });

  it('hold every value of any arguments, under a path of its own (U3)', () => {
    const leaves = (value: unknown): number => {
      const members = typeof value === 'object' && value !== null ? Object.values(value) : [];
      return members.length === 0 ? 1 : members.reduce<number>((sum, one) => sum + leaves(one), 0);
    };
    const anything = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 6 }), { maxKeys: 8 });
    fc.assert(
      fc.property(anything, (args) => {
        const rows = argRows(args);
        assert.equal(rows.length, Object.keys(args).length === 0 ? 0 : leaves(args));
        assert.equal(new Set(rows.map(({ path }) => path)).size, rows.length);
      }),
      { seed: Number(process.env['COUNTERSIGN_SEED'] ?? 1) },
    );
  });

  it('give what is nested too deeply as one line', () => {
    let deep: unknown = 'x';
    for (let depth = 0; depth < 2000; depth += 1) deep = [deep];
    const rows = argRows({ deep });
    assert.equal(rows.length, 1);
    assert.match(rows[0]?.value ?? '', /^\[+"x"\]+$/);
  });
});
