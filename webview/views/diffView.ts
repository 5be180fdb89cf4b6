// One file change inline: every changed line shown and wrapped, only unchanged context folded.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { displayRuns } from '../../src/protocol/displayBytes.ts';
import { diffRows, type DiffRow, type LineRow, type Span } from '../diffRows.ts';
import { LightElement } from './lightElement.ts';
import { icon, runs } from './text.ts';

/** More rows than this are shown only when asked for; the card cannot be approved before. */
const MAX_ROWS = 2000;

class DiffView extends LightElement {
  static override properties = {
    baseText: { attribute: false },
    newText: { attribute: false },
    open: { state: true },
    all: { state: true },
  };
  declare baseText: string | null;
  declare newText: string | null;
  declare open: ReadonlySet<number>;
  declare all: boolean;
  #rows: DiffRow[] = [];

  constructor() {
    super();
    this.baseText = null;
    this.newText = null;
    this.open = new Set();
    this.all = false;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('baseText') && !changed.has('newText')) return;
    this.#rows = diffRows(this.baseText, this.newText);
    this.open = new Set();
    this.all = false;
  }

  protected override render(): TemplateResult {
    const rows = this.all ? this.#rows : this.#rows.slice(0, MAX_ROWS);
    const more = this.#rows.length - rows.length;
    return html`<div
      class="diff"
      data-testid="card-diff"
      role="group"
      aria-label="Change, line by line"
    >
      ${this.#rows.length === 0 ? html`<div class="diff-empty">An empty file</div>` : nothing}
      ${rows.map((row, index) => this.#row(row, index))}
      ${more > 0 ? this.#moreButton(more) : nothing}
    </div>`;
  }

  #row(row: DiffRow, index: number): unknown {
    if (row.kind !== 'fold') return lineRow(row);
    if (this.open.has(index)) return row.rows.map(lineRow);
    return html`<button
      class="fold"
      data-testid="diff-fold"
      @click=${() => {
        this.open = new Set([...this.open, index]);
      }}
    >
      ${icon('unfold')} ${row.rows.length} unchanged lines
    </button>`;
  }

  #moreButton(more: number): TemplateResult {
    return html`<button
      class="fold"
      data-truncated
      data-testid="diff-show-all"
      @click=${() => {
        this.all = true;
      }}
    >
      ${icon('warning')} ${more} more lines are not shown: show all, then decide
    </button>`;
  }
}

const SIGNS = { same: ' ', added: '+', removed: '−' };
const NAMES = { same: '', added: 'added ', removed: 'removed ' };

function lineRow(row: LineRow): TemplateResult {
  const number = row.new ?? row.old;
  return html`<div class="row row-${row.kind}">
    <span class="row-number">${number}</span
    ><span class="row-sign" aria-label=${NAMES[row.kind] || nothing}>${SIGNS[row.kind]}</span
    ><bdi dir="ltr" class="row-text"
      >${row.spans.map(span)}${row.unended ? unendedMark() : nothing}</bdi
    >
  </div>`;
}

function span(part: Span): unknown {
  const text = runs(displayRuns(part.text.replaceAll('\t', '    ')));
  return part.changed ? html`<mark>${text}</mark>` : text;
}

function unendedMark(): TemplateResult {
  return html`<span class="unended" title="There is no line break at the end of the file"
    >no line break</span
  >`;
}

customElements.define('cs-diff', DiffView);
