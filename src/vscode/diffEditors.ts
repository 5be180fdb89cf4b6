// Diff editors of proposals: the base on the left, the agent's text on the right, which may be changed before approving.
// Nothing here writes a file: the right side lives in memory and goes to the card as a draft.
import * as vscode from 'vscode';
import path from 'node:path';
import { displayBytes } from '../protocol/displayBytes.ts';
import { isTemporary } from '../protocol/temporary.ts';
import { Emitter } from '../core/base/event.ts';
import type { Disposable } from '../core/base/lifecycle.ts';
import type { DraftRow } from '../core/ports/draftStore.ts';
import { discreetName, SaveSoon } from './discreetDiff.ts';
import { asInEditor } from './editorText.ts';
import { t } from '../protocol/l10n.ts';
import { draftOfText, hunkDraft, placedHunks, textOfDraft } from './hunkDraft.ts';
import type { HunkDraft, HunkedEdit, PlacedHunk } from './hunkDraft.ts';
import { hunkLenses, standsOn, swapHunk } from './hunkLenses.ts';
import { CONTEXT } from './ids.ts';
import { closeSaved, BASE_SCHEME, PROPOSAL_SCHEME, proposalTabs } from './proposalTabs.ts';
import { isMarked, sideOf, type Clash } from '../protocol/conflict.ts';

type MergeSide = keyof Clash;
const MERGE_SIDES: readonly MergeSide[] = ['ours', 'before', 'theirs'];

export interface DiffRequest extends HunkedEdit {
  actionId: string;
  callId: string;
  proposalHash: string;
  /** Shown in the title and used for the language of both sides. */
  path: string;
  /** What a human has made of it, in whatever window; null while it is the agent's text. */
  draft: string | null;
  /** The title bar may decide: the action holds this one call. */
  decidable: boolean;
}

/** A diff with the text of its right side; an untouched one is `after`, whatever the editor makes of its line ends. */
export type ShownDiff = DiffRequest & { content: string };

/** What the right side of a diff editor has come to. */
export type DiffDraft = Pick<DraftRow, 'actionId' | 'callId' | 'proposalHash'> & HunkDraft;

/** Makes the request of an edit that waits anew; undefined when it does not wait any more. */
export type DiffLoader = (actionId: string, callId: string) => Promise<DiffRequest | undefined>;

export class DiffEditors implements Disposable {
  readonly #files = new Map<string, Uint8Array>();
  readonly #open = new Map<string, DiffRequest>();
  readonly #changes = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #versions = new Map<string, number>();
  /** What was made of the text, null for nothing, and is not known to be stored. */
  readonly #unstored = new Map<string, string | null>();
  readonly #lenses = new vscode.EventEmitter<void>();
  readonly #drafts: Emitter<DiffDraft>;
  readonly #saveSoon: SaveSoon;
  readonly #registered: Disposable[];
  /** The text of a right side changed by typing in this window. */
  readonly onDraft: Emitter<DiffDraft>['event'];
  readonly #load: DiffLoader;

