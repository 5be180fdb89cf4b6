// Which words of a hook's command may name a file. More than a shell would see is fine; less is not. Pure.

/** `folder`: of the workspace, absolute; `cwd`: where the command runs. */
export function commandWords(
  command: string,
  env: Readonly<Record<string, string>>,
  at: { folder: string; cwd: string },
): string[] {
  const words = new Set<string>();
  for (const text of [command, ...Object.values(env)]) {
    const filled = withFolders(text, at);
    words.add(filled);
    for (const [, double, single] of filled.matchAll(/"([^"]*)"|'([^']*)'/g)) {
      words.add(double ?? single ?? '');
    }
    // `"$DIR"/hooks/x.sh` is one word of a quoted and a plain part.
    for (const source of [filled, filled.replace(/['"]/g, '')]) {
      for (const word of source.split(/(?<!\\)[\s'"`;|&<>()=,{}]+/))
        words.add(word.replace(/\\(.)/g, '$1'));
      for (const word of source.split(/[\s'"`;|&<>()=,{}:]+/)) words.add(word);
    }
  }
  words.delete('');
  return [...words].filter((word) => !word.includes('\0') && !word.includes('\n'));
}

/** What commonly stands for the folders, as what it stands for. */
function withFolders(text: string, { folder, cwd }: { folder: string; cwd: string }): string {
  return text
    .replace(
      /\$\{CLAUDE_PROJECT_DIR(?::?[-?+=][^}]*)?\}|\$(?:env:)?CLAUDE_PROJECT_DIR\b/gi,
      () => folder,
    )
    .replace(/\$\(git rev-parse --show-toplevel\)|`git rev-parse --show-toplevel`/g, () => folder)
    .replace(/\$\{PWD\}|\$PWD\b|\$\(pwd\)|`pwd`/gi, () => cwd);
}
