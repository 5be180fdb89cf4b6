// Base of the views whose buttons decide: watched from connect to disconnect, so that they are armed late and never early.
import { ArmedWatch } from '../arming.ts';
import { LightElement } from './lightElement.ts';

export class ArmedElement extends LightElement {
  protected watch: ArmedWatch | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.watch = new ArmedWatch(this, () => {
      this.requestUpdate();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.watch?.dispose();
    this.watch = undefined;
  }
}
