// Joins what the host said with what the user typed, and sends decisions. Decides nothing by itself.
import type { Decision, Decisions } from '../src/protocol/calls.ts';
import { HostToView, type ActionView, type RequestView } from '../src/protocol/messages.ts';
import { createClient, type Client, type Outgoing, type ReplyError } from './client.ts';
import {
  draftKey,
  draftOf,
  loadDrafts,
  saveDrafts,
  withDraft,
  withoutAction,
  type CardDraft,
  type Drafts,
} from './drafts.ts';
import { allows, batchDecisions, rejection, undecided } from './review.ts';
import { initialState, reduce, type ViewState } from './store.ts';
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
  readonly #host: Host;
  readonly #client: Client;
  readonly #changed: (now: boolean) => void;
  readonly #submissions = new Map<string, Submission>();
  #badMessages = 0;
  #asking = false;

  constructor(host: Host, changed: (now: boolean) => void) {
    this.#host = host;
    this.#changed = changed;
    this.#client = createClient((message) => {
      host.post(message);
    });
    this.drafts = loadDrafts(host.loadState());
  }

  /** Asks for a snapshot; at start, and when a message was missed. */
  ready(): void {
    if (this.#asking) return;
    this.#asking = true;
    this.send({ type: 'ready' });
  }

  /** Takes one message from the host. A message that does not parse is dropped and reported once. */
  receive(data: unknown): void {
    const parsed = HostToView.safeParse(data);
    if (!parsed.success) {
      this.#badMessages += 1;
      if (this.#badMessages === 1) {
        // eslint-disable-next-line no-console -- the page has no other log; once a page, without the content
        console.error(
          'Countersign: a message from the extension was not understood and was dropped.',
        );
      }
      return;
    }
    const message = parsed.data;
    if (message.type === 'reply') this.#client.settle(message);
    if (message.type === 'draft') this.#takeDraft(message);
    if (message.type === 'snapshot') this.#asking = false;
    if (message.type === 'action') this.#takeAction(message.action);
    this.state = reduce(this.state, message, Date.now());
    if (this.state.gap) this.ready();
    this.#changed(false);
  }

  /** Sends a request whose error, if any, is shown above the composer; `failed` then has its say. */
  send(message: Outgoing, failed?: () => void): void {
    this.error = null;
    this.#client
      .request(message)
      .then((error) => {
        if (message.type === 'ready') this.#asking = false;
        this.error = error;
        if (error) failed?.();
        this.#changed(true);
      })
      .catch(() => undefined);
  }

  /** Enter in a thread that waits for the human: nothing is sent, the choice is pointed at. */
  askWhatToDo(): void {
    this.choosing = true;
    this.#changed(true);
  }

  setComposer(text: string): void {
    this.choosing = false;
    this.#keep({ ...this.drafts, composer: text });
  }

  /** Sends the composer's text; it is back there when the host refuses it, as it does in a busy thread without `whenBusy`. */
  sendMessage(whenBusy?: 'queue' | 'discard'): void {
    const { composer } = this.drafts;
    const text = composer.trim();
    if (text === '') return;
    this.send({ type: 'send', text, ...(whenBusy ? { whenBusy } : {}) }, () => {
      if (this.drafts.composer === '') this.setComposer(composer);
    });
    this.setComposer('');
  }

  draft(action: ActionView, request: RequestView): CardDraft {
    return draftOf(this.drafts, action, request);
  }

  /** Changes what the user has typed or picked on one card. */
  patch(action: ActionView, request: RequestView, patch: Partial<CardDraft>): void {
    const draft = { ...draftOf(this.drafts, action, request), ...patch };
    this.#keep(withDraft(this.drafts, draftKey(action, request), draft));
  }

  submission(action: ActionView): Submission {
    return this.#submissions.get(action.actionId) ?? NOT_SUBMITTED;
  }

  /** A decision for one call: sent at once when the action has only this call, else kept for Submit. */
  decide(action: ActionView, request: RequestView, decision: Decision): void {
    if (action.requests.length === 1) {
      this.#submit(action, { [request.callId]: decision });
    } else {
      this.patch(action, request, { decision, form: 'none' });
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

  #submit(action: ActionView, decisions: Decisions): void {
    const { actionId, proposalHash } = action;
    if (this.submission(action).inFlight) return;
    this.#submissions.set(actionId, { inFlight: true, error: null });
    this.#changed(true);
    this.#client
      .request({ type: 'submit', actionId, proposalHash, decisions })
      .then((error) => {
        // Accepted: stays in flight until the host says that the action is closed.
        if (error) this.#submissions.set(actionId, { inFlight: false, error });
        this.#changed(true);
      })
      .catch(() => undefined);
  }

  #takeDraft(message: Extract<HostToView, { type: 'draft' }>): void {
    const action = this.state.actions.find((known) => known.actionId === message.actionId);
    const request = action?.requests.find((known) => known.callId === message.callId);
    if (!action || request?.proposal.kind !== 'edit') return;
    const content = message.content === request.proposal.newText ? null : message.content;
    // What was decided was another text.
    this.patch(action, request, { content, decision: null });
  }

  #takeAction(action: ActionView): void {
    const { actionId, proposalHash } = action;
    if (action.state !== 'open') {
      this.#close(actionId);
      return;
    }
    // Shown anew: what was refused was something else.
    const known = this.state.actions.find((other) => other.actionId === actionId);
    const changed = known !== undefined && known.proposalHash !== proposalHash;
    if (changed && !this.submission(known).inFlight) this.#submissions.delete(actionId);
  }

  #close(actionId: string): void {
    this.#submissions.delete(actionId);
    this.#keep(withoutAction(this.drafts, actionId));
  }

  #keep(drafts: Drafts): void {
    if (drafts === this.drafts) return;
    this.drafts = drafts;
    this.#host.saveState(saveDrafts(drafts));
    this.#changed(true);
  }
}
