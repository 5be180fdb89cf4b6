// Every state of the page that a human can meet, by name, for tests that look at all of them.
import type { RequestView, TranscriptItem } from '../../../src/protocol/messages.ts';
import type { View } from './harness.ts';
import {
  action,
  call,
  clashRequest,
  commandRequest,
  editRequest,
  hunksRequest,
  moveRequest,
  NOW,
  questionRequest,
  request,
  snapshot,
  status,
  TALK,
} from './samples.ts';

/** Brings a fresh page into the state; resolves when it stands still. */
export type Reach = (view: View) => Promise<void>;

const OFFER = { rules: ['shell(npm test)'], scopes: ['thread' as const, 'workspace' as const] };
const DRIFT = {
  hash: 'h1',
  changes: ['The tool read_file is gone; a call to it ends in an error.'],
};
const TOOL = {
  kind: 'tool',
  server: 'files',
  tool: 'write',
  args: { path: 'a.txt', options: { mode: 511, force: true }, note: 'x\u202Ey' },
  redescribed: { before: 'Writes a file.\n', now: 'Writes any file.\n' },
} as const;
const READ = {
  kind: 'read',
  target: '../secrets.txt',
  realPath: '/home/ada/secrets.txt',
  outside: true,
} as const;

const idle = status({ turn: 'finished', waiting: 0 });

/** The page's own words in full: every kind of row, one of them open. */
const ROWS: TranscriptItem[] = [
  ...TALK,
  call('run', {
    tool: 'run_command',
    summary: 'npm test',
    state: 'started',
    outcome: null,
    output: 'ok 1',
    command: 'call',
  }),
  call('server', { tool: 'run_command', summary: 'npm start', command: 'background' }),
  call('denied', {
    outcome: 'denied',
    why: {
      verdict: 'deny',
      rule: 'read(.env)',
      layer: 'user',
      reason: 'a rule of yours denies it',
    },
  }),
  {
    kind: 'assistant',
    id: 'm2',
    turnId: 't1',
    text: '# Title\n\n1. one `code`\n2. two\n\n```ts\nconst a = 1;\n```\n\n> said\n\n| a | b |\n|---|---|\n| 1 | 2 |',
    streaming: true,
  },
  {
    kind: 'notice',
    id: 'n1',
    turnId: 't1',
    level: 'error',
    code: 'model_failed',
    text: 'The model failed.',
  },
  { kind: 'notice', id: 'n2', turnId: 't1', level: 'warning', code: 'w', text: 'A warning.' },
];

const cards =
  (requests: RequestView[], change = {}): Reach =>
  async (view) => {
    await view.say(snapshot({ items: [], actions: [action(requests, change)], now: NOW }));
    if (!('drift' in change)) await view.armed();
  };

/** A card with one of its forms open. */
const form =
  (one: RequestView, button: string): Reach =>
  async (view) => {
    await cards([one])(view);
    await view.byId(button).click();
    await view.byId('cancel').waitFor();
    await view.armed();
  };

const refused: Reach = async (view) => {
  await cards([commandRequest()])(view);
  await view.byId('approve').click();
  await view.reply('submit', {
    code: 'stale',
    message: 'The file has changed since',
    callIds: ['c2'],
  });
  await view.armed();
};

const sendRefused: Reach = async (view) => {
  await view.say(snapshot({ status: idle, items: ROWS }));
  await view.byId('composer-input').fill('go on');
  await view.byId('composer-input').press('Enter');
  await view.reply('send', { code: 'no_model', message: 'Select a model first', callIds: [] });
};

