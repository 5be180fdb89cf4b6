// Which of many paths fit best what somebody types of one: its name before its folders, the beginning before the middle. Pure.

/** At most `limit`, best first; every character typed stands in the path, in order. */
export function rankFiles(paths: readonly string[], query: string, limit: number): string[] {
  const wanted = query.toLowerCase();
  const scored = paths.flatMap((path) => {
    const score = scoreOf(path.toLowerCase(), wanted);
    return score === undefined ? [] : [{ path, score }];
  });
  scored.sort(
    (a, b) => a.score - b.score || a.path.length - b.path.length || (a.path < b.path ? -1 : 1),
  );
  return scored.slice(0, limit).map(({ path }) => path);
}

/** Less is better. */
function scoreOf(path: string, wanted: string): number | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  if (path.startsWith(wanted)) return 2;
  if (name.includes(wanted)) return 3;
  if (path.includes(wanted)) return 4;
  return inOrder(path, wanted) ? 5 : undefined;
}

function inOrder(path: string, wanted: string): boolean {
  let at = 0;
  for (const character of wanted) {
    at = path.indexOf(character, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
