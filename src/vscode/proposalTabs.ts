// The tabs that show proposals, in whatever editor.
import * as vscode from 'vscode';

/** The right side, which may be typed into, and what it is compared with. */
export const PROPOSAL_SCHEME = 'countersign-proposal';
export const BASE_SCHEME = 'countersign-base';

/** Longest wait for a tab to be told that it is saved, and between two looks, in ms. */
const SAVED_MS = 2_000;
const LOOK_MS = 25;

interface ProposalTab {
  tab: vscode.Tab;
  /** Right sides of the proposals. */
  uris: vscode.Uri[];
}

/**
 * In whatever state: a diff of one edit or of several, a merge editor, or a right side alone, as which the window brings back
 * typed text that was never saved.
 */
export function proposalTabs(): ProposalTab[] {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .flatMap((tab) => {
      const uris = shownIn(tab.input).filter(({ scheme }) => scheme === PROPOSAL_SCHEME);
      return uris.length === 0 ? [] : [{ tab, uris }];
    });
}

/** Closes them. A tab learns a moment after its text that it is saved; before, VS Code would ask whether to save it. */
export async function closeSaved(tabs: readonly ProposalTab[]): Promise<void> {
  if (tabs.length === 0) return;
  const until = Date.now() + SAVED_MS;
  while (tabs.some(({ tab }) => tab.isDirty) && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  const open = tabs.map(({ tab }) => tab);
  await vscode.window.tabGroups.close(open, true);
}

function shownIn(input: unknown): vscode.Uri[] {
  if (input instanceof vscode.TabInputTextDiff) return [input.modified];
  if (input instanceof vscode.TabInputText) return [input.uri];
  if (typeof input !== 'object' || input === null) return [];
  // Merge editors and those of several diffs have no class in the API yet, but say what they show.
  if ('result' in input) return input.result instanceof vscode.Uri ? [input.result] : [];
  const diffs: unknown = 'textDiffs' in input ? input.textDiffs : [];
  return Array.isArray(diffs) ? diffs.flatMap((diff) => shownIn(asDiff(diff))) : [];
}

/** One of several diffs, as if it were in a tab of its own. */
function asDiff(diff: unknown): unknown {
  if (typeof diff !== 'object' || diff === null || !('modified' in diff)) return null;
  return { result: diff.modified };
}
