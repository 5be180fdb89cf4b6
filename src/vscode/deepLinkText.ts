// Links to threads: `vscode://countersign.countersign/thread/ID`. Pure.

const AUTHORITY = 'countersign.countersign';
/** As ids are made; a temporary thread has no link. */
const ID = /^\/thread\/(t[0-9a-z]{1,60})\/?$/;

/** `scheme` is that of this VS Code: another one for Insiders and its relatives. */
export function threadLink(scheme: string, threadId: string): string {
  return `${scheme}://${AUTHORITY}/thread/${threadId}`;
}

/** The id of the thread that a link names; undefined for every other link. Nothing else of a link counts. */
export function linkedThread(path: string): string | undefined {
  return ID.exec(path)?.[1];
}
