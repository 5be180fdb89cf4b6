// The foot of an undecided card: its buttons, or the form of the decision that is being made.
import { html, nothing, type TemplateResult } from 'lit';
import { canRemember } from '../remember.ts';
import { keptHunks } from '../hunks.ts';
import {
  allows,
  answerText,
  approval,
  callTitle,
  canApprove,
  clashes,
  keepsNothing,
  rejection,
  unsettled,
} from '../review.ts';
import { button } from './actionButton.ts';
import type { CardView } from './card.ts';
import { argsField, editedArgs, reasonField, respondField } from './decisionForm.ts';
import { t } from '../../src/protocol/l10n.ts';
import { rememberForm, rememberOpener } from './rememberMenu.ts';

export function cardActions(card: CardView): TemplateResult {
  switch (card.draft.form) {
    case 'none':
    case 'diff':
      return buttonRow(card);
    case 'reject':
      return rejectForm(card);
    case 'respond':
      return respondForm(card);
    case 'args':
      return argsForm(card);
    case 'remember': {
      const offer = canRemember(card.request, card.draft);
      return offer ? rememberForm(card, offer) : buttonRow(card);
    }
  }
}

function buttonRow(card: CardView): TemplateResult {
  const { request, draft } = card;
  const question = request.proposal.kind === 'question';
  return html`
    ${draft.form === 'diff' ? diffNote(card) : nothing}
    ${keepsNothing(request, draft) ? noneNote() : nothing}
    <div class="actions">
      ${question ? answerButton(card) : approveButton(card)} ${rememberOpener(card)}
      ${allows(request, 'edit') && !question ? editButton(card) : nothing} ${outcomeButtons(card)}
      ${allows(request, 'reject') ? opener(card, 'reject') : nothing}
      ${allows(request, 'respond') && !question ? opener(card, 'respond') : nothing}
      <span class="grow"></span>
      ${request.proposal.kind === 'edit' ? diffButton(card) : nothing}
      ${card.single && allows(request, 'reject') ? stopButton(card) : nothing}
    </div>
  `;
}

function approveButton(card: CardView): TemplateResult | typeof nothing {
  const { request, draft } = card;
  if (!canApprove(request, draft)) return nothing;
  const none = keepsNothing(request, draft);
  const clash = unsettled(request, draft);
  const { phrase } = callTitle(request);
  const kept = keptHunks(request, draft);
  return button({
    name: t('Approve'),
    testid: 'approve',
    says: kept === undefined ? phrase : t('{0}, {1} of its changes', phrase, kept.length),
    title: clash
      ? t('The conflict is not resolved yet')
      : none
        ? t('No change is kept: to drop all is to reject')
        : t('Ctrl+Enter or Cmd+Enter while the card has the focus'),
    primary: true,
    disabled: card.busy || !card.looksArmed || none || clash,
    press: (event) => {
      if (!none && !clash) card.decide(event, approval(request, draft));
    },
  });
}

function answerButton(card: CardView): TemplateResult | typeof nothing {
  const { request, draft } = card;
  if (request.proposal.kind !== 'question' || !allows(request, 'respond')) return nothing;
  const text = answerText(request.proposal, draft);
  return button({
    name: t('Answer'),
    testid: 'answer',
    says: t('with what is picked or typed above'),
    primary: true,
    disabled: card.busy || !card.looksArmed || text === null,
    press: (event) => {
      if (text !== null) card.decide(event, { type: 'respond', text });
    },
  });
}

const outcomes = () =>
  [
    { type: 'mark_done', name: t('Mark done'), says: t('it has happened; nothing runs') },
    { type: 'run_again', name: t('Run again'), says: t('although it may have happened already') },
    {
      type: 'skip',
      name: t('Skip'),
      says: t('nothing runs; the agent is told that the outcome is unknown'),
    },
  ] as const;

/** What can be said of a call whose outcome is unknown after a crash. */
function outcomeButtons(card: CardView): TemplateResult[] {
  return outcomes()
    .filter(({ type }) => allows(card.request, type))
    .map(({ type, name, says }) =>
      button({
        name,
        says,
        testid: type.replace('_', '-'),
        disabled: card.busy || !card.looksArmed,
        press: (event) => {
          card.decide(event, { type });
        },
      }),
    );
}

function editButton(card: CardView): TemplateResult {
  const inEditor = opensInDiffEditor(card);
  if (inEditor && clashes(card.request)) return resolveButton(card);
  return button({
    name: t('Edit'),
    testid: 'edit',
    says: inEditor ? t('the new text, in the diff editor') : t('the arguments of the call'),
    disabled: card.busy,
    press: () => {
      card.openForm(inEditor ? 'diff' : 'args');
      if (inEditor) card.openDiff();
    },
  });
}

