// Rows of the Approvals view: what a call would do in the card's words, what is risky about it, and the way from one to the next.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  groupDescription,
  groupsOf,
  rowDescription,
  rowsOfAction,
  rowSpoken,
  rowTooltip,
  stepFrom,
} from '../../../../src/vscode/inbox/approvalRows.ts';
import { countHidden } from '../../../../src/protocol/displayBytes.ts';
import type { Proposal } from '../../../../src/protocol/calls.ts';
import {
  commandProposal,
  editProposal,
  openAction,
  request,
} from '../../../contract/storeFixtures.ts';

const rowOf = (proposal: Proposal) => {
  const [row] = rowsOfAction(openAction({ requests: [{ ...request(), proposal }] }));
  assert.ok(row);
  return row;
};
const edit = (changes: object) => rowOf({ ...editProposal, ...changes });
const command = (changes: object) => rowOf({ ...commandProposal, ...changes });
const NOW = 150 + 5 * 60_000;

describe('rows of the approvals view', () => {
  it('say what the call would do, as the card does', () => {
    assert.equal(edit({ change: 'modify' }).label, 'Edit a.txt');
    assert.equal(edit({ change: 'create' }).label, 'Create a.txt');
    assert.equal(edit({ change: 'delete' }).label, 'Delete a.txt');
    assert.equal(command({}).label, 'Run npm test');
    assert.equal(command({ command: 'a\n  b' }).label, 'Run a ⏎ b');
    const question: Proposal = {
      kind: 'question',
      question: 'Which?',
      options: [],
      multiSelect: false,
    };
    assert.equal(rowOf(question).label, 'Question: Which?');
    const tool = { kind: 'tool', server: 's', tool: 't', args: {} } as const;
    assert.equal(rowOf(tool).label, 'Call s/t');
    const [unknown] = rowsOfAction(openAction({ kind: 'outcome_unknown' }));
    assert.equal(unknown?.label, 'Outcome unknown: Run npm test');
  });

  it('name what is risky', () => {
    const two = command({
      parts: [commandProposal, commandProposal].map(() => ({
        text: 'x',
        verdict: 'ask',
        reason: 'r',
      })),
    });
    assert.equal(two.label, 'Run 2 commands: npm test');
    assert.deepEqual(edit({}).risks, []);
    assert.deepEqual(edit({ outside: true, protected: 'ci' }).risks, [
      'outside the workspace',
      'protected file',
    ]);
    const part = { text: 'x', verdict: 'ask', reason: 'r' } as const;
    const unseen = [{ path: 'a', real: '/a', hash: null }];
    assert.deepEqual(command({ parts: [part, part], unseen }).risks, [
      '2 commands',
      'runs edits you have not seen',
    ]);
    const row = edit({ outside: true });
    assert.equal(rowDescription(row, NOW), 'outside the workspace · 5 min');
    assert.equal(
      rowTooltip(row, NOW),
      'Create a.txt\nAsks: asks (shell(npm *))\nNote: outside the workspace\nWaiting 5 min',
    );
    assert.equal(
      rowSpoken(row, NOW),
      'Create a.txt, outside the workspace, waits 5 min for your decision',
    );
  });

  it('show no text of others that hides or turns anything, and no endless one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (foreign) => {
        const given = {
          ...request(),
          proposal: { ...commandProposal, command: foreign } as Proposal,
        };
        const why = { ...given.why, reason: foreign, rule: foreign };
        const rows = rowsOfAction(openAction({ requests: [{ ...given, why }] }));
        const [group] = groupsOf(rows, () => ({ title: foreign, temporary: false }));
        for (const text of [rows[0]!.label, rows[0]!.why, group!.title])
          assert.equal(countHidden(text), 0);
      }),
    );
    assert.ok(command({ command: 'x'.repeat(5000) }).label.length <= 200);
  });

  it('stand in groups by thread, the one that waits longest first', () => {
    const action = (id: string, threadId: string, calls: string[]) =>
      openAction({ id, threadId, requests: calls.map((callId) => request(callId)) });
    const rows = [
      ...rowsOfAction({ ...action('a1', 't1', ['x']), threadId: 't1' }),
      ...rowsOfAction({ ...action('a2', 't2', ['y', 'z']), threadId: '~t2' }),
      ...rowsOfAction({ ...action('a3', 't1', ['w']), threadId: 't1' }),
    ];
    const groups = groupsOf(rows, (id) => ({ title: id, temporary: id.startsWith('~') }));
    assert.deepEqual(
      groups.map((group) => [group.threadId, group.rows.map(({ callId }) => callId)]),
      [
        ['t1', ['x', 'w']],
        ['~t2', ['y', 'z']],
      ],
    );
    assert.deepEqual(groups.map(groupDescription), ['2 calls', 'temporary · 2 calls']);
  });

  it('next and previous go round through all of them, also from one that waits no more', () => {
    const rows = rowsOfAction(openAction({ requests: ['a', 'b', 'c'].map((id) => request(id)) }));
    const at = (callId: string) => ({ actionId: 'a1', callId });
    const step = (from: string | null, by: 1 | -1): string | undefined =>
      stepFrom(rows, from === null ? null : at(from), by)?.callId;
    assert.deepEqual(
      [step(null, 1), step('a', 1), step('b', 1), step('c', 1), step('gone', 1)],
      ['a', 'b', 'c', 'a', 'a'],
    );
    assert.deepEqual(
      [step(null, -1), step('c', -1), step('a', -1), step('gone', -1)],
      ['c', 'b', 'c', 'c'],
    );
    assert.equal(stepFrom([], at('a'), 1), undefined);
    assert.equal(stepFrom([], null, -1), undefined);
  });
});
