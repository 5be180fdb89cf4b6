// What the list of remembered approvals says of each of them, and what is asked before all are forgotten.
import assert from 'node:assert/strict';
import {
  acknowledgementRow,
  factsOf,
  grantRow,
  grantState,
  resetDialog,
  resetDone,
  summaryText,
} from '../../../src/vscode/approvalsText.ts';
import type { Acknowledgement, GrantRow } from '../../../src/core/ports/consentStore.ts';

const MINUTE = 60_000;
const NOW = 1_780_000_000_000;

const grant = (changes: Partial<GrantRow> = {}): GrantRow => ({
  ...{ id: 'g1', scope: 'thread', rule: 'shell(npm test)', threadId: 't', turnId: 'u' },
  ...{
    callId: 'c',
    folder: '/w',
    by: 'window 2 (pid 7)',
    createdAt: NOW - MINUTE,
    expiresAt: null,
    uses: null,
  },
  ...{ used: 0, lastUsedAt: null },
  ...changes,
});

const said = (changes: Partial<Acknowledgement> = {}): Acknowledgement => ({
  ...{ kind: 'allowList', subject: 'countersign.approval.allow', hash: 'ab'.repeat(32) },
  ...{ text: 'shell(make)', accepted: true, by: 'window 1', at: NOW },
  ...changes,
});

describe('the list of remembered approvals', () => {
  const states: [string, Partial<GrantRow>, ReturnType<typeof grantState>, string][] = [
    ['for good', {}, 'counts', 'this thread · no end'],
    ['with an end', { expiresAt: NOW + 25 * MINUTE }, 'counts', 'this thread · ends in 25 min'],
    ['at its end', { expiresAt: NOW }, 'ended', 'this thread · ended '],
    ['with calls left', { uses: 5, used: 2 }, 'counts', 'this thread · 3 of 5 calls left'],
    ['used', { uses: 1, used: 1 }, 'used', 'this thread · used up: 1 call'],
    [
      'with both',
      { scope: 'always', uses: 5, used: 1, expiresAt: NOW + 8 * 60 * MINUTE },
      'counts',
      'always, everywhere · 4 of 5 calls left · ends in 8 h',
    ],
    [
      'ended with calls left',
      { uses: 5, used: 1, expiresAt: NOW - 1 },
      'ended',
      'this thread · ended ',
    ],
  ];
  for (const [what, changes, state, description] of states) {
    it(`says the reach, what is left and when it ends: ${what}`, () => {
      const row = grantRow(grant(changes), 'Fix it', NOW);
      assert.equal(grantState(grant(changes), NOW), state);
      assert.ok(row.description.startsWith(description), row.description);
      const icon = state === 'counts' ? '$(pass) ' : '$(circle-slash) ';
      assert.equal(row.label, `${icon}shell(npm test)`);
    });
  }

  it('says where it was learned, by whom, and how often it was used', () => {
    const fresh = grantRow(grant(), 'Fix it', NOW).detail;
    assert.match(fresh, /^not used yet · learned in “Fix it”, .+, by window 2 \(pid 7\)$/);
    const used = grantRow(grant({ used: 3, lastUsedAt: NOW - 5 * MINUTE }), undefined, NOW).detail;
    assert.match(used, /^allowed 3 calls, the last 5 min ago · learned in a deleted thread, /);
    assert.match(
      factsOf(grant(), 'Fix it', NOW),
      /^Reach: this thread\nNow: no end\nOrigin: .*\nUse: /,
    );
  });

  it('shows every character of foreign text, and makes no picture of it', () => {
    const hostile = '\u202E$(trash)\u0000';
    const row = grantRow(grant({ rule: `shell(${hostile})`, by: hostile }), hostile, NOW);
    const other = acknowledgementRow(said({ kind: 'hook', subject: hostile, by: hostile }));
    for (const text of [row.label, row.detail, other.label, other.detail]) {
      assert.ok(text.includes('\\u{202E}\\$(trash)\\u{0000}'), text);
      assert.ok(!text.includes('\u202E') && !text.includes('\u0000'));
    }
  });

  it('says of lists and hooks which kind it is, and what was said', () => {
    const list = acknowledgementRow(said());
    assert.equal(list.label, '$(pass) Workspace allow list: countersign.approval.allow');
    assert.equal(list.description, 'you let it count');
    const hook = acknowledgementRow(said({ kind: 'hook', subject: 'a.json#0', accepted: false }));
    assert.equal(hook.label, '$(circle-slash) Hook: a.json#0');
    assert.equal(hook.description, 'you said to keep asking');
  });

  it('counts what counts', () => {
    const all = [grant(), grant({ uses: 1, used: 1 }), grant({ expiresAt: NOW - 1 })];
    assert.equal(summaryText(all, NOW), '1 remembered approval counts now, 2 ended or used up');
    assert.equal(summaryText([grant(), grant()], NOW), '2 remembered approvals count now');
  });

  it('says before a reset how many of what are forgotten, and afterwards how many were', () => {
    const { detail } = resetDialog([grant(), grant({ scope: 'always' })], [said()]);
    assert.match(detail, /^2 remembered approvals \(1 of them for all your workspaces\): /);
    assert.match(detail, /\n1 answer about workspace allow lists and hooks: /);
    assert.match(resetDialog([], []).detail, /^0 remembered approvals: /);
    assert.equal(
      resetDone({ grants: 1, acknowledgements: 0 }),
      'Forgotten: 1 remembered approval and 0 answers about allow lists and hooks.',
    );
  });
});
