// The chat and the approval panel as a user sees them: found by their hooks, driven by mouse and keyboard.
import type { FrameLocator, Locator, Page } from 'playwright-core';

/** What a button on a card is called in `data-testid`. */
export type Button =
  | 'approve'
  | 'answer'
  | 'edit'
  | 'reject'
  | 'respond'
  | 'cancel'
  | 'open-diff'
  | 'edit-args'
  | 'undo'
  | 'reject-and-stop';

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

  /** Waits for a card, armed: its buttons count now. */
  async armed(callId?: string): Promise<Locator> {
    const card = this.card(callId, '[data-armed=true]').first();
    await card.waitFor();
    return card;
  }

  /** Presses a button of a card as soon as it can be pressed. */
  async press(callId: string | undefined, name: Button): Promise<void> {
    const card = await this.armed(callId);
    await card.locator(`[data-testid="${name}"]:not([disabled])`).click();
  }

  /** Presses Approve, Reject, ... in the bar of a batch. */
  async pressInBar(name: 'submit' | 'approve-all' | 'reject-and-stop'): Promise<void> {
    const bar = this.frame.locator('[data-testid=submit-bar][data-armed=true]');
    await bar.locator(`[data-testid="${name}"]:not([disabled])`).click();
  }

  /** Waits until the thread's turn is in this state. */
  async turn(
    state: 'idle' | 'running' | 'paused' | 'finished' | 'failed' | 'cancelled',
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
