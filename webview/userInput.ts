// Presses and keys that a script made reach no control of the page: what decides or sends is pressed by a human.

const KINDS = [
  ...['click', 'dblclick', 'auxclick', 'mousedown', 'mouseup', 'pointerdown', 'pointerup'],
  ...['keydown', 'keypress', 'keyup', 'beforeinput', 'paste', 'drop', 'submit'],
];

for (const kind of KINDS) window.addEventListener(kind, stopScripted, { capture: true });

function stopScripted(event: Event): void {
  if (event.isTrusted) return;
  event.stopImmediatePropagation();
  event.preventDefault();
}
