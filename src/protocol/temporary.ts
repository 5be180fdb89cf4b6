// Temporary threads are told by their ids alone: `~` begins the id of such a thread and of every turn and action in it.

const MARK = '~';

/** True for the id of a temporary thread, and of a turn, action or message of one. */
export function isTemporary(id: string): boolean {
  return id.startsWith(MARK);
}

/** The prefix of a new id that belongs to `parentId`. */
export function prefixIn(parentId: string, prefix: string): string {
  return isTemporary(parentId) ? temporaryPrefix(prefix) : prefix;
}

export function temporaryPrefix(prefix: string): string {
  return MARK + prefix;
}
