// The fields that a decision may need: a reason, an answer, edited arguments. Says what is typed; sends nothing.
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { JsonObject } from '../../src/protocol/calls.ts';
import type { RequestView } from '../../src/protocol/messages.ts';
import type { CardDraft } from '../drafts.ts';
import { argsText, parseArgs, schemaProblem, type ParsedArgs } from '../review.ts';
import { t } from '../../src/protocol/l10n.ts';
import { icon } from './text.ts';

type Patch = (patch: Partial<CardDraft>) => void;

interface Field {
  testid: string;
  label: string;
  value: string;
  rows: number;
  input: (text: string) => void;
}

/** A labelled text area; Enter makes a new line and never decides. */
function textField(field: Field): TemplateResult {
  return html`<label class="field-label">
    <span>${field.label}</span>
    <textarea
      class="field"
      data-testid=${field.testid}
      rows=${field.rows}
      spellcheck="false"
      .value=${live(field.value)}
      @input=${(event: Event) => {
        if (event.target instanceof HTMLTextAreaElement) field.input(event.target.value);
      }}
    ></textarea>
  </label>`;
}

export function reasonField(draft: CardDraft, patch: Patch): TemplateResult {
  const input = (reason: string): void => {
    patch({ reason });
  };
  return textField({
    testid: 'reason-input',
    label: t('Reason, for the agent (optional)'),
    value: draft.reason,
    rows: 2,
    input,
  });
}

export function respondField(draft: CardDraft, patch: Patch): TemplateResult {
  const input = (respond: string): void => {
    patch({ respond });
  };
  const label = t('What the agent gets instead of a result');
  return textField({ testid: 'respond-input', label, value: draft.respond, rows: 3, input });
}

/** The arguments as they stand in the editor. */
export function editedArgs(request: RequestView, draft: CardDraft): ParsedArgs {
  const parsed = parseArgs(draft.args ?? argsText(request.args));
  const problem = parsed.ok ? schemaProblem(parsed.args, request.schema) : undefined;
  return problem === undefined ? parsed : { ok: false, error: problem };
}

export function argsField(request: RequestView, draft: CardDraft, patch: Patch): TemplateResult {
  const value = draft.args ?? argsText(request.args);
  const edited = editedArgs(request, draft);
  const rows = Math.min(16, Math.max(4, value.split('\n').length + 1));
  const input = (args: string): void => {
    patch({ args });
  };
  return html`
    ${textField({ testid: 'args-input', label: t('Arguments of {0}, as JSON', request.tool), value, rows, input })}
    ${fieldList(request.schema)}
    ${
      edited.ok
        ? nothing
        : html`<p class="field-error" role="alert" data-testid="args-error">
            ${icon('error')}<span>${edited.error}</span>
          </p>`
    }
  `;
}

/** The tool's arguments by name and type, from its schema. */
function fieldList(schema: JsonObject): TemplateResult | typeof nothing {
  const properties = JsonObject.safeParse(schema['properties']);
  if (!properties.success) return nothing;
  const required: unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  const names = Object.entries(properties.data).map(([name, value]) => {
    const parsed = JsonObject.safeParse(value);
    const type =
      parsed.success && typeof parsed.data['type'] === 'string' ? parsed.data['type'] : 'any';
    return `${name}${required.includes(name) ? '' : '?'}: ${type}`;
  });
  return html`<p class="field-hint">${names.join(' · ')}</p>`;
}
