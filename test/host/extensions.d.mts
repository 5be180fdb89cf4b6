// Types of extensions.mjs for tests written in TypeScript.

/** Makes a source folder an installed extension of a data folder; null takes an earlier link of this name away. */
export function linkExtension(data: string, source: string | null, name?: string): void;
