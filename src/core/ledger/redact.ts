// Our own table of patterns for secrets: at once and always, for the ledger's transactions; with secretlint's rules, and in their
// place should they fail, for the screening (core/screening). Keys that this program was handed are agent/redactor.ts's matter.
// Every pattern is linear: quantifiers are bounded or cannot give back what they took.

import type { SecretRange } from '../ports/secretScanner.ts';

interface Secret {
  name: string;
  pattern: RegExp;
  /** Kept before and after the secret: the number of the pattern's group. */
  keep?: { before?: number; after?: number };
}

const SECRETS: readonly Secret[] = [
  {
    name: 'private-key',
    // Without an end it goes on to the end of the text.
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[^]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
  },
  {
    name: 'authorization',
    pattern:
      /(\bauthorization["']?\s{0,8}[:=]\s{0,8}["']?(?:(?:bearer|basic|token|digest)\s{1,8})?)[^\s"'`\\]+/gi,
    keep: { before: 1 },
  },
  { name: 'bearer', pattern: /(\bbearer\s{1,8})[\w.~+/=-]{16,}/gi, keep: { before: 1 } },
  {
    name: 'url-password',
    pattern: /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"']{0,200}:)[^\s/@"']{1,400}(@)/gi,
    keep: { before: 1, after: 2 },
  },
  { name: 'github-token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})/g },
  { name: 'gitlab-token', pattern: /\bglpat-[\w-]{16,}/g },
  { name: 'api-key', pattern: /\bsk-[\w-]{16,}/g },
  { name: 'stripe-key', pattern: /\b[rs]k_(?:live|test)_[A-Za-z0-9]{10,}/g },
  { name: 'aws-key-id', pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Z])/g },
  { name: 'google-key', pattern: /\bAIza[\w-]{35}/g },
  { name: 'slack-token', pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g },
  { name: 'npm-token', pattern: /\bnpm_[A-Za-z0-9]{30,}/g },
  { name: 'jwt', pattern: /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/g },
  {
    name: 'environment',
    // NAME=value as a shell or an .env file has it; a reference such as $OTHER is no secret.
    pattern:
      /(\b(?=[A-Z0-9_]{0,64}(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS))[A-Z][A-Z0-9_]{0,64}=)(?!\[redacted:)(?:"[^"$\n]+"?|'[^'\n]+'?|[^\s"'$;&|()<>]+)/g,
    keep: { before: 1 },
  },
];

/** `text` with every known kind of secret replaced by `[redacted:KIND]`. Pure; a second pass changes nothing. */
export function redact(text: string): string {
  return SECRETS.reduce(
    (result, { name, pattern, keep }) =>
      result.replace(pattern, `${group(keep?.before)}[redacted:${name}]${group(keep?.after)}`),
    text,
  );
}

/** Where each known kind of secret stands, in the order of the table; what was redacted before is none. Pure. */
export function secretsByPattern(text: string): SecretRange[] {
  return SECRETS.flatMap(({ name: kind, pattern, keep }) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const length = (number: number | undefined): number =>
        number === undefined ? 0 : (match[number]?.length ?? 0);
      const start = match.index + length(keep?.before);
      const end = match.index + match[0].length - length(keep?.after);
      return text.startsWith('[redacted:', start) ? [] : [{ start, end, kind }];
    }),
  );
}

function group(number: number | undefined): string {
  return number === undefined ? '' : `$${number}`;
}
