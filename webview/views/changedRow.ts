// The last line of a turn that changed files: which, and the way to undo it. The press decides nothing: the window shows first what
// undoing would do, and every file of it asks with a card.
import { html, nothing, type TemplateResult } from 'lit';
import type { TranscriptItem } from '../../src/protocol/messages.ts';
import { t } from '../../src/protocol/l10n.ts';
import type { Controller } from '../controller.ts';
import { icon, shown } from './text.ts';

/** So many names stand on the line; the others are one press away. */
const SHORT = 3;

export function changedRow(
  controller: Controller,
  { files, count, turnId }: Extract<TranscriptItem, { kind: 'changed' }>,
): TemplateResult {
  const [first, rest] = [files.slice(0, SHORT), files.slice(SHORT)];
  const unnamed = count - files.length;
  return html`<div class="changed" data-testid="item-changed" role="note">
    ${icon('diff')}
    <div class="changed-files">
      <span>${count === 1 ? t('1 file changed:') : t('{0} files changed:', count)}</span>
      ${first.map((file) => html`<code>${shown(file)}</code> `)}
      ${
        count > first.length
          ? html`<details data-testid="changed-more">
              <summary>${t('{0} more', count - first.length)}</summary>
              ${rest.map((file) => html`<code>${shown(file)}</code> `)}
              ${unnamed > 0 ? html`<span>${t('and {0} that are not named here', unnamed)}</span>` : nothing}
            </details>`
          : nothing
      }
    </div>
    <button
      class="link"
      data-testid="undo-turn"
      title=${t('Shows first what undoing this turn would do. Nothing is written before you approve it.')}
      @click=${(event: Event) => {
        if (event.isTrusted) controller.send({ type: 'undoTurn', turnId });
      }}
    >
      ${t('Undo…')}
    </button>
  </div>`;
}
