// Attachments as chips: those of the message that is being written can be taken away, those of a sent one only name it.
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import {
  attachmentKey,
  type AttachedView,
  type Attachment,
  type LineRange,
} from '../../src/protocol/attachments.ts';
import { displayBytes } from '../../src/protocol/displayBytes.ts';
import { isImage } from '../composing.ts';
import type { Controller } from '../controller.ts';
import { t } from '../../src/protocol/l10n.ts';
import { focusComposer } from './messageField.ts';
import { icon, shown } from './text.ts';

/** Those of the message that is being written, and what stands in their way. */
export function attachmentChips(controller: Controller): TemplateResult | typeof nothing {
  const { attachments } = controller.drafts;
  if (attachments.length === 0) return nothing;
  return html`<ul
      class="chips"
      data-testid="attachments"
      aria-label=${t('Attached to the message')}
    >
      ${repeat(attachments, attachmentKey, (one) => draftChip(controller, one))}
    </ul>
    ${imageNote(controller)}`;
}

function draftChip(controller: Controller, one: Attachment): TemplateResult {
  const name = one.kind === 'file' ? one.path : one.name;
  const lines = one.kind === 'image' ? undefined : one.lines;
  return html`<li class="chip" data-testid="attachment" title=${fullName(name, lines)}>
    ${label(name, lines, isImage(one))}
    <button
      class="chip-remove"
      data-testid="remove-attachment"
      aria-label=${t('Remove {0}', fullName(name, lines))}
      @click=${() => {
        controller.composing.detach(one);
        focusComposer();
      }}
    >
      ${icon('close')}
    </button>
  </li>`;
}

/** Said before it is sent; the host refuses it all the same. */
function imageNote(controller: Controller): TemplateResult | typeof nothing {
  const model = controller.state.status?.model;
  if (model?.images !== false || !controller.drafts.attachments.some(isImage)) return nothing;
  return html`<p class="composer-note" data-testid="no-images" role="status">
    ${icon('warning')}<span
      >${t('{0} takes no images, as far as is known: remove them, or select another model.', displayBytes(model.label))}</span
    >
  </p>`;
}

/** Of a message that was sent: as of then, whatever became of the files. */
export function sentChips(
  attachments: readonly AttachedView[] = [],
): TemplateResult | typeof nothing {
  if (attachments.length === 0) return nothing;
  return html`<ul class="chips" data-testid="sent-attachments" aria-label=${t('Attached')}>
    ${attachments.map(
      ({ name, lines, of }) =>
        html`<li class="chip" data-testid="sent-attachment" title=${fullName(name, lines)}>
          ${label(name, lines, of === 'image')}
        </li>`,
    )}
  </ul>`;
}

/** To send what went with a message once more. */
export function attachedAgain(
  turnId: string,
  attachments: readonly AttachedView[] = [],
): Attachment[] {
  return attachments.map(({ name, of, lines, hash }) => ({
    ...{ kind: 'sent', turnId, hash, name, of },
    ...(lines && { lines }),
  }));
}

function label(name: string, lines: LineRange | undefined, image: boolean): TemplateResult {
  const short = name.split(/[\\/]/).at(-1) ?? name;
  return html`${icon(image ? 'file-media' : lines ? 'selection' : 'file')}
    <span class="chip-name">${shown(short)}</span>${
      lines ? html`<span class="chip-lines">${rangeText(lines)}</span>` : nothing
    }`;
}

function rangeText({ first, last }: LineRange): string {
  return first === last ? `:${String(first)}` : `:${String(first)}–${String(last)}`;
}

function fullName(name: string, lines: LineRange | undefined): string {
  const path = displayBytes(name);
  if (!lines) return path;
  return lines.first === lines.last
    ? t('{0}, line {1}', path, lines.first)
    : t('{0}, lines {1} to {2}', path, lines.first, lines.last);
}
