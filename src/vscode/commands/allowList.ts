// Review Workspace Allow List…: every rule as a read-only text, and a native dialog that decides on exactly what was shown.
import { registerCommand } from './register.ts';
import { keepAsking, reviewDialog, reviewText } from '../allowListText.ts';
import { COMMANDS } from '../ids.ts';
import { askNatively, notify } from '../notify.ts';
import { ReviewPages } from '../reviewPages.ts';
import { AppError } from '../../core/base/errors.ts';
import { DisposableStore } from '../../core/base/lifecycle.ts';
import type { AllowListReview } from '../../core/policy/allowListDesk.ts';
import type { Contribution } from '../contribution.ts';
import { t } from '../../protocol/l10n.ts';
import type { Services } from '../services.ts';

const SCHEME = 'countersign-allow-list';

export const allowListCommands: Contribution = {
  name: 'allow list commands',
  register: (services) => {
    const owned = new DisposableStore();
    const pages = owned.add(new ReviewPages(SCHEME, reviewText));
    owned.add(registerCommand(services, COMMANDS.reviewAllowList, () => review(services, pages)));
    owned.add(
      registerCommand(services, COMMANDS.decideAllowList, async () => {
        const shown = pages.active();
        if (!shown) throw new AppError('no_review', t('Review the allow list first; then decide.'));
        await decide(services, pages, shown);
      }),
    );
    return owned;
  },
};

type Pages = ReviewPages<AllowListReview>;

async function review(services: Services, pages: Pages): Promise<void> {
  const { allowList } = await services.engine();
  const found = await allowList.review();
  if (found === null) {
    notify('info', t('This workspace brings no allow rules.'));
    return;
  }
  await pages.open(found, (count) => t('Workspace Allow List {0}', count));
  // A long list is looked at first; Decide… stands in the title bar of its editor.
  if (reviewDialog(found).complete) await decide(services, pages, found);
}

async function decide(services: Services, pages: Pages, shown: AllowListReview): Promise<void> {
  const { question, detail, letThem } = reviewDialog(shown);
  // The first button has the focus: Enter, pressed once too often, lets nothing.
  const answer = await askNatively(question, detail, [keepAsking(), letThem]);
  if (answer !== letThem && answer !== keepAsking()) return;
  const { allowList } = await services.engine();
  const { hash } = shown;
  const said = { hash, accepted: answer === letThem, by: services.windowName() };
  if (await allowList.say(said)) return;
  notify(
    'info',
    t('The list changed while you looked at it. Nothing was acknowledged; here it is anew.'),
  );
  await review(services, pages);
}
