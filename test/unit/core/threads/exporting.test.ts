// A thread as a file: everything that was said and decided, no known secret, and nothing that passes for ours.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { exportName, exportThread } from '../../../../src/core/threads/exporting.ts';
import type { MessageRow } from '../../../../src/core/ports/store.ts';
import type { ThreadRows } from '../../../../src/core/ports/eventStore.ts';
import {
  assistantRow,
  editProposal,
  openAction,
  plannedCall,
  request,
} from '../../../contract/storeFixtures.ts';

const SECRET = `ghp_${'a1'.repeat(18)}`;

function rows(changes: Partial<ThreadRows> = {}): ThreadRows {
  const call = { ...plannedCall(), outputHash: null, startedAt: 200, endedAt: 260 };
  const user = { role: 'user', id: 'u1', text: 'Fix it' } as const;
  return {
    mark: 1,
    thread: { id: 't1', title: 'Rounding', createdAt: 1000, updatedAt: 2000, opening: null },
    states: [{ id: 'turn1', status: 'finished' }],
    waiting: [],
    turns: [
      {
        ...{ id: 'turn1', threadId: 't1', status: 'finished', generation: 2, snapshot: {} },
        ...{ snapshotHash: 'h', createdAt: 1000, endedAt: 2000, code: null, message: null },
        acceptedDrift: null,
      },
    ],
    messages: [{ turnId: 'turn1', position: 0, state: 'final', message: user }, assistantRow()],
    calls: [{ ...call, state: 'done', outcome: 'ok', result: 'passed' }],
    texts: [],
    changed: [],
    actions: [],
    decisions: [],
    drafts: [],
    ...changes,
  };
}

const text = (given: ThreadRows, format: 'markdown' | 'json'): string =>
  [...exportThread(given, format, 3000)].join('');

interface Exported {
  format: string;
  thread: object;
  turns: {
    messages: {
      role: string;
      text: string;
      calls: {
        args: object;
        decision: object | null;
        result: string;
        waits: boolean;
        proposal: { command: string };
      }[];
    }[];
  }[];
}

const exported = (given: ThreadRows): Exported => JSON.parse(text(given, 'json')) as Exported;

const decided = (decisions: object): ThreadRows =>
  rows({
    decisions: [
      {
        ...{ turnId: 'turn1', batchId: 'm1', decidedBy: 'window 2 (pid 7)', decidedAt: 1500 },
        decisions: decisions as never,
      } as never,
    ],
  });

