// The warning on a command's card: the files it would run that the agent changed unasked. All of them: approving is the look.
import { html, nothing } from 'lit';
import { unseenPhrase, unseenNames } from '../../src/protocol/unseen.ts';
import { icon, shown } from './text.ts';
import type { CommandProposal } from '../../src/protocol/calls.ts';

export function unseenFiles(proposal: CommandProposal): unknown {
  const names = unseenNames(proposal);
  if (names.length === 0) return nothing;
  const items = names.map((name, at) => html`${at === 0 ? '' : ', '}<b>${shown(name)}</b>`);
  const said = unseenPhrase();
  const phrase = `${said.charAt(0).toUpperCase()}${said.slice(1)}`;
  return html`<p class="card-warning" data-testid="card-unseen">
    ${icon('warning')}<span>${phrase}: ${items}</span>
  </p>`;
}
