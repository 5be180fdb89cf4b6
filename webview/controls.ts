// The one module that knows the control set: registers it and bridges what it lacks. Swap it here.
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeRadio,
  vsCodeRadioGroup,
} from '@vscode/webview-ui-toolkit';
import { noChange } from 'lit';
import { Directive, directive, type ElementPart } from 'lit/directive.js';

/** Defines the custom elements; to be called once, when the page has a body. */
export function registerControls(): void {
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeCheckbox(),
    vsCodeRadio(),
    vsCodeRadioGroup(),
  );
}

/** The value of a control that has fired `change`. */
export function controlValue(event: Event): string {
  const { target } = event;
  return target instanceof HTMLElement && 'value' in target && typeof target.value === 'string'
    ? target.value
    : '';
}

/** Whether a radio or checkbox that has fired `change` is on. */
export function controlChecked(event: Event): boolean {
  const { target } = event;
  return target instanceof HTMLElement && 'checked' in target && target.checked === true;
}

class DescribeDirective extends Directive {
  #text: string | undefined;

  render(_text: string): unknown {
    return noChange;
  }

  override update(part: ElementPart, [text]: [string]): unknown {
    if (text === this.#text) return noChange;
    this.#text = text;
    const { element } = part;
    // The control builds its inner button when it is connected, which is after this.
    queueMicrotask(() => {
      element.shadowRoot?.querySelector('.control')?.setAttribute('aria-description', text);
    });
    return noChange;
  }
}

/** Says what a button would do without changing its name: `<vscode-button ${describe('edit of a.ts')}>`. */
export const describe = directive(DescribeDirective);
