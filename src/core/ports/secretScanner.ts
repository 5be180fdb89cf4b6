// What the screening needs of a scanner for secrets. Adapter: secretlint (node/screening).

/** Where a secret stands in a text, in UTF-16 units; `kind` is a short name such as `github`, never the secret. */
export interface SecretRange {
  start: number;
  end: number;
  kind: string;
}

export interface SecretScanner {
  /** In any order; ranges may overlap. Lets the event loop go on before it works. Rejects when its rules cannot be loaded. */
  scan(text: string): Promise<SecretRange[]>;
}
