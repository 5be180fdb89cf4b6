// Command lines of the harness: unknown options end with the usage and exit 2.
import { parseArgs } from 'node:util';
import { say } from './process.mjs';

/**
 * @template {import('node:util').ParseArgsConfig['options'] & {}} T
 * @param {string} usage
 * @param {T} options
 * @returns {ReturnType<typeof parseArgs<{ options: T, strict: true, allowPositionals: false }>>['values']}
 */
export function parseOptions(usage, options) {
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return usageError(usage, reason);
  }
}

/**
 * @param {string} usage
 * @param {string} reason
 * @returns {never}
 */
export function usageError(usage, reason) {
  say(`${reason}\n\n${usage}`);
  process.exit(2);
}
