// What is typed after an @ in the message, and the list of files that is offered for it. Pure.

/** An @ and what follows it up to the cursor. */
export interface Mention {
  /** Where the @ stands. */
  from: number;
  /** Where the cursor stands. */
  to: number;
  query: string;
}

/** Longer ones are no names of files. */
const LONGEST = 200;

/** The mention that the cursor stands in or right behind; an @ inside a word (an address, say) begins none. */
export function mentionAt(text: string, cursor: number): Mention | undefined {
  const found = /(?:^|[\s([{"'`])@([^\s@]*)$/.exec(text.slice(0, cursor));
  const query = found?.[1];
  if (query === undefined || query.length > LONGEST) return undefined;
  return { from: cursor - query.length - 1, to: cursor, query };
}

/** The text with the file's name in the mention's place, and where the cursor goes: behind it and a blank. */
export function withMention(
  text: string,
  { from, to }: Mention,
  path: string,
): { text: string; cursor: number } {
  const name = `@${path}`;
  const rest = text.slice(to);
  const blank = /^\s/.test(rest) ? '' : ' ';
  return { text: `${text.slice(0, from)}${name}${blank}${rest}`, cursor: from + name.length + 1 };
}
