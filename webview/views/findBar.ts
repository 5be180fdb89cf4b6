// The field that looks for a text in the thread: Enter goes on, Shift+Enter back, Escape closes it.
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { displayBytes } from '../../src/protocol/displayBytes.ts';
import { partsOfItem, searcher } from '../../src/protocol/itemText.ts';
import { MAX_FIND, type TranscriptItem } from '../../src/protocol/messages.ts';
import { t } from '../../src/protocol/l10n.ts';
import type { Find } from '../find.ts';
import { icon } from './text.ts';

export function findBar(
  find: Find,
  items: readonly TranscriptItem[],
): TemplateResult | typeof nothing {
  if (!find.open) return nothing;
  return html`<div
    class="find-bar"
    role="search"
    aria-label=${t('Find in this thread')}
    data-testid="find-bar"
    @keydown=${(event: KeyboardEvent) => {
      onKey(find, event);
    }}
  >
    <input
      class="field"
      type="text"
      data-testid="find-input"
      maxlength=${MAX_FIND}
      spellcheck="false"
      autocomplete="off"
      aria-label=${t('Find in this thread')}
      placeholder=${t('Find')}
      .value=${live(find.text)}
      @input=${(event: Event) => {
        if (event.target instanceof HTMLInputElement) find.setText(event.target.value);
      }}
    />
    <span class="find-count" role="status" data-testid="find-count"
      >${countText(find)}<span class="sr-only">${aboutText(find, items)}</span></span
    >
    ${stepButton(find, -1)} ${stepButton(find, 1)}
    <button
      class="icon-button"
      data-testid="find-close"
      aria-label=${t('Close')}
      title=${`${t('Close')} (Escape)`}
      @click=${() => {
        find.close();
      }}
    >
      ${icon('close')}
    </button>
  </div>`;
}

function onKey(find: Find, event: KeyboardEvent): void {
  if (event.isComposing) return;
  const inField = event.target instanceof HTMLInputElement;
  if (event.key === 'Escape') find.close();
  else if (event.key === 'Enter' && inField) step(find, event.shiftKey ? -1 : 1);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function step(find: Find, by: 1 | -1): void {
  find.step(by).catch(() => undefined);
}

function stepButton(find: Find, by: 1 | -1): TemplateResult {
  const label = by === 1 ? t('Next') : t('Previous');
  return html`<button
    class="icon-button"
    data-testid=${by === 1 ? 'find-next' : 'find-previous'}
    aria-label=${label}
    title=${`${label} (${by === 1 ? 'Enter' : 'Shift+Enter'})`}
    ?disabled=${(find.found ?? []).length === 0}
    @click=${() => {
      step(find, by);
    }}
  >
    ${icon(by === 1 ? 'arrow-down' : 'arrow-up')}
  </button>`;
}

/** Counts rows of the thread: one may hold it more than once. */
function countText({ text, found, at, more }: Find): string {
  if (text.trim() === '') return '';
  if (!found) return t('Searching…');
  if (found.length === 0) return t('Nothing found');
  const total = `${found.length}${more ? '+' : ''}`;
  return at === 0 ? t('{0} entries', total) : t('{0} of {1} entries', at, total);
}

/** Read out, not drawn: the row that is shown, around the place. */
function aboutText(find: Find, items: readonly TranscriptItem[]): string {
  const item = items.find(({ id }) => id === find.itemId);
  if (!item) return '';
  const finds = searcher(find.text);
  const part = partsOfItem(item).find(({ text }) => finds(text))?.text ?? '';
  const at = Math.max(0, part.toLowerCase().indexOf(find.text.toLowerCase()));
  const words = part.slice(Math.max(0, at - 40), at + find.text.length + 60);
  return `: ${whoOf(item)}: ${displayBytes(words.replaceAll(/\s+/g, ' '))}`;
}

function whoOf(item: TranscriptItem): string {
  switch (item.kind) {
    case 'user':
      return t('You');
    case 'assistant':
      return t('Agent');
    case 'call':
      return displayBytes(item.tool);
    case 'changed':
    case 'notice':
      return t('Notice');
  }
}
