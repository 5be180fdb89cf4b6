// Rows for the store's suites: small, valid, and different where a mix-up would matter.
import type { Message } from '../../src/core/agent/message.ts';
import type {
  ActionRow,
  EndTurn,
  MessageRow,
  NewTurn,
  PlannedCall,
  StartCall,
  Store,
} from '../../src/core/ports/store.ts';
import type { ActionRequest, Proposal } from '../../src/protocol/calls.ts';

export const commandProposal: Proposal = {
  kind: 'command',
  command: 'npm test',
  shell: 'bash',
  shellPath: '/bin/bash',
  cwd: '/w',
  cwdShown: '.',
  env: { CI: '1' },
  timeoutMs: 1000,
  parts: [{ text: 'npm test', program: '/usr/bin/npm', verdict: 'ask', reason: 'no rule' }],
};

export const editProposal: Proposal = {
  kind: 'edit',
  change: 'create',
  path: 'a.txt',
  realPath: '/w/a.txt',
  outside: false,
  baseHash: null,
  newHash: 'h1',
  newText: 'ü\u0000\u2028\n',
  encoding: 'utf8',
  added: 1,
  removed: 0,
};

/** A thread holds one unfinished turn at a time, so each turn of the fixtures has its own. */
export const threadOf = (turnId = 'turn1'): string =>
  turnId === 'turn1' ? 'thread1' : `thread-${turnId}`;

export const newTurn = (id = 'turn1', threadId = threadOf(id), createdAt = 100): NewTurn => ({
  id,
  threadId,
  snapshot: { model: 'scripted:x', nested: { list: [1, null, 'ü'] } },
  snapshotHash: 'snap',
  createdAt,
});

export const userMessage = (id = 'u1'): Message => ({ role: 'user', id, text: 'Fix it' });

export const assistantRow = (turnId = 'turn1', position = 1, id = 'm1'): MessageRow => ({
  turnId,
  position,
  state: 'running',
  message: {
    role: 'assistant',
    id,
    text: 'I will',
    toolCalls: [{ id: 'c1', name: 'run_command', argsText: '{"command":"npm test"}' }],
    usage: { input: 3, output: 4 },
  },
});

export const toolRow = (turnId = 'turn1', position = 2, id = 't:c1'): MessageRow => ({
  turnId,
  position,
  state: 'running',
  message: { role: 'tool', id, callId: 'c1', tool: 'run_command', status: 'ok', text: 'passed' },
});

export const plannedCall = (changes: Partial<PlannedCall> = {}): PlannedCall => ({
  turnId: 'turn1',
  callId: 'c1',
  batchId: 'm1',
  index: 0,
  tool: 'run_command',
  argsText: '{"command":"npm test"}',
  state: 'planned',
  proposal: commandProposal,
  proposalHash: 'p1',
  verdict: { verdict: 'ask', layer: 'mode', reason: 'default mode asks' },
  outcome: null,
  result: null,
  ...changes,
});

export const startCall = (changes: Partial<StartCall> = {}): StartCall => ({
  turnId: 'turn1',
  callId: 'c1',
  proposal: editProposal,
  proposalHash: 'p2',
  at: 200,
  ...changes,
});

export const request = (callId = 'c1'): ActionRequest => ({
  callId,
  tool: 'run_command',
  args: { command: 'npm test', list: [{ lc: 1, type: 'secret', id: ['HOME'] }] },
  proposal: commandProposal,
  proposalHash: 'p1',
  allowedDecisions: ['approve', 'reject'],
  why: { verdict: 'ask', rule: 'shell(npm *)', layer: 'user', reason: 'asks' },
});

export const openAction = (changes: Partial<ActionRow> = {}): ActionRow => ({
  id: 'a1',
  turnId: 'turn1',
  threadId: threadOf(changes.turnId),
  batchId: 'm1',
  kind: 'tool_approval',
  state: 'open',
  requests: [request()],
  proposalHash: 'p1',
  createdAt: 150,
  expiresAt: null,
  decisions: null,
  decidedBy: null,
  decidedAt: null,
  ...changes,
});

export const endTurn = (changes: Partial<EndTurn> = {}): EndTurn => ({
  turnId: 'turn1',
  generation: 1,
  from: ['running'],
  status: 'finished',
  code: null,
  message: null,
  at: 300,
  closing: [],
  ...changes,
});

/** A thread with one running turn that asks for one call. */
export async function seed(
  store: Store,
  turnId = 'turn1',
  threadId = threadOf(turnId),
): Promise<void> {
  if ((await store.getThread(threadId)) === undefined) {
    await store.createThread({ id: threadId, title: null, createdAt: 1, updatedAt: 1 });
  }
  await store.createTurn(newTurn(turnId, threadId), userMessage());
  await store.putMessage(assistantRow(turnId));
}

/** The seeded turn, paused on its action. */
export async function seedPaused(store: Store, changes: Partial<ActionRow> = {}): Promise<void> {
  await seed(store, changes.turnId);
  await store.pauseTurn(openAction(changes), 1);
}
