// Ownership of disposables: late additions are disposed at once, one failing dispose never stops the others.

export interface Disposable {
  dispose(): void;
}

export class DisposableStore implements Disposable {
  readonly #items = new Set<Disposable>();
  #disposed = false;

  add<T extends Disposable>(item: T): T {
    if (this.#disposed) item.dispose();
    else this.#items.add(item);
    return item;
  }

  /** Disposes everything; throws one AggregateError at the end if some failed. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const errors: unknown[] = [];
    for (const item of this.#items) {
      try {
        item.dispose();
      } catch (error) {
        errors.push(error);
      }
    }
    this.#items.clear();
    if (errors.length > 0) throw new AggregateError(errors, 'Errors while disposing');
  }
}

export function toDisposable(dispose: () => void): Disposable {
  return { dispose };
}
