// The words that people see, in the language of the display. The English text is the key; what has no translation stays English.
// Holds this process' one table, which its entry point sets; texts for the model, the log and other programs never come here.

/** English text to translated text; placeholders are `{0}`, `{1}`, … in both. */
export type Translations = Readonly<Record<string, string>>;

let table: ReadonlyMap<string, string> = new Map();

/** To be called once, before anything is shown: nothing that was made earlier is translated again. */
export function useTranslations(found: Translations): void {
  table = new Map(Object.entries(found));
}

/** `text` in the language of the display, with `{0}` replaced by the first value and so on. A value is never looked into. */
export function t(text: string, ...values: readonly (string | number)[]): string {
  return tParts(text, ...values.map(String)).join('');
}

/** As `t`, for values that are no texts: what stands between them and the values themselves, in the order of the language. */
export function tParts<T>(text: string, ...values: readonly T[]): (string | T)[] {
  const parts = (table.get(text) ?? text).split(/\{(\d+)\}/);
  return parts.flatMap<string | T>((part, at) => {
    if (at % 2 === 0) return part === '' ? [] : [part];
    const index = Number(part);
    const value = values[index];
    return value === undefined || index >= values.length ? [`{${part}}`] : [value];
  });
}
