// Types of paths.mjs for tests written in TypeScript.

/** The repository's root folder. */
export const ROOT: string;
/** Folder of everything the harness installs or keeps. */
export function hostDir(): string;
/** Node 24 from the npm package `node`. */
export function nodePath(): string;
/** First file of that name in PATH. */
export function which(name: string): string | undefined;
