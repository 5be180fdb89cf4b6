// Settings that change while the window is open: their problems are shown at once, a new model or mode is taken over.
// What was chosen in the window stays until the setting itself changes.
import { initialModel } from './models.ts';
import { approvalSwitch } from '../core/approvalSwitch.ts';
import { DisposableStore, toDisposable, type Disposable } from '../core/base/lifecycle.ts';
import type { ParsedSettings } from '../core/settings.ts';
import type { OpenedEngine } from '../core/services.ts';
import type { Contribution } from './contribution.ts';
import type { Services } from './services.ts';

export const followSettings: Contribution = {
  name: 'settings',
  register: (services) => {
    services.whenOpened((opened) => follow(services, opened));
    return toDisposable(() => undefined);
  },
};

function follow(services: Services, opened: OpenedEngine): Disposable {
  const { session, settings, logger } = services;
  let last = opened.settings().values;
  const owned = new DisposableStore();
  owned.add(opened.onPolicyChange(() => session.update({})));
  const watcher = settings.onChange(() => {
    const { values } = opened.settings();
    const modelChanged = modelOf(values) !== modelOf(last);
    const modeChanged = mode(values) !== mode(last) && !onlyBypassEnded(services);
    last = values;
    // An empty update: the surfaces read problems and rules again.
    session.update(modeChanged ? { mode: mode(values) } : {});
    if (!modelChanged) return;
    initialModel(opened)
      .then((model) => (last === values ? session.update({ model }) : undefined))
      .catch((error: unknown) => logger.error('models could not be listed', error));
  });
  owned.add(watcher);
  return owned;
}

/** Time alone takes bypass from a window that is in it; what else was chosen there stays. */
function onlyBypassEnded({ session, settings }: Services): boolean {
  const { bypass } = approvalSwitch(settings.read(), Date.now());
  return bypass?.counts === false && session.state.mode !== 'bypass';
}

type Values = ParsedSettings['values'];

function mode(values: Values): Values['countersign.approval.mode'] {
  return values['countersign.approval.mode'];
}

function modelOf(values: Values): string {
  return `${values['countersign.model.provider']}:${values['countersign.model.id']}`;
}
