// The chat and the approval panel as a user sees them: found by their hooks, driven by mouse and keyboard.
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { until } from './until.ts';

/** How long one press is tried, and its effect awaited. */
const PRESS_MS = 2_000;

/** What a button on a card is called in `data-testid`. */
export type Button =
  | 'approve'
  | 'approve-remember'
  | 'remember'
  | 'answer'
  | 'edit'
  | 'reject'
  | 'respond'
  | 'cancel'
  | 'open-diff'
  | 'resolve'
  | 'edit-args'
  | 'undo'
  | 'reject-and-stop'
  | 'skip';

export class Surface {
  readonly frame: FrameLocator;

  constructor(page: Page, webview: string) {
    this.frame = page.frameLocator(webview).frameLocator('#active-frame');
  }

  testId(id: string): Locator {
    return this.frame.getByTestId(id);
  }

  /** A card of this call (any, without); `now` narrows it, like `[data-state=decided]`. */
  card(callId?: string, now = ''): Locator {
    const one = callId === undefined ? '' : `[data-call-id="${callId}"]`;
    return this.frame.locator(`[data-testid=card]${one}${now}`);
  }

  /** A call's line in the transcript. */
  line(callId: string, now = ''): Locator {
    return this.frame.locator(`[data-testid=item-call][data-call-id="${callId}"]${now}`);
  }

  /** Waits for a card, armed: its buttons count now. A card that is taller than the view is read to its end first. */
  async armed(callId?: string): Promise<Locator> {
    const card = this.card(callId, '[data-armed=true]').first();
    await until('an armed card', async () => {
      await this.#readToEnd(callId);
      return card.waitFor({ timeout: PRESS_MS }).then(
        () => true,
        () => false,
      );
    });
    return card;
  }

  async #readToEnd(callId?: string): Promise<void> {
    const card = this.card(callId).first();
    // It may be gone by now, or have no buttons.
    for (const end of [card.locator('[data-end]').first(), card.locator('.actions').last()])
      await end.scrollIntoViewIfNeeded({ timeout: PRESS_MS }).catch(() => undefined);
  }

  /** Presses a button of a card as soon as it can be pressed. */
  async press(callId: string, name: Button): Promise<void> {
    await this.armed(callId);
    await this.#button(callId, name).click();
  }

  /**
   * Approves or answers. A press on a card that has just moved does not count: as a user would, it presses again
   * until the card is decided, submitted or gone.
   */
  async decide(
    callId: string,
    name: 'approve' | 'approve-remember' | 'answer' | 'reject' | 'respond',
  ): Promise<void> {
    const undecided = this.frame.locator(
      `[data-testid=card][data-call-id="${callId}"]:is([data-state=waiting],[data-state=error]):not([data-decision])`,
    );
    await this.#pressUntilGone(this.#button(callId, name), undecided, async () =>
      this.#readToEnd(callId),
    );
  }

  /** Opens the form of Reject or Respond, fills it and decides. */
  async decideWith(callId: string, name: 'reject' | 'respond', text: string): Promise<void> {
    await this.press(callId, name);
    const field = name === 'reject' ? 'reason-input' : 'respond-input';
    await this.card(callId).getByTestId(field).fill(text);
    await this.decide(callId, name);
  }

  /** Submits a batch whose calls are all decided. */
  async submit(): Promise<void> {
    const bar = '[data-testid=submit-bar]';
    const button = this.frame.locator(
      `${bar}[data-armed=true] [data-testid=submit]:not([disabled])`,
    );
    await this.#pressUntilGone(button, this.frame.locator(`${bar}[data-state=decided]`));
  }

  #button(callId: string, name: Button): Locator {
    return this.card(callId, '[data-armed=true]').locator(
      `[data-testid="${name}"]:not([disabled])`,
    );
  }

  async #pressUntilGone(
    button: Locator,
    gone: Locator,
    reveal: () => Promise<void> = async () => undefined,
  ): Promise<void> {
    await gone.first().waitFor();
    await until('a press that counts', async () => {
      await reveal();
      try {
        await button.click({ timeout: PRESS_MS });
      } catch {
        // Not armed meanwhile, or gone already.
      }
      try {
        await gone.first().waitFor({ state: 'detached', timeout: PRESS_MS });
        return true;
      } catch {
        return false;
      }
    });
  }

  /** Waits until the thread's turn is in this state. */
  async turn(
    state: 'idle' | 'running' | 'paused' | 'finished' | 'failed' | 'cancelled' | 'interrupted',
  ): Promise<void> {
    await this.frame.locator(`[data-testid=chat][data-state=${state}]`).waitFor();
  }

  async send(text: string): Promise<void> {
    const input = this.testId('composer-input');
    await input.click();
    await input.fill(text);
    await input.press('Enter');
  }

  /** Id of the pending action on screen. */
  async actionId(): Promise<string> {
    const id = await this.card().first().getAttribute('data-action-id');
    if (!id) throw new Error('The card has no action id');
    return id;
  }
}

/** The chat in the side bar. */
export function chatOf(page: Page): Surface {
  return new Surface(page, 'iframe.webview[src*="purpose=webviewView"]');
}

/** The approval panel in the editor area. */
export function panelOf(page: Page): Surface {
  return new Surface(page, 'iframe.webview[src*="countersign"]:not([src*="purpose=webviewView"])');
}
