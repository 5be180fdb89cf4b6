// Which actions a view shows, so that it can be told how one was decided that is gone. Knows ids only.
import type { ActionRow, Store } from '../ports/store.ts';

export class ShownActions {
  #ids: Set<string>;

  /** `ids`: what the view is about from its start, shown or not. */
  constructor(ids: readonly string[]) {
    this.#ids = new Set(ids);
  }

  has(actionId: string): boolean {
    return this.#ids.has(actionId);
  }

  /** Notes one action that the view is sent. */
  sent({ id, state }: Pick<ActionRow, 'id' | 'state'>): void {
    if (state === 'open') this.#ids.add(id);
    else this.#ids.delete(id);
  }

  /** Notes all that the view shows from now on; gives those that it showed and that do not wait any more. */
  async replace(
    store: Pick<Store, 'getAction'>,
    open: readonly Pick<ActionRow, 'id'>[],
  ): Promise<ActionRow[]> {
    const now = new Set(open.map(({ id }) => id));
    const left = [...this.#ids].filter((id) => !now.has(id));
    this.#ids = now;
    const rows = await Promise.all(left.map((id) => store.getAction(id)));
    return rows.flatMap((row) => (row && row.state !== 'open' ? [row] : []));
  }
}
