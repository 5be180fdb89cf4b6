// How text that a model or a repository wrote is shown: every character visible, isolated, never as markup.
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../../src/protocol/l10n.ts';
import { displayRuns, type DisplayRun } from '../../src/protocol/displayBytes.ts';

const LONG_BLANKS = /( {4,}|\n{4,})/;

/** One line of foreign text. Hidden characters become chips such as `U+202E`. */
export function shown(text: string): TemplateResult {
  return html`<bdi dir="ltr" class="shown">${runs(displayRuns(text))}</bdi>`;
}

/** Foreign text with its line breaks and tabs. */
export function shownLines(text: string): TemplateResult {
  return html`<bdi dir="ltr" class="shown lines">${runs(displayRuns(text, true))}</bdi>`;
}

/** As `shownLines`, but long runs of blanks or line breaks become `␠×297`, so that nothing is pushed out of sight. */
export function shownDense(text: string): TemplateResult {
  const parts = displayRuns(text, true).map((run) =>
    run.hidden ? chip(run.text) : run.text.split(LONG_BLANKS).map(denseBlanks),
  );
  return html`<bdi dir="ltr" class="shown lines">${parts}</bdi>`;
}

/** Foreign text without the isolating element, for rows that isolate as a whole. */
export function runs(found: readonly DisplayRun[]): unknown {
  const first = found[0];
  if (first === undefined) return nothing;
  if (found.length === 1 && !first.hidden) return first.text;
  return found.map((run) => (run.hidden ? chip(run.text) : run.text));
}

function denseBlanks(part: string): unknown {
  if (!LONG_BLANKS.test(part)) return part;
  return chip(`${part.startsWith(' ') ? '␠' : '⏎'}×${part.length}`);
}

function chip(text: string): TemplateResult {
  return html`<span class="hidden-char" title=${t('A character that would not be seen')}
    >${text}</span
  >`;
}

/** A codicon; decorative, so that it must stand beside words. */
export function icon(name: string): TemplateResult {
  return html`<span class="codicon codicon-${name}" aria-hidden="true"></span>`;
}
