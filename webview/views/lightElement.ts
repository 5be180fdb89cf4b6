// Base of all views: no shadow root, so that one style sheet, ARIA ids and plain selectors reach everything.
import { LitElement } from 'lit';

export class LightElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}
