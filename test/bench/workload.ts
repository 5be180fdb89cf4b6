// The work that is measured, the same in every run: turns of AI calls, with results of 2 KB, or with approved writes:
// new files of 2 KB and changes of 1 KB in files of 20 KB.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Message } from '../../src/core/agent/message.ts';
import type { ModelChunk, ModelProvider } from '../../src/core/ports/model.ts';

export const RESULT_BYTES = 2048;
const FILES = 50;
/** Of files that are edited, and of each piece that is replaced in one. */
const EDITED_BYTES = 20 * 1024;
const PIECE_BYTES = 1024;
const words =
  'const return await store checkpoint the of message turn if else function import from value error path line result'.split(
    ' ',
  );

/** Lines of text, about as compressible as code; other lines for another seed. */
export function sampleText(seed: number, bytes: number): string {
  let state = (seed + 1) * 2654435761;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
  };
  let text = '';
  while (text.length < bytes) {
    text += `${words[next() % words.length]}${next() % 97}${next() % 9 === 0 ? '\n' : ' '}`;
  }
  return text.slice(0, bytes);
}

/** A workspace with files of 2 KB to read and of 20 KB to edit. */
export function makeWorkspace(folder: string): string {
  const root = path.join(folder, 'workspace');
  mkdirSync(root, { recursive: true });
  for (let n = 0; n < FILES; n += 1) {
    writeFileSync(path.join(root, fileName(n)), sampleText(n, RESULT_BYTES));
    writeFileSync(path.join(root, editedName(n)), sampleText(FILES + n, EDITED_BYTES));
  }
  return root;
}

const fileName = (n: number): string => `file${Math.floor(n) % FILES}.txt`;
const editedName = (n: number): string => `large${n % FILES}.txt`;

export interface BenchCall {
  name: string;
  args: object;
}

/** What the model calls in its `n`th step. */
export type Workload = (n: number) => BenchCall;

export const reads: Workload = (n) => ({ name: 'read_file', args: { path: fileName(n) } });

/** Nothing but writes: a new file and a change of a large one by turns; each large file is changed again and again. */
export const writes: Workload = (n) => (n % 2 === 0 ? newFile(n) : change(n >> 1));

/** As an agent works: it reads a large file, changes it in two places, and writes two new ones. */
export const edits: Workload = (n) => {
  const round = Math.floor(n / 5);
  if (n % 5 === 0) return { name: 'read_file', args: { path: editedName(round) } };
  if (n % 5 > 2) return newFile(n);
  return change(FILES * (2 * Math.floor(round / FILES) + (n % 5) - 1) + (round % FILES));
};

function newFile(n: number): BenchCall {
  const content = sampleText(1000 + n, RESULT_BYTES);
  return { name: 'write_file', args: { path: `new${n}.txt`, content } };
}

/** The `edit`th change goes to the next large file, and to its next piece once all files had one. */
function change(edit: number): BenchCall {
  const at = (Math.floor(edit / FILES) * PIECE_BYTES) % EDITED_BYTES;
  const before = sampleText(FILES + (edit % FILES), EDITED_BYTES);
  const old_string = before.slice(at, at + PIECE_BYTES);
  const new_string = sampleText(2000 + edit, PIECE_BYTES);
  return { name: 'edit_file', args: { path: editedName(edit), old_string, new_string } };
}

/** Calls until the turn has `messages` messages, then one command that waits for approval, then a last word. */
export function benchModel(
  messages: number,
  workload: Workload,
  onCall: (count: number) => void,
): ModelProvider {
  return {
    stream: async function* ({ messages: said }): AsyncGenerator<ModelChunk> {
      onCall(said.length);
      const n = said.length;
      if (n + 2 < messages) yield* callOf(n, workload(n >> 1));
      else if (n + 2 <= messages + 1)
        yield* callOf(n, { name: 'run_command', args: { command: 'node -v' } });
      else
        yield* [
          { type: 'text', delta: 'Done.' } as const,
          { type: 'end', reason: 'stop' } as const,
        ];
    },
  };
}

function* callOf(n: number, { name, args }: BenchCall): Generator<ModelChunk> {
  yield { type: 'text', delta: `Step ${n}: I look at the next file to see what it holds. ` };
  yield { type: 'toolCall', index: 0, id: `call${n}`, name, args: JSON.stringify(args) };
  yield { type: 'usage', usage: { input: n * 600, output: 40 } };
  yield { type: 'end', reason: 'tool_calls' };
}

/** Bytes of what was said: texts and arguments, and nothing about them. */
export function saidBytes(messages: readonly Message[]): number {
  const texts = messages.flatMap((message) =>
    message.role === 'assistant'
      ? [message.text, ...message.toolCalls.flatMap((call) => [call.name, call.argsText])]
      : [message.text],
  );
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}
