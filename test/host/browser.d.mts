// Types of browser.mjs for tests written in TypeScript.

/** Launch options for playwright-core. */
export interface Browser {
  executablePath: string;
  args: string[];
  /** The whole environment of the browser. */
  env: Record<string, string>;
}

/** A browser that has been seen to start; rejects when none can be had. */
export function ensureBrowser(): Promise<Browser>;

/** Opens the page in the user's browser when there is a display; never fails. */
export function openInUsersBrowser(url: string): boolean;
