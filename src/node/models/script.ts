// The format of a scripted model: a JSON file with one entry for each model call, in order. Parses, never guesses.
import { z } from 'zod';
import { AppError } from '../../core/base/errors.ts';
import { parseJson } from '../../core/base/json.ts';

const MAX_DELAY_MS = 600_000;
const SHOWN_PROBLEMS = 5;

const ScriptToolCall = z
  .strictObject({
    id: z.string().min(1).optional(),
    name: z.string().min(1),
    args: z.record(z.string(), z.unknown()).optional(),
    /** The arguments as raw text, for arguments that are not valid JSON. */
    argsText: z.string().optional(),
  })
  .refine((call) => call.args === undefined || call.argsText === undefined, {
    error: 'give args or argsText, not both',
  });

const ScriptEntry = z
  .strictObject({
    /** `{{results}}` in it is replaced by a list of the last results, see scriptResults.ts. */
    text: z.string().optional(),
    /** What the model says it thinks. */
    reasoning: z.string().optional(),
    toolCalls: z.array(ScriptToolCall).optional(),
    /** Tokens that the call took, as a provider says it. */
    usage: z.strictObject({ input: z.int().min(0), output: z.int().min(0) }).optional(),
    /** Substrings that the results since the last reply must hold. */
    expect: z.array(z.string().min(1)).optional(),
    delayMs: z.int().min(0).max(MAX_DELAY_MS).optional(),
  })
  .refine((entry) => entry.text !== undefined || entry.toolCalls !== undefined, {
    error: 'give text, toolCalls or both',
  });
export type ScriptEntry = z.infer<typeof ScriptEntry>;

const Script = z.strictObject({
  turns: z.array(ScriptEntry),
  /** What the played model takes; without it no images, and nobody knows how much. */
  model: z
    .strictObject({ images: z.boolean().optional(), contextWindow: z.int().min(1).optional() })
    .optional(),
  /** The answer when the thread's title is asked for, which is no entry's turn; without it there is none. */
  title: z.string().optional(),
});
export type Script = z.infer<typeof Script>;

/** Parses the text of a script file. Throws AppError `script_invalid` that names the file and each faulty place. */
export function parseScript(text: string, file: string): Script {
  const json = parseJson(text.replace(/^\uFEFF/, ''));
  if (!json.ok) throw invalid(file, `it is not valid JSON: ${json.message}`);
  const parsed = Script.safeParse(json.value);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const shown = issues
    .slice(0, SHOWN_PROBLEMS)
    .map((issue) => `${place(issue.path)}: ${issue.message}`);
  const rest = issues.length - shown.length;
  throw invalid(file, `${shown.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`);
}

/** An AppError `script_invalid` about `file`. */
export function invalid(file: string, problem: string): AppError {
  return new AppError(
    'script_invalid',
    `The script ${file} cannot be used: ${problem}. Correct the file and try again.`,
  );
}

/** A zod path as it would be written in code: `turns[1].toolCalls[0].args`. */
function place(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the whole file';
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  return steps.join('').replace(/^\./, '');
}
