// Consent under fire: real keys and clicks, a thousand of them, while cards appear, move, swap and change: none of them decides.
// COUNTERSIGN_SEED looks at other presses.
import assert from 'node:assert/strict';
import type { StoredDraft } from '../../../src/protocol/drafts.ts';
import { emptyCard } from '../../../src/protocol/drafts.ts';
import type { ActionView, HostToView, RequestView } from '../../../src/protocol/messages.ts';
import type { View } from './harness.ts';
import {
  action,
  call,
  commandRequest,
  editRequest,
  hunksRequest,
  questionRequest,
  snapshot,
} from './samples.ts';
import { usePage } from './usePage.ts';

const SEED = Number(process.env['COUNTERSIGN_SEED'] ?? 1);
/** For each of the scenes; together they are more than 1,000. */
const PRESSES = 200;
/** What the page promises, less what a press may take to arrive. */
const WINDOW_MS = 450;
const AT_ONCE = 8;

const OFFER = { rules: ['shell(npm test)'], scopes: ['thread' as const, 'workspace' as const] };
const DRIFT = { hash: 'h1', changes: ['The tool read_file is gone.'] };

type Card = NonNullable<StoredDraft['card']>;

/** Calls and what is typed or picked on them already, so that a press of their buttons would send something. */
interface Scene {
  surface: 'chat' | 'panel';
  requests: RequestView[];
  cards: (Partial<Card> | null)[];
  drift?: typeof DRIFT;
}

const command = commandRequest('npm test', { remember: OFFER });

const SCENES: Record<string, Scene> = {
  'a command and its form to remember': {
    ...{ surface: 'chat', requests: [command] },
    cards: [{ form: 'remember', remember: { scope: 'workspace' } }],
  },
  'changes of an edit, some of them dropped': {
    ...{ surface: 'chat', requests: [hunksRequest()], cards: [{ dropped: [1] }] },
  },
  'questions, answered but not sent': {
    ...{ surface: 'chat', requests: [questionRequest()] },
    cards: [{ selected: ['half-up'] }],
  },
  'a batch, all of it decided but not submitted': {
    ...{ surface: 'chat', requests: [editRequest(), command, questionRequest(true)] },
    cards: [
      { decision: { type: 'approve' } },
      { decision: { type: 'approve', remember: { scope: 'thread' } } },
      { decision: { type: 'respond', text: 'half-up' } },
    ],
  },
  'the approval panel, with forms open': {
    ...{ surface: 'panel', requests: [hunksRequest(), command, questionRequest(true)] },
    cards: [{ form: 'reject', reason: 'no' }, { form: 'respond', respond: 'it passes' }, null],
  },
  'a turn that drifted': { surface: 'chat', requests: [command], cards: [null], drift: DRIFT },
};

/** The same numbers for the same seed, from 0 up to 1. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const KEYS = [
  ...['Enter', 'Space', 'Control+Enter', 'Meta+Enter', 'y', 'a', '1', 'Escape'],
  ...['Tab', 'Shift+Tab', 'ArrowDown', 'Control+Enter', 'Enter', 'Space'],
];

/** The n-th time that the scene is shown: other ids, and other hashes. */
function shownAs({ requests, cards, drift }: Scene, n: number): ActionView {
  const calls = requests.map((request) => ({
    ...request,
    proposalHash: `${request.proposalHash}-${n}`,
  }));
  const drafts = calls.flatMap(({ callId, proposalHash }, at) => {
    const card = cards[at];
    return card ? [{ callId, proposalHash, card: { ...emptyCard, ...card }, content: null }] : [];
  });
  const ids = { actionId: `a${n}`, proposalHash: `hash-a${n}` };
  return action(calls, { ...ids, drafts, ...(drift && { drift }) });
}

/** What makes every card of the page one that nobody can have looked at yet. */
function disturbance(scene: Scene, n: number, random: () => number): HostToView[] {
  const next = shownAs(scene, n);
  const kind = Math.floor(random() * 3);
  if (kind === 0) return [snapshot({ surface: scene.surface, items: [], actions: [next] })];
  const last = { ...shownAs(scene, n - 1), state: 'resolved' as const };
  const swap: HostToView[] = [
    { type: 'action', action: last },
    { type: 'action', action: next },
  ];
  // A row that comes first pushes the card down, under the pointer.
  return kind === 1 ? swap : [...swap, { type: 'item', item: call(`row${n}`) }];
}

interface Target {
  x: number;
  y: number;
}

/** The middles of what can be pressed on cards, and of whatever stood there before. */
async function targetsOf(view: View): Promise<Target[]> {
  return view.page.evaluate(() =>
    [...document.querySelectorAll('.batch :is(vscode-button, button, input, vscode-radio, .card)')]
      .map((element) => element.getBoundingClientRect())
      .filter(({ top, bottom }) => top >= 0 && bottom <= innerHeight)
      .map(({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 })),
  );
}

/** What the page has sent that decides anything, or has picked as a decision. */
async function decided(view: View): Promise<string[]> {
  const all = await view.posted();
  return all.flatMap((message) => {
    if (message.type === 'draft') {
      return message.card?.decision ? [JSON.stringify(message.card.decision)] : [];
    }
    const decides = ['submit', 'discard', 'askAgain', 'continue'].includes(message.type);
    return decides ? [JSON.stringify(message)] : [];
  });
}

const clock = (view: View): Promise<number> => view.page.evaluate(() => performance.now());

/** Presses until this many have come before anything could be armed; gives what they have decided. */
async function storm(view: View, scene: Scene, random: () => number): Promise<string[]> {
  let early = 0;
  let known = 0;
  const found: string[] = [];
  let targets: Target[] = [];
  for (let n = 1; early < PRESSES; n += 1) {
    const since = await clock(view);
    await view.say(...disturbance(scene, n, random));
    // A press may land where a button stood before, or where one stands now.
    const now = await targetsOf(view);
    targets = [...targets.slice(-10), ...now];
    let pressed = 0;
    while (pressed < AT_ONCE) {
      await press(view, targets, random);
      pressed += 1;
    }
    const took = (await clock(view)) - since;
    const all = await decided(view);
    // On a machine that is too slow the card may have stood long enough: such presses say nothing.
    if (took < WINDOW_MS) {
      early += pressed;
      found.push(...all.slice(known));
    }
    known = all.length;
  }
  return found;
}

async function press(view: View, targets: readonly Target[], random: () => number): Promise<void> {
  const { keyboard, mouse } = view.page;
  const target = targets[Math.floor(random() * targets.length)];
  const kind = random();
  if (kind < 0.5 && target) await mouse.click(target.x, target.y);
  else if (kind > 0.95) await pressForWindow(view);
  else await keyboard.press(KEYS[Math.floor(random() * KEYS.length)] ?? 'Enter');
}

/** What the window's own key for Approve does, which reaches the page as a message. */
async function pressForWindow(view: View): Promise<void> {
  await view.page.evaluate(() => {
    const { test } = window as unknown as { test: { say(message: unknown): void } };
    test.say({ type: 'press', button: 'approve' });
  });
}

describe('page: consent under fire', function () {
  this.timeout(240_000);
  const open = usePage();

  for (const [at, [name, scene]] of Object.entries(SCENES).entries()) {
    it(`no early press decides: ${name} (U7, U8)`, async () => {
      const view = await open({ width: scene.surface === 'panel' ? 900 : 400, height: 1600 });
      await view.say(snapshot({ surface: scene.surface, items: [], actions: [shownAs(scene, 0)] }));
      assert.deepEqual(await storm(view, scene, randomFrom(SEED * 1000 + at)), []);
    });
  }
});
