// What the host has said, as plain data: one pure reducer. Holds no truth of its own and nothing the user typed.
import { t } from '../src/protocol/l10n.ts';
import type {
  ActionView,
  ChatStatus,
  HostToView,
  TranscriptItem,
} from '../src/protocol/messages.ts';

export interface ViewState {
  /** False until the first snapshot. */
  ready: boolean;
  surface: 'chat' | 'panel';
  status: ChatStatus | null;
  items: readonly TranscriptItem[];
  /** The thread has rows before these. */
  earlier: boolean;
  /** Open actions only, in the order in which they came, so that a new one never moves the others. */
  actions: readonly ActionView[];
  /** Host clock minus page clock, milliseconds. */
  skew: number;
  /** A delta did not fit: the page must ask for a new snapshot. */
  gap: boolean;
  /** Number of the last event of the log that this state knows. */
  mark: number;
}

export const initialState: ViewState = {
  ready: false,
  surface: 'chat',
  status: null,
  items: [],
  earlier: false,
  actions: [],
  skew: 0,
  gap: false,
  mark: 0,
};

/** Applies one message; `localNow` is the page's clock in milliseconds. Same message twice gives the same state. */
export function reduce(state: ViewState, message: HostToView, localNow: number): ViewState {
  switch (message.type) {
    case 'snapshot':
      return {
        ready: true,
        surface: message.surface,
        status: message.status,
        items: message.items,
        earlier: message.earlier === true,
        actions: message.actions.filter((action) => action.state === 'open'),
        skew: message.now - localNow,
        gap: false,
        mark: message.mark,
      };
    case 'earlier':
      return { ...state, items: before(message.items, state.items), earlier: message.earlier };
    case 'changes':
      return withChanges(state, message, localNow);
    case 'item':
      return { ...state, items: upsert(state.items, message.item) };
    case 'gone':
      return without(state, message.itemId);
    case 'text':
      return withText(state, message);
    case 'output':
      return message.mark < state.mark ? state : append(state, message, 'output');
    case 'action':
      return { ...state, actions: withAction(state.actions, message.action) };
    case 'status':
      return { ...state, status: message.status };
    case 'draft':
    case 'focusCard':
    case 'press':
    case 'sound':
    case 'find':
    case 'found':
    case 'attach':
    case 'files':
    case 'reply':
      return state;
  }
}

/** What is known already says nothing; what comes too early shows that something was missed. */
function withChanges(
  state: ViewState,
  message: Extract<HostToView, { type: 'changes' }>,
  localNow: number,
): ViewState {
  if (!state.ready || message.mark <= state.mark) return state;
  if (message.after > state.mark) return { ...state, gap: true };
  const changed = message.changes.reduce<ViewState>(
    (known, change) => reduce(known, change, localNow),
    state,
  );
  return { ...changed, mark: message.mark };
}

function before(
  earlier: readonly TranscriptItem[],
  items: readonly TranscriptItem[],
): readonly TranscriptItem[] {
  const known = new Set(items.map(({ id }) => id));
  return [...earlier.filter(({ id }) => !known.has(id)), ...items];
}

function without(state: ViewState, itemId: string): ViewState {
  const items = state.items.filter((item) => item.id !== itemId);
  return items.length === state.items.length ? state : { ...state, items };
}

function upsert(items: readonly TranscriptItem[], item: TranscriptItem): readonly TranscriptItem[] {
  const at = items.findLastIndex((known) => known.id === item.id);
  if (at >= 0) return items.with(at, item);
  // Queued messages stand behind the turn that goes on before them.
  const before = items.findLastIndex((known) => known.turnId === item.turnId);
  return before < 0 ? [...items, item] : items.toSpliced(before + 1, 0, item);
}

function withAction(actions: readonly ActionView[], action: ActionView): readonly ActionView[] {
  const at = actions.findIndex((known) => known.actionId === action.actionId);
  if (action.state !== 'open') return at < 0 ? actions : actions.toSpliced(at, 1);
  return at < 0 ? [...actions, action] : actions.with(at, action);
}

type Text = Extract<HostToView, { type: 'text' }>;

/** What the model thinks begins a reply; the reply itself keeps it. Either may begin again, after a crash. */
function withText(state: ViewState, piece: Text): ViewState {
  const { itemId: id, turnId, offset, delta, thought } = piece;
  if (offset > 0) return append(state, piece, thought ? 'reasoning' : 'text');
  const empty = { kind: 'assistant', id, turnId, text: '', streaming: true } as const;
  const known = state.items.findLast((item) => item.id === id);
  const item = known?.kind === 'assistant' && !thought ? known : empty;
  const begun = thought ? { reasoning: delta } : { text: delta };
  return { ...state, items: upsert(state.items, { ...item, ...begun, streaming: true }) };
}

type Delta = Extract<HostToView, { type: 'text' | 'output' }>;
type Field = 'text' | 'reasoning' | 'output';

function append(state: ViewState, delta: Delta, field: Field): ViewState {
  const at = state.items.findLastIndex((item) => item.id === delta.itemId);
  const item = state.items[at];
  const known = item === undefined ? undefined : textOf(item, field);
  if (item === undefined || known === undefined) return { ...state, gap: true };
  const next = appendAt(known, delta.offset, delta.delta);
  if (next === undefined) return { ...state, gap: true };
  if (next === known) return state;
  return { ...state, items: state.items.with(at, { ...item, [field]: next }) };
}

function textOf(item: TranscriptItem, field: Field): string | undefined {
  if (field === 'output') return item.kind === 'call' ? item.output : undefined;
  return item.kind === 'assistant' ? item[field] : undefined;
}

/** `known` with `delta` at `offset`; the same text when it is there already, nothing when there is a hole before it. */
export function appendAt(known: string, offset: number, delta: string): string | undefined {
  if (offset > known.length) return undefined;
  if (offset + delta.length <= known.length) return known;
  return known.slice(0, offset) + delta;
}

/** How long an action has waited, in words; `now` and `since` on the host's clock. */
export function ageText(now: number, since: number): string {
  const age = durationText(now - since);
  return age === '' ? t('waiting') : t('waiting {0}', age);
}

/** When an approval expires, in words; empty when it waits for ever. */
export function expiryText(now: number, expiresAt: number | null): string {
  if (expiresAt === null) return '';
  if (expiresAt <= now) return t('expired');
  return t('expires in {0}', durationText(expiresAt - now) || t('less than a minute'));
}

/** Whole minutes, hours or days; empty below a minute. */
function durationText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return '';
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

/** The actions that a message says something about. */
export function actionsOf(message: HostToView): ActionView[] {
  const changes = message.type === 'changes' ? message.changes : [message];
  return changes.flatMap((change) => (change.type === 'action' ? [change.action] : []));
}
