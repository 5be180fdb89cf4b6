// Messages as the host sends them, for the tests of the page.
import { markedText, type Clash } from '../../../src/protocol/conflict.ts';
import type { Proposal } from '../../../src/protocol/calls.ts';
import type {
  ActionView,
  ChatStatus,
  HostToView,
  RequestView,
  TranscriptItem,
} from '../../../src/protocol/messages.ts';

export const NOW = 1_780_000_000_000;
const DAY = 86_400_000;

export const BEFORE = `import { round } from './round';

export interface Item {
  price: number;
  count: number;
}

const cost = (item: Item): number => item.price * item.count;
const add = (a: number, b: number): number => a + b;

// Totals of an invoice.
export function total(items: Item[]): number {
  return items.map(cost).map(round).reduce(add, 0);
}
`;
export const AFTER = BEFORE.replace(
  'return items.map(cost).map(round).reduce(add, 0);',
  'return round(items.map(cost).reduce(add, 0));',
);

export function status(change: Partial<ChatStatus> = {}): ChatStatus {
  return {
    thread: {
      id: 'th1',
      title: 'Fix the rounding bug',
      updatedAt: NOW,
      temporary: false,
      status: 'paused',
      waiting: 1,
    },
    turnId: 't1',
    turn: 'paused',
    model: { id: 'scripted:demo', label: 'Demo agent' },
    mode: 'default',
    waiting: 1,
    queued: [],
    usage: { input: 1234, output: 300 },
    context: {
      used: 12_300,
      estimated: false,
      window: 128_000,
      turn: { input: 1000, output: 200 },
    },
    problems: [],
    ...change,
  };
}

export function request(
  callId: string,
  proposal: Proposal,
  change: Partial<RequestView> = {},
): RequestView {
  return {
    callId,
    tool: 'tool',
    args: {},
    proposal,
    proposalHash: `hash-${callId}`,
    allowedDecisions: ['approve', 'edit', 'reject', 'respond'],
    why: { verdict: 'ask', layer: 'mode', reason: 'mode default, and no rule allows it' },
    before: null,
    schema: {},
    ...change,
  };
}

export function editRequest(change: Partial<RequestView> = {}, proposal: object = {}): RequestView {
  return request(
    'c1',
    {
      kind: 'edit',
      change: 'modify',
      path: 'src/price.ts',
      realPath: '/home/ada/shop/src/price.ts',
      outside: false,
      baseHash: 'b',
      newHash: 'n',
      newText: AFTER,
      encoding: 'utf8',
      added: 1,
      removed: 1,
      ...proposal,
    },
    {
      tool: 'edit_file',
      args: { path: 'src/price.ts', old_string: 'a', new_string: 'b' },
      before: BEFORE,
      why: {
        verdict: 'ask',
        layer: 'mode',
        reason: 'mode default, no rule allows edit(src/price.ts)',
      },
      ...change,
    },
  );
}

export function moveRequest(proposal: object = {}): RequestView {
  return request(
    'm1',
    {
      ...{ kind: 'move', path: 'bin/run.sh', realPath: '/home/ada/shop/bin/run.sh' },
      ...{ to: 'tools/start.sh', toReal: '/home/ada/shop/tools/start.sh', outside: false },
      ...{ baseHash: 'b', lines: 12, executable: true as const, ...proposal },
    },
    { tool: 'move_file', args: { from: 'bin/run.sh', to: 'tools/start.sh' } },
  );
}

const CLASH: Clash = {
  ours: '  return round(sum(items));\n',
  before: '  return total(items);\n',
  theirs: '  return sum(items.map(cost));\n',
};
const [HEAD, TAIL] = ['export function total(items) {\n', '}\n'];

/** An edit that clashes with what the user changed since. */
export const CLASHING = markedText([HEAD, CLASH, TAIL]);
export const BEFORE_CLASH = `${HEAD}${CLASH.before}${TAIL}`;

export function clashRequest(): RequestView {
  return editRequest(
    {
      before: `${HEAD}${CLASH.theirs}${TAIL}`,
      allowedDecisions: ['edit', 'reject', 'respond'],
      note: 'src/price.ts changed after this was shown, in the same lines.',
    },
    { newText: CLASHING, conflict: true },
  );
}

