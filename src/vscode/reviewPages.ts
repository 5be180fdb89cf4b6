// What is reviewed before a decision, each in a read-only document of its own: a decision is about what its editor shows.
import * as vscode from 'vscode';

export class ReviewPages<T> implements vscode.Disposable {
  readonly #scheme: string;
  readonly #shown = new Map<string, T>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #owned: vscode.Disposable;
  #count = 0;

  /** `textOf` is the whole text of what is reviewed. */
  constructor(scheme: string, textOf: (shown: T) => string) {
    this.#scheme = scheme;
    const { workspace } = vscode;
    const provider = {
      onDidChange: this.#changed.event,
      provideTextDocumentContent: (uri: vscode.Uri): string => {
        const shown = this.#shown.get(uri.toString());
        return shown === undefined ? '' : textOf(shown);
      },
    };
    this.#owned = vscode.Disposable.from(
      this.#changed,
      workspace.registerTextDocumentContentProvider(scheme, provider),
      workspace.onDidCloseTextDocument(({ uri }) => this.#shown.delete(uri.toString())),
    );
  }

  dispose(): void {
    this.#owned.dispose();
  }

  /** What the active editor shows, if it is one of these. */
  active(): T | undefined {
    const uri = vscode.window.activeTextEditor?.document.uri;
    return uri && this.#shown.get(uri.toString());
  }

  /** Opens it; the document's name is `name` of a number that no other of these has. */
  async open(shown: T, name: (count: number) => string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: this.#scheme, path: `/${name((this.#count += 1))}` });
    this.#shown.set(uri.toString(), shown);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  /** Puts `now` wherever one that `isSame` is on screen. */
  update(now: T, isSame: (shown: T) => boolean): void {
    for (const [name, shown] of this.#shown) {
      if (!isSame(shown)) continue;
      this.#shown.set(name, now);
      this.#changed.fire(vscode.Uri.parse(name));
    }
  }
}
