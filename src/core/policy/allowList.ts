// The allow list that a workspace brings along: as the one text that is looked at and acknowledged, and how it differs from
// the one that was looked at last. Pure; core/policy/allowListDesk.ts reads and records.
import { canonicalJson } from '../base/json.ts';
import { isShallow } from '../../protocol/bounded.ts';
import type { Acknowledgement } from '../ports/consentStore.ts';
import type { SettingsLayers } from '../ports/settings.ts';

/** Under which acknowledgements of the list are kept. */
export const ALLOW_LIST = 'countersign.approval.allow';

/**
 * The list of all folders as one text: one entry a line, as JSON with sorted keys. Order, every character of a rule and every
 * member of a rule object count. Null when there is nothing to acknowledge.
 */
export function allowListText({ workspace }: Pick<SettingsLayers, 'workspace'>): string | null {
  const list = workspace[ALLOW_LIST];
  if (!Array.isArray(list) || list.length === 0) return null;
  const entries: readonly unknown[] = list;
  // JSON of one entry holds no line break: two lists have one text only when they say the same.
  return entries.map(entryText).join('\n');
}

/** What is nested too deeply to be a rule, and for the stack, allows nothing: any one of them may stand for any other. */
function entryText(entry: unknown): string {
  return isShallow(entry) ? canonicalJson(entry) : '"(nested too deeply)"';
}

/** The entries of such a text, each as its line. */
export function allowListLines(text: string): string[] {
  return text === '' ? [] : text.split('\n');
}

/** What was said of the list, by whatever hash; undefined when nothing was. */
export function saidOfAllowList(said: readonly Acknowledgement[]): Acknowledgement | undefined {
  return said.find(({ kind, subject }) => kind === 'allowList' && subject === ALLOW_LIST);
}

export interface AllowListEntry {
  /** As JSON, in one line. Its hidden characters are still hidden. */
  text: string;
  /** It was not in the list that was looked at last. */
  added: boolean;
}

export interface AllowListChange {
  entries: readonly AllowListEntry[];
  /** What was in the list that was looked at last, and is in this one no more. */
  removed: readonly string[];
}

/** `before`: the text that was looked at last, or null when none was. Entries that are there twice are counted. */
export function compareAllowLists(text: string, before: string | null): AllowListChange {
  const left = new Map<string, number>();
  for (const line of before === null ? [] : allowListLines(before)) {
    left.set(line, (left.get(line) ?? 0) + 1);
  }
  const entries = allowListLines(text).map((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return { text: line, added: count <= 0 };
  });
  const removed = [...left].flatMap(([line, count]) =>
    Array.from({ length: Math.max(0, count) }, () => line),
  );
  return { entries, removed };
}

/** One sentence for the user as long as the list waits to be looked at; null when it does not. */
export function allowListNotice(
  text: string | null,
  said: Pick<Acknowledgement, 'text' | 'accepted'> | undefined,
): string | null {
  if (text === null || said?.text === text) return null;
  const count = allowListLines(text).length;
  const rules = count === 1 ? 'one rule' : `${String(count)} rules`;
  const since = said === undefined ? '' : ', not the ones that you looked at';
  return `This workspace brings ${rules} that would allow calls${since}. They do not count until you say so: “Countersign: Review Workspace Allow List…”.`;
}
