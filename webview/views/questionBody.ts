// A question to the user: its options as radio buttons or checkboxes, and a field for an answer in one's own words.
import { html, nothing, type TemplateResult } from 'lit';
import type { QuestionOption, QuestionProposal } from '../../src/protocol/calls.ts';
import { controlChecked } from '../controls.ts';
import type { CardDraft } from '../drafts.ts';
import { t } from '../../src/protocol/l10n.ts';
import { shown, shownLines } from './text.ts';

type Patch = (patch: Partial<CardDraft>) => void;

interface Asked {
  question: QuestionProposal;
  draft: CardDraft;
  patch: Patch;
  disabled: boolean;
}

export function questionBody(asked: Asked): TemplateResult {
  const { question } = asked;
  return html`<div class="question">
    <p class="question-text">${shownLines(question.question)}</p>
    ${
      question.description === undefined
        ? nothing
        : html`<p class="question-description">${shownLines(question.description)}</p>`
    }
    ${question.options.length === 0 ? nothing : question.multiSelect ? checkboxes(asked) : radios(asked)}
    ${freeText(asked)}
  </div>`;
}

function radios(asked: Asked): TemplateResult {
  const { question, draft, patch, disabled } = asked;
  return html`<vscode-radio-group orientation="vertical" aria-label=${t('Answers')}>
    ${question.options.map(
      (option) =>
        html`<vscode-radio
          data-testid="option-${option.value}"
          .value=${option.value}
          .checked=${!draft.other && draft.selected[0] === option.value}
          ?disabled=${disabled}
          @change=${(event: Event) => {
            if (controlChecked(event)) patch({ selected: [option.value], other: false });
          }}
          >${optionLabel(option)}</vscode-radio
        >`,
    )}
    <vscode-radio
      data-testid="option-other"
      value=" something else "
      .checked=${draft.other}
      ?disabled=${disabled}
      @change=${(event: Event) => {
        if (controlChecked(event)) patch({ other: true });
      }}
      >${t('Something else')}</vscode-radio
    >
  </vscode-radio-group>`;
}

function checkboxes(asked: Asked): TemplateResult {
  const { question, draft, patch, disabled } = asked;
  const toggle = (value: string, on: boolean): void => {
    if (draft.selected.includes(value) === on) return;
    patch({
      selected: on ? [...draft.selected, value] : draft.selected.filter((known) => known !== value),
    });
  };
  return html`<div class="checks" role="group" aria-label=${t('Answers, any number')}>
    ${question.options.map(
      (option) =>
        html`<vscode-checkbox
          data-testid="option-${option.value}"
          .checked=${draft.selected.includes(option.value)}
          ?disabled=${disabled}
          @change=${(event: Event) => {
            toggle(option.value, controlChecked(event));
          }}
          >${optionLabel(option)}</vscode-checkbox
        >`,
    )}
  </div>`;
}

function optionLabel(option: QuestionOption): TemplateResult {
  // The value is what is sent: shown when the label does not say it.
  return html`${shown(option.label)}${
    option.label === option.value
      ? nothing
      : html` <small class="option-value">${shown(option.value)}</small>`
  }`;
}

function freeText(asked: Asked): TemplateResult {
  const { question, draft, patch, disabled } = asked;
  const alone = question.options.length === 0;
  return html`<textarea
    class="field"
    data-testid="free-text"
    rows="1"
    aria-label=${alone ? t('Your answer') : t('Another answer, in your own words')}
    placeholder=${alone ? t('Type an answer') : t('Something else: type an answer')}
    ?disabled=${disabled}
    .value=${draft.freeText}
    @input=${(event: Event) => {
      if (!(event.target instanceof HTMLTextAreaElement)) return;
      const text = event.target.value;
      patch({ freeText: text, other: text.trim() !== '' });
    }}
  ></textarea>`;
}