/** Of every kind, to a model that takes no images; one message was sent with some. */
const attachments: Reach = async (view) => {
  const sent: TranscriptItem = {
    ...{ kind: 'user', id: 'u9', turnId: 't9', text: 'Why is it off here?' },
    attachments: [
      { name: 'src/price.ts', of: 'text', lines: { first: 3, last: 17 }, hash: 'h1' },
      { name: 'shot.png', of: 'image', hash: 'h2' },
    ],
  };
  const model = { id: 'openai:small', label: 'small', images: false };
  const context = {
    used: 118_000,
    estimated: true,
    window: 128_000,
    turn: { input: 9, output: 1 },
  };
  await view.say(snapshot({ status: { ...idle, model, context }, items: [...TALK, sent] }), {
    type: 'attach',
    attachments: [
      { kind: 'file', path: 'src/price.ts' },
      { kind: 'file', path: 'src/round.ts', lines: { first: 1, last: 4 } },
      { kind: 'image', hash: 'h3', name: 'a picture of what it looks like at the customer.png' },
    ],
  });
  await view.byId('context-meter').click();
  await view.byId('context-details').waitFor();
};

/** With the second one picked. */
export async function offerFiles(view: View): Promise<void> {
  await view.byId('composer-input').pressSequentially('Look at @ro');
  const paths = ['src/round.ts', 'src/invoice/rounding.ts', 'test/round.test.ts'];
  await view.say({ type: 'files', query: 'ro', paths });
  await view.byId('mention').nth(2).waitFor();
  await view.byId('composer-input').press('ArrowDown');
}

const BATCH = [
  editRequest(),
  commandRequest('npm test', { remember: OFFER }),
  questionRequest(),
  request('c4', TOOL, { tool: 'write', args: TOOL.args }),
];

const batchInPart: Reach = async (view) => {
  await cards(BATCH, { agentText: 'I change one line.\n'.repeat(8) })(view);
  await view.byId('approve').first().click();
  await view.armed();
};

const panel =
  (requests: RequestView[]): Reach =>
  async (view) => {
    const actions = requests.length === 0 ? [] : [action(requests)];
    await view.say(snapshot({ surface: 'panel', items: [], actions }));
    if (actions.length > 0) await view.armed();
  };

const say =
  (change: Parameters<typeof snapshot>[0]): Reach =>
  (view) =>
    view.say(snapshot(change));

/** The samples have one id. */
const ofItsOwn = (one: RequestView, index: number): RequestView => ({
  ...one,
  callId: `f${index}`,
  proposalHash: `hash-f${index}`,
});

/** A message, its edit, what was thought and changed. */
export const TWICE: TranscriptItem[] = [
  { kind: 'user', id: 'u1', turnId: 't1', text: 'Fix the totals of invoices.' },
  {
    ...{ kind: 'assistant', id: 'm1', turnId: 't1', streaming: false },
    text: 'I rounded **each item** once more.',
    reasoning: 'The total is off.\nSo I round each item.',
  },
  { kind: 'changed', id: 't1:changed', turnId: 't1', files: ['src/price.ts'], count: 1 },
  {
    ...{ kind: 'user', id: 'u2', turnId: 't2', text: 'Fix the totals: round once, at the end.' },
    again: { turnId: 't1', how: 'edit' },
  },
  call('x1', {
    ...{ turnId: 't2', tool: 'run_command', summary: 'npm test', outcome: 'error' },
    output: 'Exit code 1 after 2.1 s.\n1 failing',
  }),
  {
    ...{ kind: 'changed', id: 't2:changed', turnId: 't2', count: 52 },
    files: Array.from({ length: 50 }, (_, n) => `src/part${n}.ts`),
  },
];

const many = (state: 'planned' | 'started' | 'done', n: number): TranscriptItem =>
  call(`b${n}`, {
    ...{ turnId: 't3', batchId: 'm9', tool: 'run_command', summary: `npm run step${n}`, state },
    ...(state === 'done' ? { output: 'Exit code 0 after 1.0 s.\nok' } : { outcome: null }),
  });
export const RUNNING: TranscriptItem[] = [
  { kind: 'user', id: 'u3', turnId: 't3', text: 'Run all of them' },
  {
    ...{ kind: 'assistant', id: 'm9', turnId: 't3', text: '', streaming: true },
    reasoning: 'One after another.',
  },
  many('done', 1),
  many('started', 2),
  many('planned', 3),
];
const runs = status({ turn: 'running', turnId: 't3', waiting: 0 });

