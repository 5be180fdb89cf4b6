// Texts that look like secrets and are none. Put together at run time, so that no scanner takes this repository for leaking.

const B36 = 'abcdefghijklmnopqrstuvwxyz0123456789';

export const githubToken = `${'ghp'}_${B36.toUpperCase()}`.slice(0, 40);
export const npmToken = `${'npm'}_${B36}`;
export const awsSecret = `${'wJalrXUtnFEMI'}/K7MDENG/${'bPxRfiCYzz8877KEYq'}`;
export const slackHook = `https://hooks.${'slack'}.com/services/T01234567/B01234567/${B36.slice(0, 24)}`;

/** A private key of `lines` lines of text. */
export function privateKey(lines = 8): string {
  const body = `MIIEow${B36}${B36.slice(0, 22)}\n`.repeat(lines);
  return `-----BEGIN RSA ${'PRIVATE'} KEY-----\n${body}-----END RSA ${'PRIVATE'} KEY-----`;
}

/** The middle of it: found where a key was cut. */
export const KEY_BODY = `MIIEow${B36}`;
