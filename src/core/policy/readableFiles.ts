// What a search may show: a folder was judged as a folder, so each file in it is judged before its lines are shown.
import type { Files, TextMatch } from '../ports/workspace.ts';
import { decide } from './decide.ts';
import type { Policy } from './source.ts';

/** The same files; a search of a folder leaves out the lines of files that a deny or ask rule covers. */
export function readableFiles(files: Files, policy: Policy): Files {
  return {
    ...files,
    search: async (realPath, query, signal) => {
      const found = await files.search(realPath, query, signal);
      if ('error' in found) return found;
      const hidden = await hiddenFiles(found.matches, realPath, { files, policy });
      return { ...found, matches: found.matches.filter(({ path }) => !hidden.has(path)) };
    },
  };
}

async function hiddenFiles(
  matches: readonly TextMatch[],
  searched: string,
  { files, policy }: { files: Files; policy: Policy },
): Promise<ReadonlySet<string>> {
  const rules = policy.rules();
  const hidden = new Set<string>();
  if (rules.rules.every(({ kind }) => kind === 'allow')) return hidden;
  for (const name of new Set(matches.map(({ path }) => path))) {
    const path = await files.resolve(name);
    // A file that was named itself has been judged, perhaps approved.
    if (path.real === searched) continue;
    const subject = { group: 'read', tool: 'read_file', path } as const;
    const { verdict, rule } = decide(subject, rules, { mode: 'default' });
    if (rule !== undefined && verdict !== 'allow') hidden.add(name);
  }
  return hidden;
}
