// The quiet line of a command's card: which files it runs, and that the approval holds for them as they are.
import { html, nothing, type TemplateResult } from 'lit';
import { boundDetail, boundPhrase } from '../../src/protocol/bound.ts';
import { displayBytes } from '../../src/protocol/displayBytes.ts';
import { tParts } from '../../src/protocol/l10n.ts';
import { shown } from './text.ts';
import type { CommandProposal } from '../../src/protocol/calls.ts';

export function boundFiles({ binds = [], unbound = [] }: CommandProposal): unknown {
  if (binds.length === 0 && unbound.length === 0) return nothing;
  return html`<p class="meta" data-testid="card-bound">
    ${binds.length === 0 ? nothing : bound(binds)}
    ${
      unbound.length === 0
        ? nothing
        : html`<span
            >${tParts<unknown>('not bound: {0}', listed(unbound.map((text) => html`<b>${shown(text)}</b>`)))}</span
          >`
    }
  </p>`;
}

function bound(binds: NonNullable<CommandProposal['binds']>): TemplateResult {
  const files = binds.map(
    (file) =>
      html`<b title=${displayBytes(file.realPath)}>${shown(file.path)}</b> (${boundDetail(file)})`,
  );
  return html`<span>${tParts<unknown>('runs {0}, {1}', listed(files), boundPhrase(binds))}</span>`;
}

function listed(items: readonly TemplateResult[]): unknown {
  return items.map((item, at) => (at === 0 ? item : html`, ${item}`));
}
