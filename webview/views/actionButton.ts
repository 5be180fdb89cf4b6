// A button of a card's foot, with what a press would do said to those who do not see the card.
import { html, nothing, type TemplateResult } from 'lit';
import { describe } from '../controls.ts';

interface Button {
  name: string;
  testid: string;
  /** What a press would do, for those who do not see the card. */
  says: string;
  primary?: boolean;
  /** Shown as it looks while the card is not armed, or an input is missing. */
  disabled?: boolean;
  title?: string;
  press: (event: Event) => void;
}

/** One button of a card's foot. */
export function button(value: Button): TemplateResult {
  return html`<vscode-button
    appearance=${value.primary === true ? 'primary' : 'secondary'}
    data-testid=${value.testid}
    ?disabled=${value.disabled === true}
    title=${value.title ?? nothing}
    ${describe(value.says)}
    @click=${value.press}
    >${value.name}</vscode-button
  >`;
}