export function commandRequest(
  command = 'npm test',
  change: Partial<RequestView> = {},
  proposal: object = {},
): RequestView {
  return request(
    'c2',
    {
      kind: 'command',
      command,
      shell: 'bash',
      shellPath: '/bin/bash',
      cwd: '/home/ada/shop',
      cwdShown: '.',
      env: {},
      timeoutMs: 120_000,
      parts: [{ text: command, program: '/usr/bin/npm', verdict: 'ask', reason: 'no rule' }],
      ...proposal,
    },
    {
      tool: 'run_command',
      args: { command },
      schema: {
        type: 'object',
        properties: {
          command: { type: 'string' },
          cwd: { type: 'string' },
          timeout_ms: { type: 'integer' },
        },
        required: ['command'],
        additionalProperties: false,
      },
      ...change,
    },
  );
}

export function questionRequest(
  multiSelect = false,
  change: Partial<RequestView> = {},
): RequestView {
  return request(
    'c3',
    {
      kind: 'question',
      question: 'Which rounding should invoices use?',
      description: 'The tests expect half up.',
      options: [
        { label: 'Half up (what the tests expect)', value: 'half-up' },
        { label: 'Banker’s rounding', value: 'bankers' },
      ],
      multiSelect,
    },
    {
      tool: 'ask_user',
      allowedDecisions: ['respond', 'reject'],
      why: { verdict: 'ask', layer: 'built-in', reason: 'the agent asks you' },
      ...change,
    },
  );
}

export function action(requests: RequestView[], change: Partial<ActionView> = {}): ActionView {
  return {
    actionId: 'a1',
    turnId: 't1',
    threadId: 'th1',
    threadTitle: 'Fix the rounding bug',
    kind: 'tool_approval',
    state: 'open',
    createdAt: NOW - 2 * DAY,
    expiresAt: null,
    proposalHash: 'hash-a1',
    agentText: '',
    requests,
    ...change,
  };
}

export function call(
  id: string,
  change: Partial<Extract<TranscriptItem, { kind: 'call' }>> = {},
): TranscriptItem {
  return {
    kind: 'call',
    id,
    turnId: 't1',
    callId: id,
    tool: 'read_file',
    summary: 'src/price.ts',
    state: 'done',
    outcome: 'ok',
    why: {
      verdict: 'allow',
      rule: 'read',
      layer: 'built-in',
      reason: 'reading inside the workspace is allowed',
    },
    output: '',
    actionId: null,
    ...change,
  };
}

export const TALK: TranscriptItem[] = [
  {
    kind: 'user',
    id: 'u1',
    turnId: 't1',
    text: 'The invoice total is one cent off for 3 items at 0.35. Find out why and fix it.',
  },
  call('r1', { output: 'export function total(items) {\n  …\n}' }),
  call('r2', { tool: 'search_text', summary: '“toFixed” 4 matches' }),
  {
    kind: 'assistant',
    id: 'm1',
    turnId: 't1',
    text: 'Totals are rounded **per item** before they are added. Rounding once, at the end, gives `1.05`.',
    streaming: false,
  },
];

export function snapshot(
  change: Partial<Extract<HostToView, { type: 'snapshot' }>> = {},
): HostToView {
  return {
    type: 'snapshot',
    mark: 0,
    surface: 'chat',
    status: status(),
    items: TALK,
    actions: [],
    now: NOW,
    ...change,
  };
}

const NUMBERED = Array.from({ length: 24 }, (_, n) => `const value${n + 1} = ${n + 1}; // kept\n`);
/** An edit in three places of a file: a line changed, two lines added, one removed. */
export function hunksRequest(
  change: Partial<RequestView> = {},
  proposal: object = {},
): RequestView {
  const lines = [...NUMBERED];
  lines[1] = 'const value2 = "two"; // kept\n';
  lines[11] += 'function more(): string {\n';
  lines[20] = '';
  const hunks = [
    { oldStart: 1, oldLines: 1, newStart: 1, newLines: 1 },
    { oldStart: 12, oldLines: 0, newStart: 12, newLines: 1 },
    { oldStart: 20, oldLines: 1, newStart: 21, newLines: 0 },
  ];
  const texts = { newText: lines.join(''), added: 2, removed: 2, hunks };
  return editRequest(
    { before: NUMBERED.join(''), changes: 3, ...change },
    { ...texts, ...proposal },
  );
}
