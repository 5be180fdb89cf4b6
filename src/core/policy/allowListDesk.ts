// The allow list that a workspace brings along, for the human: what waits to be acknowledged, and what they say of it.
// What is acknowledged is exactly what was shown.
import { AppError } from '../base/errors.ts';
import type { ConsentStore } from '../ports/consentStore.ts';
import type { Settings } from '../ports/settings.ts';
import type { Clock, GlobCompiler, Texts } from '../ports/system.ts';
import {
  ALLOW_LIST,
  allowListText,
  compareAllowLists,
  saidOfAllowList,
  type AllowListChange,
} from './allowList.ts';
import { parseList } from './rules.ts';
import type { RuleProblem, RuleSet } from './types.ts';

export interface AllowListReview extends AllowListChange {
  /** Ties a decision to what is shown here. */
  hash: string;
  /** What is wrong with entries, by their index; such an entry allows nothing. */
  problems: readonly Pick<RuleProblem, 'index' | 'message' | 'severity'>[];
  /** What the user said of exactly this list. */
  said: 'accepted' | 'refused' | null;
  /** Whether another list was looked at before, which `added` and `removed` compare with. */
  seenBefore: boolean;
}

export interface AllowListDesk {
  /** Null when the workspace has no allow list. Throws AppError before trust. */
  review(): Promise<AllowListReview | null>;
  /** The text of the list that the user let allow calls (`allowListText`); null when they did not, or it cannot be read. */
  acknowledged(): Promise<string | null>;
  /** False when the list is not the one of this hash any more: nothing was recorded. Throws AppError when it cannot be. */
  say(answer: { hash: string; accepted: boolean; by: string }): Promise<boolean>;
}

interface Deps {
  settings: Pick<Settings, 'read'>;
  consent: Pick<ConsentStore, 'acknowledgements' | 'acknowledge'>;
  texts: Pick<Texts, 'sha256'>;
  clock: Clock;
  globs: GlobCompiler;
  /** Checks samples of command lines, which needs a shell parser. */
  checked: (rules: RuleSet) => Promise<RuleSet>;
  /** Called when something was said. */
  said?: () => Promise<void>;
}

export function createAllowListDesk(deps: Deps): AllowListDesk {
  return {
    review: () => review(deps),
    acknowledged: async () => {
      const all = await deps.consent.acknowledgements().catch(() => []);
      const said = saidOfAllowList(all);
      return said?.accepted === true ? said.text : null;
    },
    say: (answer) => say(deps, answer),
  };
}

async function review(deps: Deps): Promise<AllowListReview | null> {
  const { texts, consent, clock, globs } = deps;
  const layers = trustedSettings(deps);
  const text = allowListText(layers);
  if (text === null) return null;
  const said = saidOfAllowList(await consent.acknowledgements());
  const list = layers.workspace[ALLOW_LIST];
  const from = { kind: 'allow', layer: 'workspace' } as const;
  const read = parseList(list, from, { globs, now: clock.now() });
  const hash = texts.sha256(text);
  const answer = said?.text === text ? said : undefined;
  return {
    ...compareAllowLists(text, said?.text ?? null),
    hash,
    problems: (await deps.checked(read)).problems,
    said: answer === undefined ? null : answer.accepted ? 'accepted' : 'refused',
    seenBefore: said !== undefined,
  };
}

async function say(
  deps: Deps,
  { hash, accepted, by }: { hash: string; accepted: boolean; by: string },
): Promise<boolean> {
  const text = allowListText(trustedSettings(deps));
  if (text === null || deps.texts.sha256(text) !== hash) return false;
  const at = deps.clock.now();
  const kind = 'allowList';
  await deps.consent.acknowledge({ kind, subject: ALLOW_LIST, hash, text, accepted, by, at });
  await deps.said?.();
  return true;
}

function trustedSettings({ settings }: Deps): ReturnType<Settings['read']> {
  const layers = settings.read();
  if (layers.trusted) return layers;
  throw new AppError(
    'untrusted_workspace',
    'This workspace is in Restricted Mode: its allow list does not count. Trust the workspace first (“Workspaces: Manage Workspace Trust”).',
  );
}
