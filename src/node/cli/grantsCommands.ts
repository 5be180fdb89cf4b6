// `grants list`, `grants revoke` and `grants reset`: what was remembered in a state file, and taking it back.
import { reading } from './readCommands.ts';
import { UsageError, type CliOptions } from './options.ts';
import { EXIT, printRefusal } from './print.ts';
import type { CliContext } from './open.ts';
import { saidOf } from '../../core/policy/grantRules.ts';
import { displayBytes } from '../../protocol/displayBytes.ts';

const NO_KEY =
  'Without COUNTERSIGN_CONSENT_KEY what was remembered cannot be read, and counts for nothing here.';

export async function listGrants(context: CliContext, options: CliOptions): Promise<number> {
  noWords(options, 'list');
  return reading(context, options, async ({ store }, print) => {
    if ((await store.rememberable()).length === 0)
      print({ type: 'warning', message: NO_KEY }, NO_KEY);
    for (const grant of await store.listGrants()) {
      const { id, rule, used } = grant;
      const text = `${id}  ${displayBytes(rule)}  ${saidOf(grant)}, used ${String(used)} times`;
      print({ type: 'grant', ...grant }, text);
    }
    return EXIT.finished;
  });
}

export async function revokeGrant(context: CliContext, options: CliOptions): Promise<number> {
  const [id, ...more] = options.words;
  if (id === undefined || more.length > 0) throw new UsageError('grants revoke takes one ID.');
  return reading(context, options, async ({ store }, print) => {
    if (await store.revokeGrant(id)) {
      print({ type: 'grant.revoked', id }, `Revoked: ${id}. Such calls ask again.`);
      return EXIT.finished;
    }
    const message = `There is no remembered approval ${id}; “grants list” names them.`;
    return printRefusal(print, { code: 'unknown_grant', message, callIds: [] });
  });
}

export async function resetGrants(context: CliContext, options: CliOptions): Promise<number> {
  noWords(options, 'reset');
  return reading(context, options, async ({ store }, print) => {
    const gone = await store.resetConsent();
    const text = `Forgotten: ${String(gone.grants)} remembered approvals, ${String(gone.acknowledgements)} answers about allow lists and hooks.`;
    print({ type: 'consent.reset', ...gone }, text);
    return EXIT.finished;
  });
}

function noWords({ words }: CliOptions, name: string): void {
  if (words.length > 0) throw new UsageError(`grants ${name} takes no more words.`);
}