  constructor(load: DiffLoader, onError: (error: unknown) => void) {
    this.#load = load;
    this.#drafts = new Emitter(onError);
    this.onDraft = this.#drafts.event;
    const provider = this.#provider();
    this.#saveSoon = new SaveSoon(onError);
    this.#registered = [
      this.#saveSoon,
      this.#changes,
      this.#lenses,
      vscode.languages.registerCodeLensProvider(
        { scheme: PROPOSAL_SCHEME },
        {
          onDidChangeCodeLenses: this.#lenses.event,
          provideCodeLenses: (document) => hunkLenses(document, this.#placed(document)),
        },
      ),
      vscode.workspace.registerFileSystemProvider(PROPOSAL_SCHEME, provider),
      vscode.workspace.registerFileSystemProvider(BASE_SCHEME, provider, { isReadonly: true }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#onChange(document)),
      vscode.workspace.onDidOpenTextDocument((document) => {
        this.#adopt(document).catch(onError);
      }),
      vscode.window.onDidChangeActiveTextEditor(() => this.#updateContext(onError)),
    ];
  }

  /** Editors that outlived their extension host are still there, and what was typed in them meanwhile. */
  async adoptOpen(): Promise<void> {
    for (const document of vscode.workspace.textDocuments) await this.#adopt(document);
  }

  /** Opens (or reveals) the diff, with what was typed in it before, in whatever window. */
  async open(request: DiffRequest): Promise<void> {
    const base = this.#uri(BASE_SCHEME, request);
    const proposal = this.#uri(PROPOSAL_SCHEME, request);
    this.#fill(request);
    const title = titleFor(request);
    await vscode.commands.executeCommand('vscode.diff', base, proposal, title, { preview: false });
  }

  /** All edits of one action in one editor, each with its right side to be typed into; the same texts as in their own editors. */
  async openAll(requests: readonly DiffRequest[]): Promise<void> {
    const [first] = requests;
    if (!first) return;
    const resources = requests.map((request) => {
      this.#fill(request);
      const [base, proposal] = [BASE_SCHEME, PROPOSAL_SCHEME].map((one) => this.#uri(one, request));
      return [proposal, base, proposal];
    });
    await vscode.commands.executeCommand('vscode.changes', titleForAll(requests), resources);
  }

  /** The merge editor of an edit that clashes; its result is the right side. False when the edit does not clash. */
  async openMerge(request: DiffRequest): Promise<boolean> {
    if (!isMarked(request.after)) return false;
    this.#fill(request);
    const side = (name: MergeSide, title: string): { uri: vscode.Uri; title: string } => {
      const uri = this.#uri(BASE_SCHEME, request, name);
      this.#files.set(uri.toString(), bytesOf(sideOf(request.after, name)));
      return { uri, title };
    };
    await vscode.commands.executeCommand('_open.mergeEditor', {
      base: side('before', '').uri,
      input1: side('theirs', t('In the file now')),
      input2: side('ours', t('Proposed by the agent')),
      output: this.#uri(PROPOSAL_SCHEME, request),
    });
    return true;
  }

  /** What the active diff editor is about, with the right side's text as it is now. */
  active(): ShownDiff | undefined {
    const document = vscode.window.activeTextEditor?.document;
    const request = document && this.#open.get(document.uri.toString());
    return request && document ? { ...request, content: contentOf(document, request) } : undefined;
  }

  /**
   * Drops one change in the right side, or restores it, by its position; without one, that at the cursor. Typing, as far as the
   * draft goes. False when there is no such change.
   */
  async toggleHunk(uri?: string, index?: number): Promise<boolean> {
    const editor = vscode.window.activeTextEditor;
    const document = uri === undefined ? editor?.document : documentOf(uri);
    if (!document) return false;
    const line = editor?.selection.active.line ?? 0;
    const hunk = this.#placed(document).find((one) =>
      index === undefined ? standsOn(one, line) : one.index === index,
    );
    return hunk !== undefined && (await swapHunk(document, hunk));
  }

  #placed(document: vscode.TextDocument): PlacedHunk[] {
    const request = this.#open.get(document.uri.toString());
    return request ? placedHunks(request, contentOf(document, request)) : [];
  }

  /** Ids of the actions whose diffs were opened here. */
  openActions(): string[] {
    return [...new Set([...this.#open.values()].map(({ actionId }) => actionId))];
  }

  /** A draft that was stored, here or elsewhere: its editor shows it. What is typed here and not stored yet stands. */
  async takeDraft(
    stored: Pick<DraftRow, 'actionId' | 'callId' | 'card' | 'content'>,
  ): Promise<void> {
    const { actionId, callId } = stored;
    for (const [key, request] of this.#open) {
      if (request.actionId !== actionId || request.callId !== callId) continue;
      const text = textOfDraft(request, hunkDraft(stored));
      const unstored = this.#unstored.get(key);
      if (unstored === text) this.#unstored.delete(key);
      if (unstored !== undefined || request.draft === text) continue;
      this.#open.set(key, { ...request, draft: text });
      await this.#show(vscode.Uri.parse(key), text ?? request.after);
    }
  }

  /** An editor without unsaved text loads it; in one with such text it can be undone. */
  async #show(uri: vscode.Uri, text: string): Promise<void> {
    const document = documentOf(uri.toString());
    if (document?.isDirty !== true) return this.#write(uri, bytesOf(text));
    const edit = new vscode.WorkspaceEdit();
    const all = new vscode.Range(0, 0, document.lineCount, 0);
    edit.replace(uri, document.validateRange(all), text);
    await vscode.workspace.applyEdit(edit);
  }

  /** Closes the diffs of an action that is decided and forgets their texts. */
  async close(actionId: string): Promise<void> {
    const tabs = proposalTabs().filter(({ uris }) =>
      uris.some((uri) => actionOf(uri) === actionId),
    );
    const keys = [...this.#open].filter(([, request]) => request.actionId === actionId);
    const shown = tabs.flatMap(({ uris }) => uris.map((uri) => uri.toString()));
    const uris = new Set([...keys.map(([key]) => key), ...shown]);
    for (const key of uris) this.#open.delete(key);
    await saveAll(uris);
    await closeSaved(tabs);
    for (const key of uris) {
      for (const known of [this.#files, this.#versions, this.#unstored]) known.delete(key);
    }
  }

  /** Closes the diffs that the window restored although their action was decided meanwhile. */
  async closeSettled(waits: (actionId: string) => Promise<boolean>): Promise<void> {
    for (const actionId of new Set(proposalTabs().flatMap(({ uris }) => uris.map(actionOf)))) {
      if (!(await waits(actionId))) await this.close(actionId);
    }
  }

  dispose(): void {
    for (const registered of this.#registered) registered.dispose();
    this.#drafts.dispose();
  }

  #fill(request: DiffRequest): void {
    const base = this.#uri(BASE_SCHEME, request).toString();
    const proposal = this.#uri(PROPOSAL_SCHEME, request).toString();
    this.#files.set(base, bytesOf(request.before));
    if (!documentOf(proposal)) this.#files.set(proposal, bytesOf(request.draft ?? request.after));
    this.#open.set(proposal, request);
  }

  /** The bytes of one side; an editor that the window restored asks before anything was opened here. */
  async #bytes(uri: vscode.Uri): Promise<Uint8Array> {
    const known = this.#files.get(uri.toString());
    if (known) return known;
    const query = new URLSearchParams(uri.query);
    const request = await this.#load(query.get('action') ?? '', query.get('call') ?? '');
    if (request) this.#fill(request);
    const side = MERGE_SIDES.find((one) => one === query.get('side'));
    if (request && side) this.#files.set(uri.toString(), bytesOf(sideOf(request.after, side)));
    const bytes = this.#files.get(uri.toString());
    if (!bytes) throw vscode.FileSystemError.FileNotFound(uri);
    return bytes;
  }

  #uri(scheme: string, request: DiffRequest, side?: MergeSide): vscode.Uri {
    const { name, call } = discreetName(request);
    const query = new URLSearchParams({ action: request.actionId, call, ...(side && { side }) });
    return vscode.Uri.from({ scheme, path: `/${name}`, query: query.toString() });
  }

  #onChange(document: vscode.TextDocument): void {
    const request = this.#open.get(document.uri.toString());
    if (!request) return;
    this.#lenses.fire();
    const { actionId, callId, proposalHash } = request;
    const found = draftOfText(request, contentOf(document, request));
    const text = textOfDraft(request, found);
    // Saved, or loaded again with what is stored: what was decided still holds.
    if (text === request.draft) return;
    this.#open.set(document.uri.toString(), { ...request, draft: text });
    this.#unstored.set(document.uri.toString(), text);
    this.#drafts.fire({ actionId, callId, proposalHash, ...found });
    this.#saveSoon.changed(actionId, document);
  }

  /** An editor that came back with the window. What it shows is what the human sees: it is the draft, even if unsaved. */
  async #adopt(document: vscode.TextDocument): Promise<void> {
    if (document.uri.scheme !== PROPOSAL_SCHEME) return;
    await this.#bytes(document.uri);
    if (document.isDirty) this.#onChange(document);
  }

  #write(uri: vscode.Uri, content: Uint8Array): void {
    const key = uri.toString();
    this.#files.set(key, content);
    this.#versions.set(key, (this.#versions.get(key) ?? 0) + 1);
    this.#changes.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  #updateContext(onError: (error: unknown) => void): void {
    const decidable = this.active()?.decidable === true;
    vscode.commands
      .executeCommand('setContext', CONTEXT.diffDecidable, decidable)
      .then(undefined, onError);
  }

  #provider(): vscode.FileSystemProvider {
    const refuse = (uri: vscode.Uri): never => {
      throw vscode.FileSystemError.NoPermissions(uri);
    };
    return {
      onDidChangeFile: this.#changes.event,
      watch: () => new vscode.Disposable(() => undefined),
      stat: async (uri) => {
        const { length: size } = await this.#bytes(uri);
        const mtime = this.#versions.get(uri.toString()) ?? 0;
        return { type: vscode.FileType.File, ctime: 0, mtime, size };
      },
      readFile: (uri) => this.#bytes(uri),
      writeFile: (uri, content) => {
        // Into memory, even for an action that is decided: a restored editor must be able to close in peace.
        this.#write(uri, content);
      },
      readDirectory: () => [],
      createDirectory: refuse,
      delete: refuse,
      rename: refuse,
    };
  }
}

function titleFor({ actionId, path: file }: DiffRequest): string {
  if (isTemporary(actionId)) return t('Proposed edit (temporary thread, editable)');
  return t('{0} (proposed by the agent, editable)', displayBytes(path.posix.basename(file)));
}

function titleForAll(requests: readonly DiffRequest[]): string {
  if (requests.some(({ actionId }) => isTemporary(actionId))) {
    return t('Proposed edits (temporary thread, editable)');
  }
  return t('Proposed by the agent, editable');
}

function documentOf(key: string): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === key);
}

function contentOf(document: vscode.TextDocument, { after }: DiffRequest): string {
  const text = document.getText();
  return text === asInEditor(after) ? after : text;
}

/** With a byte order mark, which no editor shows: it wins over a `files.encoding` that is not UTF-8. */
function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(`\uFEFF${text}`);
}

function actionOf(uri: vscode.Uri): string {
  return new URLSearchParams(uri.query).get('action') ?? '';
}

/** Saving to memory, so that closing a changed diff asks nothing. */
async function saveAll(uris: ReadonlySet<string>): Promise<void> {
  for (const document of vscode.workspace.textDocuments) {
    if (document.isDirty && uris.has(document.uri.toString())) await document.save();
  }
}
