// The rules in force, as the settings are now and as far as the user acknowledged what a workspace brings: parsed once per
// change and whenever one of them ends.
import { compileGlob } from './globs.ts';
import { allowListNotice, allowListText, saidOfAllowList } from '../core/policy/allowList.ts';
import { rulesOfSettings } from '../core/policy/layers.ts';
import { checkShellSamples } from '../core/policy/ruleSamples.ts';
import type { Policy } from '../core/policy/source.ts';
import type { RuleSet } from '../core/policy/types.ts';
import type { Acknowledgement, ConsentStore } from '../core/ports/consentStore.ts';
import type { Settings } from '../core/ports/settings.ts';
import type { ShellName, ShellParser } from '../core/ports/shell.ts';
import type { Clock, Logger } from '../core/ports/system.ts';

interface PolicySourceOptions {
  settings: Settings;
  parser: ShellParser;
  /** The shell that sample command lines are written for. */
  shell: ShellName;
  clock: Clock;
  /** What the user acknowledged; without it nothing counts as acknowledged. */
  consent?: Pick<ConsentStore, 'acknowledgements'>;
  logger?: Logger;
}

export interface PolicySource extends Policy {
  settled(): Promise<void>;
  /** Reads again what the user acknowledged; true when that is something else now. Never rejects. */
  refresh(): Promise<boolean>;
  /** What of the workspace waits for the user to look at it, as of the last `refresh`: a sentence, or null. */
  notice(): string | null;
}

/** Allow rules with samples of command lines count once these have been checked; `settled` waits for that. */
export function createPolicySource(options: PolicySourceOptions): PolicySource {
  const { settings, parser, shell, clock } = options;
  let rules: RuleSet | undefined;
  let checking: Promise<void> = Promise.resolve();
  let said: Acknowledgement | undefined;
  let listed: boolean | undefined;
  let looking: Promise<boolean> = Promise.resolve(false);
  settings.onChange(() => {
    rules = undefined;
    listed = undefined;
  });
  const acknowledged = (text: string): boolean => said?.accepted === true && said.text === text;
  const current = (): RuleSet => {
    if (rules !== undefined && clock.now() < (rules.validUntil ?? Infinity)) return rules;
    const made = rulesOfSettings(settings.read(), compileGlob, clock.now(), acknowledged);
    rules = made;
    if (made.unchecked !== undefined) {
      checking = checkShellSamples(made, parser, shell).then((checked) => {
        // Settings that changed meanwhile have been read anew.
        if (rules === made) rules = checked;
      }, ignore);
    }
    return made;
  };
  const bringsList = (): boolean => {
    const layers = settings.read();
    return layers.trusted && allowListText(layers) !== null;
  };
  const look = async (): Promise<boolean> => {
    // Most workspaces bring no list, and nothing is read for them.
    listed ??= bringsList();
    const found = listed ? await readSaid(options) : undefined;
    if (found?.text === said?.text && found?.accepted === said?.accepted) return false;
    said = found;
    rules = undefined;
    return true;
  };
  // One after another: what was read first must not be put in the place of what was said since.
  const refresh = (): Promise<boolean> => (looking = looking.then(look, look));
  return {
    rules: current,
    refresh,
    notice: () => {
      const layers = settings.read();
      return layers.trusted ? allowListNotice(allowListText(layers), said) : null;
    },
    settled: async () => {
      await refresh();
      for (let seen = current(); ; seen = current()) {
        await checking;
        if (current() === seen || current().unchecked === undefined) return;
      }
    },
  };
}

/** What cannot be read was not acknowledged. */
async function readSaid({
  consent,
  logger,
}: PolicySourceOptions): Promise<Acknowledgement | undefined> {
  try {
    return saidOfAllowList((await consent?.acknowledgements()) ?? []);
  } catch (error) {
    logger?.error('What was acknowledged cannot be read', error);
    return undefined;
  }
}

/** Unchecked rules allow nothing: that is what stays. */
function ignore(): void {
  return undefined;
}
