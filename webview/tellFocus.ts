// Tells the host whether the keyboard is in the chat: keys that mean the chat only count then.
import type { Controller } from './controller.ts';

/** To be called once; for as long as the page lives. */
export function tellFocus(controller: Controller): void {
  let told = false;
  const tell = (): void => {
    const { ready, surface } = controller.state;
    const has = document.hasFocus();
    if (!ready || surface !== 'chat' || has === told) return;
    told = has;
    controller.client.request({ type: 'chatFocus', has }).catch(() => undefined);
  };
  window.addEventListener('focus', tell);
  // It goes to another frame only after this.
  window.addEventListener('blur', () => {
    setTimeout(tell);
  });
  // The page may have the keyboard before it is told what it shows.
  document.addEventListener('focusin', tell);
}
