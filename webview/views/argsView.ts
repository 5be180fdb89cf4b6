// All arguments of a call to a foreign tool, one line each, with their number; nothing is left out unseen.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { JsonObject } from '../../src/protocol/calls.ts';
import { argRows, type ArgRow } from '../argRows.ts';
import { LightElement } from './lightElement.ts';
import { t } from '../../src/protocol/l10n.ts';
import { icon, shown, shownDense } from './text.ts';

/** More rows than this are shown only when asked for; the card cannot be approved before. */
const MAX_ROWS = 500;

class ArgsView extends LightElement {
  static override properties = { args: { attribute: false }, all: { state: true } };
  declare args: JsonObject;
  declare all: boolean;
  #rows: ArgRow[] = [];

  constructor() {
    super();
    this.args = {};
    this.all = false;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('args')) return;
    this.#rows = argRows(this.args);
    this.all = false;
  }

  protected override render(): TemplateResult {
    const rows = this.all ? this.#rows : this.#rows.slice(0, MAX_ROWS);
    const more = this.#rows.length - rows.length;
    return html`<p class="meta">
        <span data-testid="args-count">${countText(this.#rows.length)}</span>
      </p>
      <dl class="args" data-testid="card-args">${rows.map(row)}</dl>
      ${more > 0 ? this.#moreButton(more) : nothing}`;
  }

  #moreButton(more: number): TemplateResult {
    return html`<button
      class="fold"
      data-truncated
      data-testid="args-show-all"
      @click=${() => {
        this.all = true;
      }}
    >
      ${icon('warning')} ${t('{0} more arguments are not shown: show all, then decide', more)}
    </button>`;
  }
}

function row({ path, value, text }: ArgRow): TemplateResult {
  return html`<div class="arg">
    <dt>${shown(path)}</dt>
    <dd class=${text ? 'arg-text' : 'arg-json'}>${value === '' ? '""' : shownDense(value)}</dd>
  </div>`;
}

function countText(count: number): string {
  if (count === 0) return t('no arguments');
  return count === 1 ? t('1 argument') : t('{0} arguments', count);
}

customElements.define('cs-args', ArgsView);