const finding: Reach = async (view) => {
  await say({ items: TWICE, status: idle })(view);
  await view.say({ type: 'find' });
  await view.byId('find-input').fill('totals');
  await view.say({ type: 'found', text: 'totals', itemIds: ['u1', 'u2'], more: false });
  await view.frames(6);
};

const queuedTurn: TranscriptItem = { kind: 'user', id: 'q', turnId: 't9', text: 'And then this' };
const outcome = ['mark_done', 'run_again', 'skip', 'respond'] as const;

export const STATES: Record<string, Reach> = {
  empty: say({ items: [], status: status({ thread: null, turn: null }) }),
  chat: say({ items: ROWS, status: idle }),
  'chat, a call open': async (view) => {
    await say({
      items: ROWS,
      status: status({ turn: 'running', problems: ['A setting is wrong.'] }),
    })(view);
    await view.page.locator('.call-toggle:enabled').first().click();
    await view.byId('why').first().click();
    await view.byId('why-full').waitFor();
  },
  'said twice, files changed': async (view) => {
    await say({ items: TWICE, status: idle })(view);
    await view.byId('edit-resend').click();
    await view.byId('composer-editing').waitFor();
    await view.page.locator('.reasoning summary').click();
    await view.byId('changed-more').locator('summary').click();
  },
  'a batch runs': say({ items: RUNNING, status: runs }),
  'find in the thread': finding,
  attachments: attachments,
  'attachments, files offered': async (view) => {
    await attachments(view);
    await offerFiles(view);
  },
  queued: say({ items: [...TALK, queuedTurn], status: status({ queued: ['t9'] }) }),
  interrupted: say({ status: status({ turn: 'interrupted', waiting: 0, drift: DRIFT }) }),
  expired: say({ status: status({ turn: 'expired', waiting: 0 }) }),
  'expires soon': cards([commandRequest()], { expiresAt: NOW + 330_000 }),
  'chat error': sendRefused,
  'card error': refused,
  edit: cards([editRequest({}, { protected: 'tasks of the editor', outside: true })]),
  'edit in the diff editor': async (view) => {
    await cards([editRequest()])(view);
    await view.byId('edit').click();
    await view.byId('edit-args').waitFor();
    await view.armed();
  },
  'edit, changes kept and dropped': async (view) => {
    await cards([hunksRequest()])(view);
    await view.byId('hunk').nth(1).locator('input').uncheck();
    await view.armed();
  },
  'edit, a conflict': cards([clashRequest()]),
  move: cards([moveRequest({ outside: true, protected: 'tasks of the editor' })]),
  'batch of files': cards([editRequest(), moveRequest(), clashRequest()].map(ofItsOwn)),
  command: cards([
    commandRequest(
      'cd billing && npm test',
      { remember: OFFER, note: 'It changed after this was shown.' },
      {
        env: { CI: '1' },
        parts: [
          { text: 'cd billing', verdict: 'allow', reason: 'x' },
          { text: 'npm test', program: '/usr/bin/npm', verdict: 'ask', reason: 'y' },
          { text: 'rm -rf x', verdict: 'deny', reason: 'z' },
        ],
      },
    ),
  ]),
  question: cards([questionRequest()]),
  'question, several answers': cards([questionRequest(true)]),
  tool: cards([request('c4', TOOL, { tool: 'write', args: TOOL.args })]),
  read: cards([request('c4', READ)]),
  'unknown outcome': cards([commandRequest('make deploy', { allowedDecisions: [...outcome] })], {
    kind: 'outcome_unknown',
  }),
  'remember form': form(commandRequest('npm test', { remember: OFFER }), 'remember'),
  'reject form': form(commandRequest(), 'reject'),
  'respond form': form(commandRequest(), 'respond'),
  'arguments form': form(commandRequest(), 'edit'),
  drift: async (view) => {
    await cards([commandRequest()], { drift: DRIFT })(view);
    await view.page.locator('[data-testid=resume-as-it-was]:not([disabled])').waitFor();
  },
  batch: cards(BATCH),
  'batch, decided in part': batchInPart,
  panel: panel(BATCH),
  'panel, nothing waits': panel([]),
};
