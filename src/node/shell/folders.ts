// In which folders the commands of a line may run, as far as `cd` tells: after `cd a &&` in a, after `cd a;` in a or,
// when it failed, where it was.

const MAX_FOLDERS = 8;

/** Relative to where the line starts; `null` once it cannot be told. Grows only, except behind `cd a &&`. */
export class Folders {
  #now: readonly string[] | null = [''];
  /** Where a chain of `&&` may have stopped. */
  #behind: readonly string[] | null = [];
  count = 0;

  get now(): readonly string[] | null {
    return this.#now;
  }

  /** A chain of `&&` and `||` starts; what it returns goes to `close`. */
  open(): readonly string[] | null {
    const outer = this.#behind;
    this.#behind = this.#now;
    return outer;
  }

  /** The chain has ended, wherever it stopped. */
  close(outer: readonly string[] | null): void {
    this.leave();
    this.#behind = outer;
  }

  /** A `cd` that may have worked or not. */
  maybe(target: string): void {
    this.count += 1;
    this.#now = union(this.#now, within(this.#now, target));
    this.#behind = union(this.#behind, this.#now);
  }

  /** Behind `cd target &&`, right after `maybe(target)`: it has worked. */
  enter(target: string): void {
    const inside = (folder: string): boolean => folder === target || folder.endsWith(`/${target}`);
    this.#now = this.#now === null ? null : this.#now.filter(inside);
  }

  /** Anything in the chain so far may have been the last that ran. */
  leave(): void {
    this.#now = union(this.#now, this.#behind);
  }

  lose(): void {
    this.#now = null;
    this.#behind = null;
  }
}

function within(folders: readonly string[] | null, target: string): readonly string[] | null {
  if (folders === null) return null;
  const absolute = /^(?:[\\/]|[A-Za-z]:)/.test(target);
  return folders.map((folder) => (absolute || folder === '' ? target : `${folder}/${target}`));
}

function union(a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null {
  if (a === null || b === null) return null;
  const all = [...new Set([...a, ...b])];
  return all.length > MAX_FOLDERS ? null : all;
}

interface Step {
  /** The target when it is a plain `cd`. */
  cd: string | null;
  /** The operator behind it; empty at the end. */
  then: string;
}

/** For a flat line: the folders each step may run in. */
export function foldersOf(steps: readonly Step[]): (readonly string[] | null)[] {
  const folders = new Folders();
  let outer = folders.open();
  let piped = false;
  return steps.map(({ cd, then }) => {
    const { now } = folders;
    piped ||= then === '|';
    if (cd !== null) folders.maybe(cd);
    if (then === '&&' && cd !== null && !piped) folders.enter(cd);
    else if (then !== '&&' && then !== '|') {
      folders.close(outer);
      outer = folders.open();
    }
    if (then !== '|') piped = false;
    return now;
  });
}
