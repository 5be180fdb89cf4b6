// The native diff editor of a proposal: its right side may be typed into, its title bar may decide.
import type { Locator, Page } from 'playwright-core';
import { until } from './until.ts';

export class DiffEditor {
  readonly #page: Page;
  readonly #group: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.#group = page.locator('.editor-group-container.active');
  }

  /** The tab of a file's proposal. */
  tab(file: string): Locator {
    return this.#page.locator('.tabs-container .tab').filter({ hasText: file });
  }

  get right(): Locator {
    return this.#group.locator('.monaco-diff-editor .editor.modified');
  }

  get left(): Locator {
    return this.#group.locator('.monaco-diff-editor .editor.original');
  }

  /** A button of the title bar. */
  action(name: 'Approve' | 'Reject'): Locator {
    return this.#group.locator(`.editor-actions a.action-label[aria-label^="${name}"]`);
  }

  /** Replaces the whole right side, as a paste does. */
  async replaceRight(text: string): Promise<void> {
    await this.focusRight();
    await this.#page.keyboard.press('ControlOrMeta+a');
    await this.#page.keyboard.insertText(text);
  }

  /** Types at the end of the right side. */
  async typeAtEnd(text: string): Promise<void> {
    await this.focusRight();
    await this.#page.keyboard.press('ControlOrMeta+End');
    await this.#page.keyboard.type(text);
  }

  /** Saves what was typed (into memory, never into the workspace). */
  async save(file: string): Promise<void> {
    await this.focusRight();
    await this.#page.keyboard.press('ControlOrMeta+s');
    await this.#page
      .locator('.tabs-container .tab:not(.dirty)')
      .filter({ hasText: file })
      .waitFor();
  }

  /** Clicks into the right side; again, when the editor was still being laid out. */
  async focusRight(): Promise<void> {
    const focused = this.right.locator('.monaco-editor.focused');
    await until('the focus in the right side of the diff editor', async () => {
      await this.right.locator('.view-line').last().click();
      return (await focused.count()) > 0;
    });
  }
}
