// The files that are offered for an @ in the message: a listbox that the field controls. It stands in the flow above the field, never
// over a card: what a press would hit when it closes has moved, and is disarmed by that.
import { html, nothing, type TemplateResult } from 'lit';
import type { Controller } from '../controller.ts';
import { t } from '../../src/protocol/l10n.ts';
import { icon, shown } from './text.ts';

const LIST_ID = 'mention-list';
const optionId = (index: number): string => `mention-${String(index)}`;

export function mentionList(controller: Controller): TemplateResult {
  const { list } = controller.composing;
  const paths = list?.paths ?? [];
  return html`${
      list && paths.length > 0
        ? html`<ul
            class="mentions"
            id=${LIST_ID}
            role="listbox"
            data-testid="mentions"
            aria-label=${t('Files to attach')}
          >
            ${paths.map((path, index) => option(controller, { path, index, selected: list.selected === index }))}
          </ul>`
        : nothing
    }
    <div class="sr-only" role="status" data-testid="mentions-status">
      ${list?.paths ? countText(paths.length) : ''}
    </div>
    ${
      list?.paths?.length === 0
        ? html`<p class="composer-note" aria-hidden="true" data-testid="no-mentions">
            ${countText(0)}
          </p>`
        : nothing
    }`;
}

function countText(count: number): string {
  if (count === 0) return t('No file of the workspace has such a name.');
  return count === 1 ? t('1 file') : t('{0} files', count);
}

function option(
  controller: Controller,
  { path, index, selected }: { path: string; index: number; selected: boolean },
): TemplateResult {
  const at = path.lastIndexOf('/') + 1;
  return html`<li
    class="mention"
    id=${optionId(index)}
    role="option"
    data-testid="mention"
    aria-selected=${selected ? 'true' : 'false'}
    @mousedown=${(event: Event) => {
      // The field keeps the focus.
      event.preventDefault();
    }}
    @click=${(event: Event) => {
      if (event.isTrusted) takeMention(controller, index);
    }}
  >
    ${icon('file')}<span class="mention-name">${shown(path.slice(at))}</span
    ><span class="mention-folder">${shown(path.slice(0, Math.max(0, at - 1)))}</span>
  </li>`;
}

/** What makes the field the list's combobox, while there is one. */
export function comboboxOf({ composing: { list } }: Controller): {
  role: string | typeof nothing;
  expanded: string | typeof nothing;
  controls: string | typeof nothing;
  active: string | typeof nothing;
} {
  const open = list !== null && (list.paths?.length ?? 0) > 0;
  if (!open) return { role: nothing, expanded: nothing, controls: nothing, active: nothing };
  const active = optionId(list.selected);
  return { role: 'combobox', expanded: 'true', controls: LIST_ID, active };
}

/** Keys of the open list; true when the field must not have this one. */
export function mentionKey(controller: Controller, { key }: KeyboardEvent): boolean {
  const { composing } = controller;
  const { list } = composing;
  if (!list) return false;
  const some = (list.paths?.length ?? 0) > 0;
  if (key === 'Escape') composing.dismiss();
  else if (!some) return false;
  else if (key === 'ArrowDown') composing.move(1);
  else if (key === 'ArrowUp') composing.move(-1);
  else if (key === 'Enter' || key === 'Tab') takeMention(controller, list.selected);
  else return false;
  if (/^Arrow/.test(key)) requestAnimationFrame(showSelected);
  return true;
}

/** The list is shorter than what may be in it. */
function showSelected(): void {
  document.querySelector('.mention[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
}

function takeMention(controller: Controller, index: number): void {
  const cursor = controller.composing.pick(index);
  const field = document.querySelector('[data-testid="composer-input"]');
  if (cursor === undefined || !(field instanceof HTMLTextAreaElement)) return;
  // The page renders at once for the user's own changes; the cursor would go to the end.
  field.value = controller.drafts.composer;
  field.focus();
  field.setSelectionRange(cursor, cursor);
}
