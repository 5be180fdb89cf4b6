// Joins what the host said with what the user typed, and sends decisions. Decides nothing by itself.
import type { Decision, Decisions } from '../src/protocol/calls.ts';
import type { StoredDraft } from '../src/protocol/drafts.ts';
import { isTemporary } from '../src/protocol/temporary.ts';
import type { ActionView, ChatStatus, HostToView, RequestView } from '../src/protocol/messages.ts';
import {
  createClient,
  hostMessages,
  type Client,
  type Outgoing,
  type ReplyError,
} from './client.ts';
import { DraftSync } from './draftSync.ts';
import {
  cardPart,
  draftKey,
  draftOf,
  fromStored,
  loadDrafts,
  sameValues,
  saveDrafts,
  withDraft,
  withoutAction,
  NOTHING_TYPED,
  type CardDraft,
  sameComposed,
  type Composed,
  type Drafts,
} from './drafts.ts';
import { decidedNote, notesFor, type DecidedNote } from './elsewhere.ts';
import { Composing } from './composing.ts';
import { allows, batchDecisions, rejection, undecided } from './review.ts';
import { actionsOf, initialState, reduce, type ViewState } from './store.ts';
import { t } from '../src/protocol/l10n.ts';
import type { Host } from './vscodeApi.ts';

/** What has become of a submission: on its way, or refused with the host's error. */
export interface Submission {
  inFlight: boolean;
  error: ReplyError | null;
}

const NOT_SUBMITTED: Submission = { inFlight: false, error: null };

/** The page's one model. `changed` is called after every change: `now` for the user's own, else the caller may wait. */
export class Controller {
  state: ViewState = initialState;
  drafts: Drafts;
  /** The host's last error outside a submission, shown until the next action of the user. */
  error: ReplyError | null = null;
  /** The user pressed Enter where a message needs a choice first. */
  choosing = false;
  /** Brings the message of a turn into view: set by who draws the page. */
  showMessage: (turnId: string) => void = () => undefined;
  readonly composing = new Composing(this);
  readonly #host: Host;
  readonly client: Client;
  readonly #changed: (now: boolean) => void;
  readonly #submissions = new Map<string, Submission>();
  readonly #sync: DraftSync;
  readonly #notes = new Map<string, DecidedNote>();
  readonly #foreign = new Map<string, number>();
  /** The drift that the human accepted, by action. */
  readonly #accepted = new Map<string, string>();
  readonly #parse = hostMessages();
  #asking = false;

