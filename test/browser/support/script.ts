// A scripted model's file, rewritten from test to test: the provider reads it at every call.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface ScriptedCall {
  readonly id: string;
  readonly name: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

export interface ScriptedTurn {
  readonly text?: string;
  readonly toolCalls?: readonly ScriptedCall[];
  readonly expect?: readonly string[];
  readonly delayMs?: number;
  readonly reasoning?: string;
}

export interface ScriptFile {
  readonly path: string;
  /** What the model will say, from its first call in a turn on. */
  says(...turns: readonly ScriptedTurn[]): void;
  /** Any text, for scripts that are not valid. */
  holds(text: string): void;
  dispose(): void;
}

export function scriptFile(): ScriptFile {
  const folder = mkdtempSync(path.join(tmpdir(), 'countersign-script-'));
  const file = path.join(folder, 'script.json');
  const holds = (text: string): void => writeFileSync(file, text);
  holds('{ "turns": [] }');
  return {
    path: file,
    holds,
    says: (...turns) => holds(JSON.stringify({ turns })),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export function call(id: string, name: string, args: Record<string, unknown>): ScriptedCall {
  return { id, name, args };
}

/** Settings that select the script as the model. */
export function scriptedModel(script: ScriptFile): Record<string, unknown> {
  return { 'countersign.model.provider': 'scripted', 'countersign.model.id': script.path };
}
