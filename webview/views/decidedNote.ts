// In place of a card that was decided elsewhere: what was decided, where and when. Takes no focus; can be dismissed.
import { html, nothing, type TemplateResult } from 'lit';
import type { Controller } from '../controller.ts';
import { noteText, type DecidedNote } from '../elsewhere.ts';
import { t } from '../../src/protocol/l10n.ts';
import { icon, shown, shownLines } from './text.ts';

/** All notes of the page; `now` on the host's clock. */
export function decidedNotes(controller: Controller, now: number): TemplateResult[] {
  return controller.notes.map((note) => noteView(controller, note, now));
}

function noteView(controller: Controller, note: DecidedNote, now: number): TemplateResult {
  return html`<div
    class="notice notice-info decided-note"
    role="note"
    data-testid="decided-elsewhere"
    data-action-id=${note.actionId}
    data-code=${note.lost ? 'already_decided' : nothing}
  >
    ${icon('info')}
    <span class="decided-note-text">
      ${shown(noteText(note, controller.state.status?.window, now))}
      ${note.unused.length === 0 ? nothing : unused(note.unused)}
    </span>
    <button
      class="icon-button"
      data-testid="dismiss-note"
      aria-label=${t('Dismiss')}
      title=${t('Dismiss')}
      @click=${() => {
        controller.dismiss(note.actionId);
      }}
    >
      ${icon('close')}
    </button>
  </div>`;
}

/** Not lost: it can be read and copied until the note is dismissed. */
function unused(texts: readonly string[]): TemplateResult {
  return html`<details class="decided-note-unused" data-testid="unused-draft">
    <summary>${t('Show it')}</summary>
    ${texts.map((text) => html`<pre>${shownLines(text)}</pre>`)}
  </details>`;
}