/** For an edit that clashes with what the user changed since. */
function resolveButton(card: CardView): TemplateResult {
  return button({
    name: t('Resolve conflict'),
    testid: 'resolve',
    says: t('yours and the agent’s change of the same lines, in the merge editor'),
    primary: card.draft.content === null,
    disabled: card.busy,
    press: () => {
      card.openForm('diff');
      card.openDiff(true);
    },
  });
}

function opensInDiffEditor(card: CardView): boolean {
  const { proposal } = card.request;
  return proposal.kind === 'edit' && proposal.newText !== null;
}

function opener(card: CardView, form: 'reject' | 'respond'): TemplateResult {
  return button({
    name: form === 'reject' ? t('Reject') : t('Respond'),
    testid: form,
    says: form === 'reject' ? callTitle(card.request).phrase : t('in place of the result'),
    disabled: card.busy,
    press: () => {
      card.openForm(form);
    },
  });
}

function diffNote(card: CardView): TemplateResult | typeof nothing {
  // Its arguments are from before the user's change.
  if (clashes(card.request)) return nothing;
  return html`<p class="card-note">
    <span
      >${t('Change the right side in the diff editor; this card shows what you make of it.')}
      <button
        class="link"
        data-testid="edit-args"
        @click=${() => {
          card.openForm('args');
        }}
      >
        ${t('Edit the arguments as JSON instead')}
      </button></span
    >
  </p>`;
}

function noneNote(): TemplateResult {
  return html`<p class="card-note" data-testid="none-kept">
    <span>${t('No change is kept: to drop all is to reject. Keep one, or press Reject.')}</span>
  </p>`;
}

function diffButton(card: CardView): TemplateResult {
  return html`<button
    class="link"
    data-testid="open-diff"
    ?disabled=${card.busy}
    @click=${() => {
      card.openDiff();
    }}
  >
    ${t('Open in diff editor')}
  </button>`;
}

function stopButton(card: CardView): TemplateResult {
  return html`<button
    class="link"
    data-testid="reject-and-stop"
    ?disabled=${card.busy || !card.looksArmed}
    @click=${(event: Event) => {
      card.decide(event, rejection(card.draft.reason, true));
    }}
  >
    ${t('Reject and stop')}
  </button>`;
}

function cancelButton(card: CardView): TemplateResult {
  return button({
    name: t('Cancel'),
    testid: 'cancel',
    says: t('this decision; nothing is sent'),
    press: () => {
      card.openForm('none');
    },
  });
}

function rejectForm(card: CardView): TemplateResult {
  const { draft, patch } = card;
  const confirm = button({
    name: t('Reject'),
    testid: 'reject',
    says: callTitle(card.request).phrase,
    primary: true,
    disabled: card.busy || !card.looksArmed,
    press: (event) => {
      card.decide(event, rejection(draft.reason));
    },
  });
  return html`<div class="form">${reasonField(draft, patch)}</div>
    <div class="actions">
      ${confirm} ${cancelButton(card)}
      <span class="grow"></span>
      ${card.single ? stopButton(card) : nothing}
    </div>`;
}

function respondForm(card: CardView): TemplateResult {
  const { draft, patch } = card;
  const text = draft.respond.trim();
  const confirm = button({
    name: t('Respond'),
    testid: 'respond',
    says: t('in place of the result; nothing runs'),
    primary: true,
    disabled: card.busy || !card.looksArmed || text === '',
    press: (event) => {
      if (text !== '') card.decide(event, { type: 'respond', text });
    },
  });
  return html`<div class="form">${respondField(draft, patch)}</div>
    <div class="actions">${confirm} ${cancelButton(card)}</div>`;
}

function argsForm(card: CardView): TemplateResult {
  const { request, draft, patch } = card;
  const edited = editedArgs(request, draft);
  const confirm = button({
    name: t('Approve'),
    testid: 'approve',
    says: t('{0}, with the arguments as edited here', callTitle(request).phrase),
    primary: true,
    disabled: card.busy || !card.looksArmed || !edited.ok,
    press: (event) => {
      if (edited.ok) card.decide(event, { type: 'edit', args: edited.args });
    },
  });
  return html`<div class="form">${argsField(request, draft, patch)}</div>
    <div class="actions">${confirm} ${cancelButton(card)}</div>`;
}