describe('export of a thread', () => {
  it('as Markdown has messages, what the call would do, why, who decided and the result', () => {
    const shown = text(decided({ c1: { type: 'reject', reason: 'use npm ci' } }), 'markdown');
    for (const part of [
      '# Rounding\n',
      '## You, 1970-01-01T00:00:01.000Z\n\n> Fix it\n',
      '## Agent\n\n> I will\n',
      '### Run\n',
      '- `run\\_command`: done, ok\n',
      '- Policy: ask, default mode asks\n',
      '- Rejected by window 2 (pid 7), 1970-01-01T00:00:01.500Z\n',
      '```text\nnpm test\n```\n',
      'Reason:\n\n```text\nuse npm ci\n```\n',
      'Result:\n\n```text\npassed\n```\n',
      '_Turn finished_\n',
    ])
      assert.ok(shown.includes(part), `${part}\nis not in\n${shown}`);
  });

  it('as JSON is one object with all of it', () => {
    const parsed = exported(decided({ c1: { type: 'approve' } }));
    assert.equal(parsed.format, 'countersign.thread');
    assert.deepEqual(parsed.thread, { id: 't1', title: 'Rounding', createdAt: 1000 });
    const [turn] = parsed.turns;
    assert.deepEqual(
      turn?.messages.map(({ role, text: said }) => [role, said]),
      [
        ['user', 'Fix it'],
        ['assistant', 'I will'],
      ],
    );
    const call = turn?.messages[1]?.calls[0];
    assert.deepEqual(call?.args, { command: 'npm test' });
    assert.deepEqual(call?.decision, { by: 'window 2 (pid 7)', at: 1500, type: 'approve' });
    assert.equal(call?.result, 'passed');
    assert.equal(call?.proposal.command, 'npm test');
    assert.deepEqual(exported(rows({ turns: [] })).turns, []);
  });

  it('a message that says an earlier one again says so', () => {
    const again = { turnId: 'turn0', how: 'edit' } as const;
    const user: MessageRow['message'] = { role: 'user', id: 'u1', text: 'Fix it', again };
    const given = rows({
      messages: [{ turnId: 'turn1', position: 0, state: 'final', message: user }],
    });
    assert.match(
      text(given, 'markdown'),
      /^## You, 1970-01-01T00:00:01\.000Z, an edit of an earlier message$/m,
    );
    const [said] = exported(given).turns[0]?.messages ?? [];
    assert.deepEqual(said, { role: 'user', text: 'Fix it', again });
  });

  it('what waits says so', () => {
    const open = rows({ actions: [openAction({ requests: [request()] })] });
    assert.match(text(open, 'markdown'), /`run\\_command`: waits for a decision/);
    assert.equal(exported(open).turns[0]?.messages[1]?.calls[0]?.waits, true);
  });

  it('known kinds of secrets are in no part of it', () => {
    const [user, reply] = rows().messages;
    const [call] = rows().calls;
    const args = JSON.stringify({ command: `echo ${SECRET}`, [SECRET]: 1 });
    const said = { role: 'user', id: 'u1', text: SECRET } as const;
    const spread = rows({
      ...decided({ c1: { type: 'respond', text: SECRET } }),
      thread: { id: 't1', title: SECRET, createdAt: 1, updatedAt: 1, opening: null },
      messages: [{ ...user!, message: said }, reply!],
      calls: [
        {
          ...{ ...call!, argsText: args, result: SECRET, proposal: null },
          verdict: { verdict: 'ask', layer: 'user', reason: SECRET, rule: `shell(${SECRET})` },
        },
        { ...call!, callId: 'c2', proposal: { ...editProposal, path: SECRET } as never },
      ],
    });
    for (const format of ['markdown', 'json'] as const) {
      const shown = text(spread, format);
      assert.ok(!shown.includes(SECRET), format);
      assert.ok(shown.split('redacted:github-token').length > 5, format);
    }
  });

  it('no text of others begins a heading, ends a fence or hides a character', () => {
    const piece = fc.constantFrom(
      '\n',
      '#',
      '## You',
      '`',
      '```',
      '- Approved by',
      ' ',
      '\u202e',
      'x',
      '>',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const foreign = pieces.join('');
        const [user, reply] = rows().messages;
        const [call] = rows().calls;
        const shown = text(
          rows({
            thread: { id: 't1', title: foreign, createdAt: 1, updatedAt: 1, opening: null },
            messages: [
              { ...user!, message: { role: 'user', id: 'u1', text: foreign } },
              { ...reply!, message: { ...reply!.message, text: foreign } },
            ],
            calls: [
              { ...call!, tool: foreign, proposal: null, argsText: foreign, result: foreign },
            ],
          }),
          'markdown',
        );
        assert.ok(!shown.includes('\u202e'));
        assert.deepEqual(headings(shown), expectedHeadings(foreign));
      }),
    );
  });

  it('names a file as every system takes it', () => {
    assert.equal(exportName('Größe: a/b\\c "x"?'), 'Größe-a-b-c-x');
    assert.equal(exportName('../../etc'), 'etc');
    assert.equal(exportName('…'), 'thread');
    assert.ok(exportName('x'.repeat(500)).length <= 60);
  });
});

/** Levels of the headings outside fences. */
function headings(markdown: string): number[] {
  let fence: string | null = null;
  const levels: number[] = [];
  for (const line of markdown.split('\n')) {
    const mark = /^(`{3,})(?:text)?$/.exec(line)?.[1];
    if (fence === null && mark !== undefined) fence = mark;
    else if (fence !== null && line === fence) fence = null;
    else if (fence === null && /^#{1,6} /.test(line)) levels.push(line.indexOf(' '));
  }
  assert.equal(fence, null, 'a fence stays open');
  return levels;
}

const expectedHeadings = (foreign: string): number[] =>
  foreign.trim() === '' ? [1, 2, 3] : [1, 2, 2, 3];
