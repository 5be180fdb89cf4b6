// One file change inline: every changed line shown and wrapped, only unchanged context folded. Where the host named hunks to
// choose among, each stands under a checkbox of its own. Decides nothing.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { live } from 'lit/directives/live.js';
import type { Hunk } from '../../src/protocol/hunks.ts';
import { diffRows, type DiffRow, type LineRow } from '../diffRows.ts';
import { hunkPlace } from '../hunks.ts';
import { syntaxLoaded, tokenLines, type TokenLines } from '../syntax.ts';
import { linePieces } from '../linePieces.ts';
import { LightElement } from './lightElement.ts';
import { t } from '../../src/protocol/l10n.ts';
import { icon, runs } from './text.ts';

/** More rows than this are shown only when asked for; the card cannot be approved before. */
export const MAX_ROWS = 2000;

/** So many rows are drawn at first, and so many more with each frame: the page goes on answering. */
const FIRST = 300;
const PART = 1000;

/** What of the hunks the user has dropped, and how to change that. */
export interface HunkChoice {
  dropped: readonly number[];
  disabled: boolean;
  choose: (index: number, keep: boolean) => void;
}

class DiffView extends LightElement {
  static override properties = {
    baseText: { attribute: false },
    newText: { attribute: false },
    hunks: { attribute: false },
    choice: { attribute: false },
    path: { attribute: false },
    limit: { attribute: false },
    open: { state: true },
    all: { state: true },
    drawn: { state: true },
  };
  declare baseText: string | null;
  declare newText: string | null;
  /** The host's hunks of these texts, where it named them. */
  declare hunks: readonly Hunk[] | undefined;
  declare choice: HunkChoice | undefined;
  /** Its ending says in which language the texts are; empty for none. */
  declare path: string;
  declare limit: number;
  declare open: ReadonlySet<number>;
  declare all: boolean;
  /** Rows that are on the page already, of those that are to be. */
  declare drawn: number;
  #rows: DiffRow[] = [];
  #old: TokenLines;
  #new: TokenLines;

  constructor() {
    super();
    this.baseText = null;
    this.newText = null;
    this.path = '';
    this.limit = MAX_ROWS;
    this.open = new Set();
    this.all = false;
    this.drawn = FIRST;
  }

  /** After the text itself is on screen, which never waits for its colours. */
  async #colour(): Promise<void> {
    await syntaxLoaded();
    await new Promise((painted) => setTimeout(painted));
    if (!this.isConnected) return;
    this.#old = tokenLines(this.baseText, this.path);
    this.#new = tokenLines(this.newText, this.path);
    this.requestUpdate();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('baseText') && !changed.has('newText') && !changed.has('hunks')) return;
    this.#rows = diffRows(this.baseText, this.newText, this.hunks);
    this.#old = undefined;
    this.#new = undefined;
    this.#colour().catch(() => undefined);
    this.open = new Set();
    this.all = false;
    this.drawn = FIRST;
  }

  protected override updated(): void {
    if (this.drawn >= this.#wanted) return;
    requestAnimationFrame(() => {
      this.drawn += PART;
    });
  }

  get #wanted(): number {
    return this.all ? this.#rows.length : Math.min(this.limit, this.#rows.length);
  }

  protected override render(): TemplateResult {
    const wanted = this.#wanted;
    const more = this.#rows.length - wanted;
    return html`<div
      class="diff"
      data-testid="card-diff"
      role="group"
      aria-label=${t('Change, line by line')}
    >
      ${this.#rows.length === 0 ? html`<div class="diff-empty">${t('An empty file')}</div>` : nothing}
      ${this.#parts(Math.min(this.drawn, wanted))}
      ${this.drawn < wanted ? html`<div class="fold" data-truncated>…</div>` : nothing}
      ${more > 0 ? this.#moreButton(more) : nothing}
    </div>`;
  }

  /** Parts of the rows that are drawn again only when something about them is new. */
  #parts(count: number): unknown[] {
    const { choice, open } = this;
    const state = [
      this.#rows,
      this.#old,
      this.#new,
      open,
      choice?.dropped.join(),
      choice?.disabled,
    ];
    return Array.from({ length: Math.ceil(count / FIRST) }, (_, part) => {
      const [from, to] = [part * FIRST, Math.min((part + 1) * FIRST, count)];
      return guard([...state, to], () =>
        this.#rows.slice(from, to).map((row, index) => this.#row(row, from + index)),
      );
    });
  }

  #row(row: DiffRow, index: number): unknown {
    if (row.kind === 'hunk') return this.#hunk(row.index);
    if (row.kind !== 'fold') return this.#line(row);
    if (this.open.has(index)) return row.rows.map((line) => this.#line(line));
    return html`<button
      class="fold"
      data-testid="diff-fold"
      @click=${() => {
        this.open = new Set([...this.open, index]);
      }}
    >
      ${icon('unfold')} ${t('{0} unchanged lines', row.rows.length)}
    </button>`;
  }

  #hunk(index: number): TemplateResult | typeof nothing {
    const { choice, hunks = [] } = this;
    const hunk = hunks[index];
    if (!choice || !hunk) return nothing;
    const kept = !choice.dropped.includes(index);
    const place = hunkPlace(hunk);
    const name = t('Change {0} of {1}', index + 1, hunks.length);
    return html`<label class="hunk" data-testid="hunk" data-index=${index} data-kept=${kept}>
      <input
        type="checkbox"
        aria-label=${t('{0}, {1}: keep', name, place)}
        .checked=${live(kept)}
        ?disabled=${choice.disabled}
        @change=${(event: Event) => {
          if (event.target instanceof HTMLInputElement) choice.choose(index, event.target.checked);
        }}
      />
      <span aria-hidden="true">${name} · ${place}</span>
      <span class="hunk-state" aria-hidden="true">${kept ? nothing : t('dropped')}</span>
    </label>`;
  }

  #line(row: LineRow): TemplateResult {
    const number = row.new ?? row.old;
    const dropped = row.hunk !== null && this.choice?.dropped.includes(row.hunk) === true;
    const tokens = row.new === null ? this.#old?.[(row.old ?? 0) - 1] : this.#new?.[row.new - 1];
    return html`<div class="row row-${row.kind} ${dropped ? 'row-dropped' : ''}">
      <span class="row-number">${number}</span
      ><span class="row-sign" aria-label=${signName(row.kind, dropped) || nothing}
        >${SIGNS[row.kind]}</span
      ><bdi dir="ltr" class="row-text"
        >${linePieces(row.spans, dropped ? [] : tokens).map(piece)}${row.unended ? unendedMark() : nothing}</bdi
      >
    </div>`;
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
      ${icon('warning')} ${t('{0} more lines are not shown: show all, then decide', more)}
    </button>`;
  }
}

const SIGNS = { same: ' ', added: '+', removed: '−' };

/** What a screen reader says before a line. */
function signName(kind: LineRow['kind'], dropped: boolean): string {
  if (kind === 'same') return '';
  if (kind === 'added') return dropped ? t('dropped, not added') : t('added');
  return dropped ? t('dropped, not removed') : t('removed');
}

function piece({ runs: found, changed, token }: ReturnType<typeof linePieces>[number]): unknown {
  const text = token === '' ? runs(found) : html`<span class=${token}>${runs(found)}</span>`;
  return changed ? html`<mark>${text}</mark>` : text;
}

function unendedMark(): TemplateResult {
  return html`<span class="unended" title=${t('There is no line break at the end of the file')}
    >${t('no line break')}</span
  >`;
}

customElements.define('cs-diff', DiffView);
