// Boot of the page: connects the host, the controller and the root view.
import './pageSetup.ts';
import './userInput.ts';
import './styles.css';
import './diff.css';
import './composer.css';
import { Controller } from './controller.ts';
import { registerControls } from './controls.ts';
import { keepFocus } from './focusKeeper.ts';
import { connectHost } from './vscodeApi.ts';
import { tellFocus } from './tellFocus.ts';
import { AppView } from './views/app.ts';
import { followWishes } from './wishes.ts';

registerControls();
const placed = document.querySelector('countersign-app');
const app = placed instanceof AppView ? placed : new AppView();
let scheduled = false;
const controller = new Controller(connectHost(), (now) => {
  if (now) app.requestUpdate();
  // One render per frame, however fast the host talks.
  if (now || scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    app.requestUpdate();
  });
});
app.controller = controller;
controller.showMessage = (turnId) => {
  app.showMessage(turnId).catch(() => undefined);
};
tellFocus(controller);
const wishes = followWishes(controller, () => {
  app.requestUpdate();
});
window.addEventListener('message', (event) => {
  const message = controller.receive(event.data);
  if (message?.type === 'found') app.find.take(message);
  if (message?.type === 'find') app.find.start();
  wishes(event.data);
});
if (app !== placed) document.body.append(app);
const flush = (): void => {
  controller.flush();
};
document.addEventListener('visibilitychange', flush);
window.addEventListener('pagehide', flush);
keepFocus();
controller.ready();
