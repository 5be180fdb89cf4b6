// A button that looks like a link. It counts only presses of the human's, and decides nothing.
import { html, type TemplateResult } from 'lit';

export function linkButton(id: string, label: string, press: () => void): TemplateResult {
  return html`<button
    class="link"
    data-testid=${id}
    @click=${(event: Event) => {
      if (event.isTrusted) press();
    }}
  >
    ${label}
  </button>`;
}
