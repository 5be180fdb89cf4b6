// Entries of a git configuration given as an object of names and values, as policy cases have them.
import { z } from 'zod';
import type { GitFacts, GitSetting } from '../ports/git.ts';

const Value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const Settings = z.record(z.string(), z.union([Value, z.array(Value)]));

/** Undefined when nothing is given; what is given and cannot be read is a problem. */
export function settingsOf(given: unknown): GitFacts | undefined {
  if (given === undefined) return undefined;
  const parsed = Settings.safeParse(given);
  if (!parsed.success) return unreadable;
  const settings: GitSetting[] = [];
  for (const [name, values] of Object.entries(parsed.data)) {
    const named = splitName(name);
    if (named === null) return unreadable;
    for (const value of [values].flat()) {
      settings.push({ ...named, value: value === null ? null : String(value) });
    }
  }
  return { settings, problems: [] };
}

const unreadable: GitFacts = {
  settings: [],
  problems: ['the git configuration that is given cannot be read'],
};

/** `section.key` or `section.sub.sec.tion.key`. */
function splitName(name: string): Omit<GitSetting, 'value'> | null {
  const first = name.indexOf('.');
  const last = name.lastIndexOf('.');
  if (first < 1 || last === name.length - 1) return null;
  return {
    section: name.slice(0, first).toLowerCase(),
    subsection: first === last ? null : name.slice(first + 1, last),
    key: name.slice(last + 1).toLowerCase(),
  };
}
