// Names of the secrets in VS Code's secret storage.

/** Where a provider's key is kept. */
export function secretKey(provider: string): string {
  return `countersign.key.${provider}`;
}
