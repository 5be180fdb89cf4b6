// Drives the real command line: one process a command, a workspace and a state file of its own for every test.
import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder, type TemporaryFolder } from '../fakes/temporaryFolder.ts';
import type { Message } from '../../src/core/agent/message.ts';
import type { ActionRequest, JsonObject, Verdict } from '../../src/protocol/calls.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
export const CLI = path.join(ROOT, 'dist', 'cli.js');
const CLOSING = ['turn.finished', 'turn.paused', 'turn.failed', 'refused'];
const MINUTE = 60_000;

/** One line of `--json`; which members there are depends on `type`. */
export interface CliLine {
  type: string;
  turnId?: string;
  threadId?: string;
  actionId?: string;
  proposalHash?: string;
  kind?: string;
  status?: string;
  code?: string | null;
  message?: Message | string | null;
  text?: string;
  callId?: string;
  callIds?: string[];
  tool?: string;
  state?: string;
  outcome?: string | null;
  result?: string | null;
  delta?: string;
  waiting?: number;
  why?: Verdict | null;
  requests?: ActionRequest[];
  drift?: string;
}

export interface CliRun {
  status: number | null;
  stdout: string;
  stderr: string;
}

export interface JsonRun extends CliRun {
  lines: CliLine[];
  /** The last line, which is the only closing event. */
  end: CliLine;
}

export interface CliOptions {
  env?: Record<string, string>;
  input?: string;
}

/** One entry of a scripted model, as DESIGN §9 has it. */
export interface Entry {
  text?: string;
  toolCalls?: { id?: string; name: string; args?: JsonObject; argsText?: string }[];
  expect?: string[];
  delayMs?: number;
}

export interface RunOptions extends CliOptions {
  prompt?: string;
  model?: string;
  thread?: string;
  settings?: JsonObject;
}

// Mocha runs it once, whichever files are loaded.
before(async function () {
  this.timeout(3 * MINUTE);
  if (!isStale()) return;
  await promisify(execFile)(process.execPath, [path.join(ROOT, 'esbuild.mjs')], { cwd: ROOT });
});

function isStale(): boolean {
  const engine = path.join(ROOT, 'dist', 'engine.js');
  if (!existsSync(CLI) || !existsSync(engine)) return true;
  const built = statSync(engine).mtimeMs;
  const sources = readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  return sources.some((file) => statSync(path.join(ROOT, 'src', file)).mtimeMs > built);
}

/** Starts the command line; nothing of this process's environment but what a program needs to start. */
export function startCli(args: readonly string[], options: CliOptions = {}): ChildProcess {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  const env = { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), ...options.env };
  return spawn(process.execPath, [CLI, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
}

export async function cli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const child = startCli(args, options);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input ?? '');
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
  return { status, stdout, stderr };
}

/** Every line must be one JSON object. */
export function parseLines(stdout: string): CliLine[] {
  assert.ok(stdout === '' || stdout.endsWith('\n'), 'the output ends with a whole line');
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as CliLine);
}

/** Parses the output of run or decide, which must end in its one closing event. */
export function withEnd(run: CliRun): JsonRun {
  const lines = parseLines(run.stdout);
  const closing = lines.filter((line) => CLOSING.includes(line.type));
  const end = lines.at(-1);
  assert.ok(end && closing.length === 1 && closing[0] === end, `no single end: ${show(run)}`);
  return { ...run, lines, end };
}

/** The text of an error, refusal or warning. */
export function said(line: CliLine): string {
  assert.ok(typeof line.message === 'string', 'a line with a text');
  return line.message;
}

export function show(run: CliRun): string {
  return `exit ${run.status}\n${run.stdout}\n${run.stderr}`;
}

/** The results the model was told, in the order of the messages. */
export function toolResults(lines: readonly CliLine[]): Extract<Message, { role: 'tool' }>[] {
  return lines.flatMap(({ message }) =>
    message !== null && typeof message === 'object' && message.role === 'tool' ? [message] : [],
  );
}

/** A workspace, a state file and the scripts of one test, each in a folder beside the others. */
export class Flow {
  readonly #folder: TemporaryFolder;
  #files = 0;

  constructor(folder: TemporaryFolder) {
    this.#folder = folder;
  }

  get workspace(): string {
    return this.#folder.at('workspace');
  }

