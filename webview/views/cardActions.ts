// The foot of an undecided card: its buttons, or the form of the decision that is being made.
import { html, nothing, type TemplateResult } from 'lit';
import { canRemember } from '../remember.ts';
import { allows, answerText, approval, callTitle, canApprove, rejection } from '../review.ts';
import { button } from './actionButton.ts';
import type { CardView } from './card.ts';
import { argsField, editedArgs, reasonField, respondField } from './decisionForm.ts';
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
    <div class="actions">
      ${question ? answerButton(card) : approveButton(card)} ${rememberOpener(card)}
      ${allows(request, 'edit') && !question ? editButton(card) : nothing} ${outcomeButtons(card)}
      ${allows(request, 'reject') ? opener(card, 'Reject') : nothing}
      ${allows(request, 'respond') && !question ? opener(card, 'Respond') : nothing}
      <span class="grow"></span>
      ${request.proposal.kind === 'edit' ? diffButton(card) : nothing}
      ${card.single && allows(request, 'reject') ? stopButton(card) : nothing}
    </div>
  `;
}

function approveButton(card: CardView): TemplateResult | typeof nothing {
  const { request, draft } = card;
  if (!canApprove(request, draft)) return nothing;
  return button({
    name: 'Approve',
    testid: 'approve',
    says: callTitle(request).phrase,
    title: 'Ctrl+Enter or Cmd+Enter while the card has the focus',
    primary: true,
    disabled: card.busy || !card.looksArmed,
    press: (event) => {
      card.decide(event, approval(draft));
    },
  });
}

function answerButton(card: CardView): TemplateResult | typeof nothing {
  const { request, draft } = card;
  if (request.proposal.kind !== 'question' || !allows(request, 'respond')) return nothing;
  const text = answerText(request.proposal, draft);
  return button({
    name: 'Answer',
    testid: 'answer',
    says: 'with what is picked or typed above',
    primary: true,
    disabled: card.busy || !card.looksArmed || text === null,
    press: (event) => {
      if (text !== null) card.decide(event, { type: 'respond', text });
    },
  });
}

const OUTCOMES = [
  { type: 'mark_done', name: 'Mark done', says: 'it has happened; nothing runs' },
  { type: 'run_again', name: 'Run again', says: 'although it may have happened already' },
  {
    type: 'skip',
    name: 'Skip',
    says: 'nothing runs; the agent is told that the outcome is unknown',
  },
] as const;

/** What can be said of a call whose outcome is unknown after a crash. */
function outcomeButtons(card: CardView): TemplateResult[] {
  return OUTCOMES.filter(({ type }) => allows(card.request, type)).map(({ type, name, says }) =>
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
  return button({
    name: 'Edit',
    testid: 'edit',
    says: inEditor ? 'the new text, in the diff editor' : 'the arguments of the call',
    disabled: card.busy,
    press: () => {
      card.openForm(inEditor ? 'diff' : 'args');
      if (inEditor) card.openDiff();
    },
  });
}

function opensInDiffEditor(card: CardView): boolean {
  const { proposal } = card.request;
  return proposal.kind === 'edit' && proposal.newText !== null;
}

function opener(card: CardView, name: 'Reject' | 'Respond'): TemplateResult {
  const form = name === 'Reject' ? 'reject' : 'respond';
  return button({
    name,
    testid: form,
    says: form === 'reject' ? callTitle(card.request).phrase : 'in place of the result',
    disabled: card.busy,
    press: () => {
      card.openForm(form);
    },
  });
}

function diffNote(card: CardView): TemplateResult {
  return html`<p class="card-note">
    <span
      >Change the right side in the diff editor; this card shows what you make of it.
      <button
        class="link"
        data-testid="edit-args"
        @click=${() => {
          card.openForm('args');
        }}
      >
        Edit the arguments as JSON instead
      </button></span
    >
  </p>`;
}

function diffButton(card: CardView): TemplateResult {
  return html`<button
    class="link"
    data-testid="open-diff"
    ?disabled=${card.busy}
    @click=${card.openDiff}
  >
    Open in diff editor
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
    Reject and stop
  </button>`;
}

function cancelButton(card: CardView): TemplateResult {
  return button({
    name: 'Cancel',
    testid: 'cancel',
    says: 'this decision; nothing is sent',
    press: () => {
      card.openForm('none');
    },
  });
}

function rejectForm(card: CardView): TemplateResult {
  const { draft, patch } = card;
  const confirm = button({
    name: 'Reject',
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
    name: 'Respond',
    testid: 'respond',
    says: 'in place of the result; nothing runs',
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
    name: 'Approve',
    testid: 'approve',
    says: `${callTitle(request).phrase}, with the arguments as edited here`,
    primary: true,
    disabled: card.busy || !card.looksArmed || !edited.ok,
    press: (event) => {
      if (edited.ok) card.decide(event, { type: 'edit', args: edited.args });
    },
  });
  return html`<div class="form">${argsField(request, draft, patch)}</div>
    <div class="actions">${confirm} ${cancelButton(card)}</div>`;
}
