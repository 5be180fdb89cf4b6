// The rules in force, as the settings are now: parsed once per change and whenever one of them ends.
import { compileGlob } from './globs.ts';
import { rulesOfSettings } from '../core/policy/layers.ts';
import { checkShellSamples } from '../core/policy/ruleSamples.ts';
import type { Policy } from '../core/policy/source.ts';
import type { RuleSet } from '../core/policy/types.ts';
import type { Settings } from '../core/ports/settings.ts';
import type { ShellName, ShellParser } from '../core/ports/shell.ts';
import type { Clock } from '../core/ports/system.ts';

interface PolicySourceOptions {
  settings: Settings;
  parser: ShellParser;
  /** The shell that sample command lines are written for. */
  shell: ShellName;
  clock: Clock;
}

/** Allow rules with samples of command lines count once these have been checked; `settled` waits for that. */
export function createPolicySource(options: PolicySourceOptions): Policy {
  const { settings, parser, shell, clock } = options;
  let rules: RuleSet | undefined;
  let checking: Promise<void> = Promise.resolve();
  settings.onChange(() => {
    rules = undefined;
  });
  const current = (): RuleSet => {
    if (rules !== undefined && clock.now() < (rules.validUntil ?? Infinity)) return rules;
    const made = rulesOfSettings(settings.read(), compileGlob, clock.now());
    rules = made;
    if (made.unchecked !== undefined) {
      checking = checkShellSamples(made, parser, shell).then((checked) => {
        // Settings that changed meanwhile have been read anew.
        if (rules === made) rules = checked;
      }, ignore);
    }
    return made;
  };
  return {
    rules: current,
    settled: async () => {
      for (let seen = current(); ; seen = current()) {
        await checking;
        if (current() === seen || current().unchecked === undefined) return;
      }
    },
  };
}

/** Unchecked rules allow nothing: that is what stays. */
function ignore(): void {
  return undefined;
}
