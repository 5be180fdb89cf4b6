// Addresses that a press may open: those of the web, and no other scheme.

/** The whole address as it would be opened, names in other scripts in their ASCII form; undefined when it is none of http, https. */
export function webAddress(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, href } = new URL(text);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}