  get stateFile(): string {
    return this.#folder.at('state/state.db');
  }

  /** Absolute path beside the workspace. */
  beside(name: string): string {
    return this.#folder.at(name);
  }

  at(relative: string): string {
    return path.join(this.workspace, relative);
  }

  /** A new file beside the workspace; its path. */
  async file(content: string | Uint8Array | object, extension = 'json'): Promise<string> {
    const raw = typeof content === 'string' || content instanceof Uint8Array;
    const file = this.beside(`f${(this.#files += 1)}.${extension}`);
    await writeFile(file, raw ? content : JSON.stringify(content));
    return file;
  }

  /** `run --json` with a script; what came out, parsed. */
  async run(turns: readonly Entry[], options: RunOptions = {}): Promise<JsonRun> {
    return withEnd(await cli([...(await this.runArgs(turns, options)), '--json'], options));
  }

  async runArgs(turns: readonly Entry[], options: RunOptions = {}): Promise<string[]> {
    const model = options.model ?? `scripted:${await this.file({ turns })}`;
    const args = ['run', '--workspace', this.workspace, '--state', this.stateFile];
    args.push('--model', model, ...(await this.#settings(options)));
    if (options.thread !== undefined) args.push('--thread', options.thread);
    return [...args, options.prompt ?? 'Do it'];
  }

  /** `decide --json` in a process of its own; `decisions` is the file's whole content. */
  async decide(
    actionId: string | undefined,
    decisions: string | object,
    options: RunOptions = {},
  ): Promise<JsonRun> {
    assert.ok(actionId, 'an action to decide');
    const args = await this.decideArgs(actionId, await this.file(decisions), options);
    return withEnd(await cli([...args, '--json'], options));
  }

  async decideArgs(actionId: string, file: string, options: RunOptions = {}): Promise<string[]> {
    const where = ['--state', this.stateFile, '--workspace', this.workspace];
    return ['decide', ...where, actionId, '--decisions', file, ...(await this.#settings(options))];
  }

  /** A command that only reads the state, with `--json`. */
  async read(...words: string[]): Promise<CliLine[]> {
    const [command = '', ...rest] = words;
    const run = await cli([command, '--state', this.stateFile, ...rest, '--json']);
    assert.equal(run.status, 0, show(run));
    return parseLines(run.stdout);
  }

  /** Every file of the workspace with its text. */
  async tree(): Promise<Record<string, string>> {
    return treeOf(this.workspace);
  }

  async dispose(): Promise<void> {
    await this.#folder.dispose();
  }

  async #settings({ settings }: RunOptions): Promise<string[]> {
    return settings === undefined ? [] : ['--settings', await this.file(settings)];
  }
}

/** Every file under `folder` with its text, by relative path. */
export async function treeOf(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => !entry.isDirectory());
  const texts = files.map(async (entry): Promise<[string, string]> => {
    const file = path.join(entry.parentPath, entry.name);
    return [path.relative(folder, file), await readFile(file, 'utf8')];
  });
  return Object.fromEntries((await Promise.all(texts)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export async function startFlow(files: Record<string, string | Uint8Array> = {}): Promise<Flow> {
  const inside = Object.entries(files).map(([name, text]) => [`workspace/${name}`, text] as const);
  const folder = await temporaryFolder(Object.fromEntries(inside));
  await mkdir(folder.at('workspace'), { recursive: true });
  await mkdir(folder.at('state'), { recursive: true });
  return new Flow(folder);
}

/** A flow for each test of the suite, removed after it; `inspect` looks at what the test left behind. */
export function useFlow(
  files: Record<string, string | Uint8Array> = {},
  inspect: (flow: Flow) => Promise<void> = async () => undefined,
): () => Flow {
  let flow: Flow | undefined;
  beforeEach(async () => {
    flow = await startFlow(files);
  });
  afterEach(async () => {
    try {
      if (flow) await inspect(flow);
    } finally {
      await flow?.dispose();
    }
  });
  return () => {
    assert.ok(flow);
    return flow;
  };
}

export const approve = { type: 'approve' } as const;
export const reject = (reason?: string): object => ({ type: 'reject', reason });
export const respond = (text: string): object => ({ type: 'respond', text });
export const editArgs = (args: JsonObject): object => ({ type: 'edit', args });
export const editContent = (content: string): object => ({ type: 'edit', content });
