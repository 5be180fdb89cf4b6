// The secret scanner: secretlint's recommended rules, loaded on first use. Finds only; what becomes of it is core/screening's.
import { setImmediate } from 'node:timers/promises';
import type { lintSource } from '@secretlint/core';
import type { SecretRange, SecretScanner } from '../../core/ports/secretScanner.ts';

type Lint = (text: string) => ReturnType<typeof lintSource>;
type Message = Awaited<ReturnType<Lint>>['messages'][number];

export function createSecretScanner(): SecretScanner {
  let loading: Promise<Lint> | undefined;
  return {
    scan: async (text) => {
      loading ??= load().catch((error: unknown) => {
        loading = undefined;
        throw error;
      });
      const lint = await loading;
      await setImmediate();
      const { messages } = await lint(text);
      return messages.map((message) => rangeOf(text, message));
    },
  };
}

async function load(): Promise<Lint> {
  const [core, { creator }, { secretLintProfiler }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
    import('@secretlint/profiler'),
  ]);
  // It would keep a record of every scan for as long as the process lives.
  secretLintProfiler.setEnabled(false);
  const config = { rules: [{ id: 'recommended', rule: creator, options: {} }] };
  return (content) =>
    core.lintSource({
      source: { filePath: 'text.txt', content, ext: '.txt', contentType: 'text' },
      options: { config, noPhysicFilePath: true },
    });
}

/** Some rules give where the match begins with the length of the secret in it: the secret itself says where it ends. */
function rangeOf(text: string, { range, ruleId, data }: Message): SecretRange {
  const [start, end] = range;
  const kind = ruleId.replace(/^.*secretlint-rule-/, '');
  const ends = secretsIn(data).map((secret) => {
    const at = text.indexOf(secret, start);
    return at < 0 ? end : at + secret.length;
  });
  return { start, end: Math.max(end, ...ends), kind };
}

function secretsIn(data: unknown): string[] {
  if (data === null || typeof data !== 'object') return [];
  return Object.values(data).filter((value) => typeof value === 'string');
}
