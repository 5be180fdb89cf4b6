// What must hold of every picture, theme and width: nothing scrolls sideways, no button is cut off.
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { ROOT } from '../../host/paths.mjs';
import type { Surface } from './surface.ts';

/** Pictures of the README and the walkthrough are only written when asked for. */
const UPDATE = process.env['COUNTERSIGN_UPDATE_SCREENSHOTS'] === '1';
const MAX_BYTES = 150 * 1024;

/** What sticks out or scrolls sideways in a webview, as sentences; empty when all is well. */
export function lookProblems(surface: Surface): Promise<string[]> {
  return surface.frame.locator('body').evaluate((body) => {
    const found: string[] = [];
    const width = window.innerWidth;
    const scrollers = [document.documentElement, body, ...body.querySelectorAll('[data-scroller]')];
    for (const element of scrollers) {
      if (element.scrollWidth > element.clientWidth + 1) {
        found.push(
          `${element.tagName} scrolls sideways: ${element.scrollWidth} > ${element.clientWidth}`,
        );
      }
    }
    for (const button of body.querySelectorAll<HTMLElement>('button, vscode-button, select')) {
      const box = button.getBoundingClientRect();
      if (box.width === 0) continue;
      const name = button.dataset['testid'] ?? button.textContent.trim();
      if (box.left < 0 || box.right > width + 1) {
        found.push(`${name} sticks out: ${box.left} to ${box.right} of ${width}`);
      }
      const inner = button.shadowRoot?.querySelector('button') ?? button;
      const { overflowX, textOverflow } = getComputedStyle(inner);
      const shortened = overflowX === 'visible' || textOverflow === 'ellipsis';
      if (inner.scrollWidth > inner.clientWidth + 1 && !shortened) {
        found.push(`${name} is cut off: ${inner.scrollWidth} > ${inner.clientWidth}`);
      }
    }
    return found;
  });
}

/** Drags the edge of the side bar until the chat is about this wide. */
export async function resizeSideBar(page: Page, width: number): Promise<void> {
  const bar = page.locator('.part.sidebar');
  const box = await bar.boundingBox();
  if (!box) throw new Error('There is no side bar');
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width, y);
  await page.mouse.down();
  await page.mouse.move(box.x + width, y, { steps: 5 });
  await page.mouse.up();
}

/** Writes a picture of an element to a file of the repository, when asked for; rejects when it is too large. */
export async function savePicture(element: Locator, file: string): Promise<void> {
  if (!UPDATE) return;
  const target = path.join(ROOT, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, await element.screenshot());
  const { size } = statSync(target);
  if (size > MAX_BYTES)
    throw new Error(`${file} has ${size} bytes, at most ${MAX_BYTES} are allowed`);
}
