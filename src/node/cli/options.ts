// Command-line arguments, parsed strictly: an unknown word, a missing option or a bad value is a usage error.
import { parseArgs } from 'node:util';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../core/base/errors.ts';
import { keyProblem } from '../../core/base/jsonKeys.ts';
import { JsonObject } from '../../protocol/calls.ts';

export const USAGE = `Usage: node dist/cli.js COMMAND [OPTIONS]

  run      --workspace DIR --state FILE --model scripted:FILE|openai:NAME [--settings FILE]
           [--thread ID [--when-busy queue|discard]] [--no-pause] PROMPT
  pending  --state FILE
  decide   --state FILE --workspace DIR ACTION_ID --decisions FILE|- [--settings FILE] [--no-pause]
  continue --state FILE --workspace DIR TURN_ID [--settings FILE] [--drift HASH] [--no-pause]
  undo     --state FILE --workspace DIR TURN_ID [--settings FILE]
  threads  --state FILE
  show     --state FILE THREAD_ID
  grants list|revoke ID|reset --state FILE
  ledger export --state FILE
  ledger verify --state FILE
  policy check --workspace DIR --cases FILE|- [--settings FILE]

--no-pause: nobody can be asked. What would wait for a human is denied with a reason, and the turn goes on.
--json prints one JSON object a line. --settings is a JSON object of VS Code setting keys.
The key of an OpenAI-compatible endpoint is read from COUNTERSIGN_API_KEY or OPENAI_API_KEY.
Approvals are remembered only with COUNTERSIGN_CONSENT_KEY, 64 hexadecimal digits that seal them.
A turn that has to wait for its place says so (turn.queued) and waits; Ctrl+C leaves it in the queue.
Exit status: 0 finished, 3 paused, 4 refused, 2 usage, 1 failed.
`;

export class UsageError extends Error {}

const STRINGS = [
  'workspace',
  'state',
  'model',
  'settings',
  'thread',
  'when-busy',
  'decisions',
  'cases',
  'drift',
] as const;
type StringName = (typeof STRINGS)[number];
type OptionName = StringName | 'no-pause';

export interface CliOptions {
  words: string[];
  json: boolean;
  /** --no-pause was not given. */
  canPause: boolean;
  /** The value of a required option; UsageError when it is missing. */
  need(name: StringName): string;
  get(name: StringName): string | undefined;
}

/** `allowed` names the options that the command takes, besides --json. */
export function parseOptions(argv: readonly string[], allowed: readonly OptionName[]): CliOptions {
  const { values, positionals } = parse(argv);
  for (const name of [...STRINGS, 'no-pause'] as const) {
    if (values[name] !== undefined && !allowed.includes(name)) {
      throw new UsageError(`--${name} does not belong to this command.`);
    }
  }
  const get = (name: StringName): string | undefined => values[name];
  return {
    words: positionals,
    json: values.json === true,
    canPause: values['no-pause'] !== true,
    get,
    need: (name) => {
      const value = get(name);
      if (value === undefined || value === '') throw new UsageError(`--${name} is missing.`);
      return value;
    },
  };
}

function parse(argv: readonly string[]): {
  values: Partial<Record<StringName, string>> & { json?: boolean; 'no-pause'?: boolean };
  positionals: string[];
} {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        'no-pause': { type: 'boolean' },
        workspace: text,
        state: text,
        model: text,
        settings: text,
        thread: text,
        'when-busy': text,
        decisions: text,
        cases: text,
        drift: text,
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** An existing folder, absolute. */
export function workspaceDir(value: string): string {
  const dir = path.resolve(value);
  if (!existsSync(dir) || !statSync(dir).isDirectory()) {
    throw new AppError(
      'no_workspace',
      `There is no folder ${dir}. Name an existing one with --workspace.`,
    );
  }
  return dir;
}

/** Text of a file, or of standard input for `-`. */
export function readInput(file: string, what: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new AppError('unreadable_file', `${what} ${file} cannot be read: ${message(error)}.`, {
      cause: error,
    });
  }
}

/** A JSON object from a file; says where it is malformed. Two members of one name are refused: one of them would be lost. */
export function readJsonObject(file: string, what: string): JsonObject {
  const text = readInput(file, what);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AppError('malformed_file', `${what} ${file} is not valid JSON: ${message(error)}.`, {
      cause: error,
    });
  }
  const problem = keyProblem(text);
  if (problem !== undefined) {
    throw new AppError('malformed_file', `${what} ${file} cannot be used: ${problem}.`);
  }
  const parsed = JsonObject.safeParse(value);
  if (parsed.success && !Array.isArray(value)) return parsed.data;
  throw new AppError('malformed_file', `${what} ${file} must hold one JSON object.`);
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
