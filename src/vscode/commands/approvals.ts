// Manage Approvals… and Reset Approvals: what the user said beforehand, listed and taken back. Adds nothing.
import { registerCommand } from './register.ts';
import { manageApprovals } from '../approvalsList.ts';
import { resetDialog, resetDone } from '../approvalsText.ts';
import { COMMANDS } from '../ids.ts';
import { askNatively, notify } from '../notify.ts';
import { DisposableStore } from '../../core/base/lifecycle.ts';
import type { Contribution } from '../contribution.ts';
import { t } from '../../protocol/l10n.ts';
import type { Services } from '../services.ts';

export const approvalCommands: Contribution = {
  name: 'approval commands',
  register: (services) => {
    const owned = new DisposableStore();
    const add = (id: string, handler: () => Promise<void>): void => {
      owned.add(registerCommand(services, id, handler));
    };
    add(COMMANDS.manageApprovals, () => manageApprovals(services));
    add(COMMANDS.resetApprovals, () => resetApprovals(services));
    return owned;
  },
};

/** Says how much would go, and asks; the first button has the focus: Enter, pressed once too often, forgets nothing. */
async function resetApprovals(services: Services): Promise<void> {
  const { store } = await services.engine();
  // What cannot be read can be forgotten.
  const said = await store.acknowledgements().catch(() => []);
  const { question, detail } = resetDialog(await store.listGrants(), said);
  const forget = t('Forget All');
  if ((await askNatively(question, detail, [t('Keep'), forget])) !== forget) return;
  notify('info', resetDone(await store.resetConsent()));
}
