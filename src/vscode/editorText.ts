// What a text editor makes of a text, so that an untouched document can be told from a changed one. No vscode import.

/**
 * The text as `TextDocument.getText()` gives it back: an editor knows one kind of line end a document. CRLF when more than
 * half of them have a CR, else LF.
 */
export function asInEditor(text: string): string {
  const ends = text.match(/\r\n|\r|\n/g) ?? [];
  const withCr = ends.filter((end) => end.startsWith('\r')).length;
  return text.replace(/\r\n|\r|\n/g, withCr > ends.length / 2 ? '\r\n' : '\n');
}
