import assert from 'node:assert/strict';
import { statusBarText } from '../../../src/vscode/statusBarText.ts';

describe('the status-bar text', () => {
  const normal = { off: false, bypass: null };

  it('says how much waits and warns only then', () => {
    assert.deepEqual(
      [statusBarText(0, normal), statusBarText(2, normal)].map(({ text, warns }) => [text, warns]),
      [
        ['$(pass) Countersign', false],
        ['$(bell-dot) 2 waiting', true],
      ],
    );
  });

  it('warns for as long as approvals are switched off, waiting or not (H2)', () => {
    for (const count of [0, 3]) {
      const shown = statusBarText(count, { off: true, bypass: { counts: true, until: 0 } });
      assert.match(shown.text, /^\$\(warning\) Approvals off/);
      assert.equal(shown.text.includes('3 waiting'), count === 3);
      assert.match(shown.tooltip, /runs unasked \(countersign\.approval\.enabled/);
      assert.match(shown.label, /Approvals off/);
      assert.ok(shown.warns);
    }
  });

  it('warns of bypass with its end, and not of one that does not count (H2)', () => {
    const until = Date.parse('2030-01-01T12:00:00Z');
    const shown = statusBarText(0, { off: false, bypass: { counts: true, until } });
    assert.ok(shown.text.includes(new Date(until).toLocaleString()), shown.text);
    assert.match(shown.text, /^\$\(warning\) Bypass until /);
    assert.ok(shown.warns);
    const over = statusBarText(0, { off: false, bypass: { counts: false, why: 'it ended' } });
    assert.deepEqual(over, statusBarText(0, normal));
  });
});