  constructor(host: Host, changed: (now: boolean) => void) {
    this.#host = host;
    this.#changed = changed;
    this.client = createClient((message) => {
      host.post(message);
    });
    this.drafts = loadDrafts(host.loadState());
    this.#sync = new DraftSync(
      (draft) => this.client.request({ type: 'draft', ...draft }),
      (error) => {
        const message = t('What you typed on a card could not be kept: {0}', error.message);
        this.fail(error.code, message);
      },
    );
  }

  /** Gives the host what it does not have yet; for when the page is about to go. */
  flush(): void {
    this.#sync.flush();
  }

  /** Asks for a snapshot; at start, and when a message was missed. */
  ready(): void {
    if (this.#asking) return;
    this.#asking = true;
    this.send({ type: 'ready' });
  }

  /** Takes one message from the host, and gives it. A message that does not parse is dropped and reported once. */
  receive(data: unknown): HostToView | undefined {
    const message = this.#parse(data);
    if (!message) return undefined;
    if (message.type === 'reply') this.client.settle(message);
    if (message.type === 'draft') this.#takeDraft(message);
    this.composing.take(message);
    if (message.type === 'snapshot') this.#asking = false;
    const actions = actionsOf(message);
    for (const action of actions) this.#takeAction(action);
    const { status } = this.state;
    this.state = reduce(this.state, message, Date.now());
    this.#takeThread(status);
    for (const action of actions) this.#takeDrafts(action);
    if (message.type === 'snapshot') this.#takeSnapshot(message);
    if (this.state.gap) this.ready();
    this.#changed(false);
    return message;
  }

  /** Sends a request whose error, if any, is shown above the composer; `failed` then has its say. */
  send(message: Outgoing, failed?: () => void): void {
    this.error = null;
    this.client
      .request(message)
      .then((error) => {
        if (message.type === 'ready') this.#asking = false;
        this.error = error;
        if (error) failed?.();
        this.#changed(true);
      })
      .catch(() => undefined);
  }

  /** Says above the message what went wrong. */
  fail(code: string, message: string): void {
    this.error = { code, message, callIds: [] };
    this.#changed(true);
  }

  /** Shows what changed by the user's own hand. */
  readonly refresh = (): void => this.#changed(true);

  /** Enter in a thread that waits for the human: nothing is sent, the choice is pointed at. */
  askWhatToDo(): void {
    this.choosing = true;
    this.#changed(true);
  }

  setComposer(text: string): void {
    this.keepComposed({ composer: text });
  }

  /** What is in the composer, or what it is an edit of. */
  keepComposed(change: Partial<Composed>): void {
    this.choosing = false;
    this.#keep({ ...this.drafts, ...change });
  }

  sendMessage(whenBusy?: 'queue' | 'discard'): void {
    this.composing.send(whenBusy);
  }

  draft(action: ActionView, request: RequestView): CardDraft {
    return draftOf(this.drafts, action, request);
  }

  /** Changes what the user has typed or picked on one card. */
  patch(action: ActionView, request: RequestView, patch: Partial<CardDraft>): void {
    const key = draftKey(action, request);
    const draft = { ...draftOf(this.drafts, action, request), ...patch };
    const { actionId } = action;
    const { callId, proposalHash } = request;
    this.#sync.changed(key, { actionId, callId, proposalHash, card: cardPart(draft) });
    this.#keep(withDraft(this.drafts, key, draft));
  }

  /** How often drafts of the action came from elsewhere (another view, the diff editor): what a press sends has changed. */
  foreignChanges(action: ActionView): number {
    return this.#foreign.get(action.actionId) ?? 0;
  }

  /** Actions of what this page shows that were decided elsewhere, until the user dismisses the note. */
  get notes(): DecidedNote[] {
    return notesFor(this.#notes.values(), this.state);
  }

  dismiss(actionId: string): void {
    this.#notes.delete(actionId);
    this.#changed(true);
  }

  /** The human accepts what changed: the next decision on this card resumes the turn as it was. */
  acceptDrift(action: ActionView): void {
    if (action.drift) this.#accepted.set(action.actionId, action.drift.hash);
    this.#changed(true);
  }

  /** Whether something changed that the human has not accepted; then nothing on the card decides. */
  drifted({ actionId, drift }: ActionView): boolean {
    return drift !== undefined && this.#accepted.get(actionId) !== drift.hash;
  }

  submission(action: ActionView): Submission {
    return this.#submissions.get(action.actionId) ?? NOT_SUBMITTED;
  }

  /** A decision for one call: submitted when the action has only this call, else kept at once for Submit. */
  decide(action: ActionView, request: RequestView, decision: Decision, byCommand = false): void {
    if (action.requests.length === 1) {
      this.#submit(action, { [request.callId]: decision }, byCommand);
    } else {
      this.patch(action, request, { decision, form: 'none' });
      this.flush();
    }
  }

  /** Decides every undecided call for which `decisionFor` has a decision. */
  decideAll(action: ActionView, decisionFor: (request: RequestView) => Decision | undefined): void {
    for (const request of undecided(action, this.drafts)) {
      const decision = decisionFor(request);
      if (decision) this.decide(action, request, decision);
    }
  }

  rejectRest(action: ActionView): void {
    this.decideAll(action, (request) =>
      allows(request, 'reject') ? rejection(this.draft(action, request).reason, true) : undefined,
    );
  }

  submitBatch(action: ActionView): void {
    const decisions = batchDecisions(action, this.drafts);
    if (decisions) this.#submit(action, decisions);
  }

  #submit(action: ActionView, decisions: Decisions, byCommand = false): void {
    const { actionId, proposalHash } = action;
    if (this.submission(action).inFlight || this.drifted(action)) return;
    const drift = this.#accepted.get(actionId);
    this.#sync.flush();
    this.#submissions.set(actionId, { inFlight: true, error: null });
    this.#changed(true);
    this.client
      .request({
        ...{ type: 'submit', actionId, proposalHash, decisions },
        ...(drift !== undefined && { drift }),
        ...(byCommand && { confirm: true }),
      })
      .then((error) => {
        // Accepted: stays in flight until the host says that the action is closed.
        if (error?.decided) this.#lose(action, error.decided);
        else if (error) this.#submissions.set(actionId, { inFlight: false, error });
        this.#changed(true);
      })
      .catch(() => undefined);
  }

  /** Someone else was faster: the card goes, and the page says what was decided instead. */
  #lose(action: ActionView, decided: NonNullable<ActionView['decided']>): void {
    const closed: ActionView = { ...action, state: 'resolved', decided };
    const note = decidedNote(closed, this.drafts, true);
    // The host may have said that it is closed already: then the note is there, and knows what was not used.
    const unused = this.#notes.get(action.actionId)?.unused ?? note?.unused ?? [];
    if (note) this.#notes.set(note.actionId, { ...note, unused });
    this.#close(action.actionId);
    this.state = reduce(this.state, { type: 'action', action: closed }, Date.now());
  }

  #takeDraft({ actionId, draft }: Extract<HostToView, { type: 'draft' }>): void {
    const action = this.state.actions.find((known) => known.actionId === actionId);
    if (action) this.#apply(action, draft.callId, draft);
  }

  /** All drafts that the host has of an action; a call without one has none. */
  #takeDrafts(action: ActionView): void {
    if (!action.drafts || action.state !== 'open') return;
    for (const { callId, proposalHash } of action.requests) {
      const stored = action.drafts.find((draft) => draft.callId === callId);
      this.#apply(action, callId, stored ?? { callId, proposalHash, card: null, content: null });
    }
  }

  #apply(action: ActionView, callId: string, stored: StoredDraft): void {
    const request = action.requests.find((known) => known.callId === callId);
    if (request?.proposalHash !== stored.proposalHash) return;
    const key = draftKey(action, request);
    const known = draftOf(this.drafts, action, request);
    // What is being typed in this view is newer than any that is stored; the diff editor's text is never typed here.
    const card = this.#sync.isAhead(key) ? cardPart(known) : stored.card;
    const draft = fromStored({ card, content: stored.content });
    if (sameValues(draft, known)) return;
    this.#foreign.set(action.actionId, this.foreignChanges(action) + 1);
    this.#keep(withDraft(this.drafts, key, draft));
  }

  #takeAction(action: ActionView): void {
    const { actionId, proposalHash } = action;
    if (action.state !== 'open') {
      const lost = this.#notes.get(actionId)?.lost === true;
      const note = lost ? undefined : decidedNote(action, this.drafts, false);
      if (note) this.#notes.set(actionId, note);
      this.#close(actionId);
      return;
    }
    // Shown anew: what was refused was something else.
    const known = this.state.actions.find((other) => other.actionId === actionId);
    const changed = known !== undefined && known.proposalHash !== proposalHash;
    if (changed && !this.submission(known).inFlight) this.#submissions.delete(actionId);
  }

  #takeSnapshot({ surface, actions }: Extract<HostToView, { type: 'snapshot' }>): void {
    for (const action of actions) this.#takeDrafts(action);
    // By this id VS Code, which writes it to disk, restores the panel after a reload of the window.
    const [first] = actions;
    if (surface === 'panel' && first && !isTemporary(first.actionId))
      this.#host.saveState({ actionId: first.actionId });
  }

  #close(actionId: string): void {
    this.#submissions.delete(actionId);
    this.#sync.forget(actionId);
    this.#foreign.delete(actionId);
    this.#accepted.delete(actionId);
    this.#keep(withoutAction(this.drafts, actionId));
  }

  /** VS Code writes the view's state to disk: what is typed in a temporary thread is not part of it. */
  #saveComposer(): void {
    const kept = this.#temporary ? { ...this.drafts, ...NOTHING_TYPED } : this.drafts;
    this.#host.saveState(saveDrafts(kept));
  }

  /** What was typed before moves into the temporary thread, and nothing of it out again. */
  #takeThread(before: ChatStatus | null): void {
    const was = before?.thread?.temporary === true;
    if (was === this.#temporary || this.state.surface !== 'chat') return;
    if (was) this.keepComposed(NOTHING_TYPED);
    this.#saveComposer();
  }

  get #temporary(): boolean {
    return this.state.status?.thread?.temporary === true;
  }

  #keep(drafts: Drafts): void {
    if (drafts === this.drafts) return;
    const typed = !sameComposed(drafts, this.drafts);
    this.drafts = drafts;
    if (typed) this.#saveComposer();
    this.#changed(true);
  }
}
