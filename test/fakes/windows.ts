// Several windows on one real state file and workspace: engines of their own that can die at a named step. One fake clock,
// a model that replies by the number of its call, and commands that are only counted.
import path from 'node:path';
import { rgPath } from '@vscode/ripgrep';
import { createProposalHasher } from '../../src/core/agent/proposalHash.ts';
import { createRedactor } from '../../src/core/agent/redactor.ts';
import type { CommandOutcome } from '../../src/core/ports/workspace.ts';
import type { ModelChunk, ModelRequest } from '../../src/core/ports/model.ts';
import type { Store } from '../../src/core/ports/store.ts';
import { rulesOfSettings } from '../../src/core/policy/layers.ts';
import { Engine } from '../../src/core/threads/engine.ts';
import { allTools } from '../../src/core/tools/registry.ts';
import { tellingSteps, type CrashPoint } from '../../src/node/cli/crashAt.ts';
import { createLocalFiles } from '../../src/node/files/localFiles.ts';
import { createFileMover } from '../../src/node/files/mover.ts';
import { createFileWriter } from '../../src/node/files/writer.ts';
import { compileGlob } from '../../src/node/globs.ts';
import { createShells } from '../../src/node/commands/shells.ts';
import { createGitRepositories } from '../../src/node/git/repositories.ts';
import { createSecretScanner } from '../../src/node/screening/secretlint.ts';
import { createShellParser } from '../../src/node/shell/parser.ts';
import { openStore } from '../../src/node/sqlite/openStore.ts';
import { createIds, systemTexts } from '../../src/node/system.ts';
import { recordingLogger } from './recordingLogger.ts';
import { temporaryFolder, type TemporaryFolder } from './temporaryFolder.ts';

const WASM = path.resolve(import.meta.dirname, '../../node_modules/@vscode/tree-sitter-wasm/wasm');

export interface SaidReply {
  text?: string;
  calls?: { id: string; name: string; args: unknown }[];
}

export interface Window {
  name: string;
  engine: Engine;
  store: Store;
  /** The same store, which answers also when the window is dead. */
  bare: Store;
  /** Hangs for ever at the n-th passing of the step, as a dead process would; its lease runs out with the clock. */
  dieAt(point: CrashPoint, passing?: number): Promise<void>;
  /** Hangs at the next step it passes, whichever it is. */
  die(): void;
  /** It does not die after all, unless it has. */
  spare(): void;
  /** Waits at the next passing of the step until it is released. */
  holdAt(point: CrashPoint): Hold;
  readonly dead: boolean;
}

export interface Hold {
  reached: Promise<void>;
  release: () => void;
}

export interface Windows {
  folder: TemporaryFolder;
  /** The wall clock, and with it the time for which windows were awake: each looks at the leases before it is set. */
  clock: { time: number };
  /** Every command that was started, in order. */
  commands: string[];
  model: { readonly provider: string; readonly id: string };
  open(name: string): Promise<Window>;
  at(relative: string): string;
  dispose(): Promise<void>;
}

export interface WindowsOptions {
  /** What the model says at its n-th call of a turn. */
  script: readonly SaidReply[];
  /** Comes before each reply: may wait, and may say something else instead. */
  beforeReply?: (
    window: string,
    callIndex: number,
    request: ModelRequest,
  ) => Promise<SaidReply | undefined>;
  /** How many turns may run at once; 4 when it is not given. */
  limit?: number;
  /** Milliseconds after which an approval expires; never when it is not given. */
  expiresAfter?: number;
  /** Whether windows take from the queue by themselves; otherwise only when they are told to recover. */
  takesQueued?: boolean;
  /** Rules that allow. */
  allow?: readonly string[];
  files?: Record<string, string>;
}

export async function openWindows(options: WindowsOptions): Promise<Windows> {
  const files = Object.entries(options.files ?? {});
  const inside = files.map(([name, text]) => [`w/${name}`, text] as const);
  const folder = await temporaryFolder({ 'w/.keep': '', ...Object.fromEntries(inside) });
  const commands: string[] = [];
  const opened: Window[] = [];
  const clock = createClock(opened);
  return {
    ...{ folder, clock, commands, model: { provider: 'said', id: 'x' } },
    at: (relative) => folder.at(`w/${relative}`),
    open: async (name) => {
      const window = await openWindow(name, { folder, clock, commands, options });
      opened.push(window);
      return window;
    },
    dispose: async () => {
      for (const window of opened) {
        if (!window.dead) await window.engine.idle();
        window.engine.dispose();
        window.store.dispose();
      }
      await folder.dispose();
    },
  };
}

/** What a lease was before is seen by the windows' sweeps while time passes; here the first of them comes at once. */
function createClock(windows: readonly Window[]): Windows['clock'] {
  let time = Date.UTC(2026, 0, 1);
  return {
    get time() {
      return time;
    },
    set time(later) {
      // Looks before it returns: reads of the store are synchronous, only their answers are not.
      for (const { bare } of windows) bare.abandonedTurns().catch(() => undefined);
      time = later;
    },
  };
}

interface Shared extends Pick<Windows, 'folder' | 'clock' | 'commands'> {
  options: WindowsOptions;
}

async function openWindow(name: string, shared: Shared): Promise<Window> {
  const { folder, clock, commands, options } = shared;
  const now = { now: () => clock.time };
  const logger = recordingLogger();
  const opening = await openStore({
    file: folder.at('state.db'),
    logger,
    clock: now,
    awake: () => clock.time,
  });
  const death = createDeath();
  const store: Store = {
    ...tellingSteps(opening.store, death.pass),
    // The dead show no life.
    renewLeases: async (ids) => (death.dead() ? undefined : opening.store.renewLeases(ids)),
  };
  const roots = [folder.at('w')];
  const texts = systemTexts;
  const user = { 'countersign.approval.allow': options.allow ?? [] };
  const engine = new Engine({
    ...{ store, checkpointer: opening.checkpointer, texts, logger, clock: now, tools: allTools },
    files: createLocalFiles({ roots, rgPath, texts }),
    effects: {
      writeFile: createFileWriter({ texts }),
      moveFile: createFileMover({ texts }),
      runCommand: async ({ command }) => {
        commands.push(command);
        return succeeded;
      },
    },
    shells: createShells({ roots, env: process.env }),
    git: createGitRepositories(),
    shellParser: createShellParser(WASM),
    providers: new Map([['said', { stream: (request) => say(name, options, request) }]]),
    policy: {
      rules: () => rulesOfSettings({ user, workspace: {}, trusted: true }, compileGlob),
    },
    ids: createIds(now),
    timeZone: 'UTC',
    titles: () => 'firstLine',
    expiresAfter: () => options.expiresAfter ?? null,
    maxRunningTurns: () => options.limit ?? 4,
    takesQueued: () => options.takesQueued ?? true,
    canPause: () => true,
    hashProposal: createProposalHasher(texts),
    redactor: createRedactor(),
    secretScanner: createSecretScanner(),
    secretAction: () => 'redact',
  });
  return {
    ...{ name, engine, store, bare: opening.store },
    dieAt: death.dieAt,
    die: death.die,
    spare: death.spare,
    holdAt: death.holdAt,
    get dead() {
      return death.dead();
    },
  };
}

interface Death {
  pass: (point: CrashPoint) => void | Promise<void>;
  dieAt: Window['dieAt'];
  die: () => void;
  spare: () => void;
  holdAt: Window['holdAt'];
  dead: () => boolean;
}

function createDeath(): Death {
  let wanted: CrashPoint | 'any' | undefined;
  let left = 0;
  let dead = false;
  let onDeath: () => void = () => undefined;
  let held: { point: CrashPoint; reached: () => void; released: Promise<void> } | undefined;
  const forEver = new Promise<void>(() => undefined);
  return {
    pass: (point) => {
      if (held?.point === point) {
        const { reached, released } = held;
        held = undefined;
        reached();
        return released;
      }
      if (!dead && wanted !== 'any' && (point !== wanted || --left > 0)) return undefined;
      dead = true;
      onDeath();
      return forEver;
    },
    dieAt: (point, passing = 1) => {
      wanted = point;
      left = passing;
      return new Promise((resolve) => (onDeath = resolve));
    },
    die: () => (wanted = 'any'),
    spare: () => {
      if (!dead) wanted = undefined;
    },
    holdAt: (point) => {
      const reached = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      held = { point, reached: reached.resolve, released: released.promise };
      return { reached: reached.promise, release: released.resolve };
    },
    dead: () => dead || wanted === 'any',
  };
}

const succeeded: CommandOutcome = {
  ...{ exitCode: 0, signal: null, timedOut: false, cancelled: false, startError: null },
  ...{ output: '', fullOutput: null, durationMs: 1 },
};

async function* say(
  window: string,
  { script, beforeReply }: WindowsOptions,
  request: ModelRequest,
): AsyncGenerator<ModelChunk> {
  const { callIndex } = request;
  const other = await beforeReply?.(window, callIndex, request);
  const { text, calls = [] } = other ?? script[callIndex] ?? { text: 'Done' };
  if (text !== undefined) yield { type: 'text', delta: text };
  for (const [index, { id, name, args }] of calls.entries()) {
    yield { type: 'toolCall', index, id, name, args: JSON.stringify(args) };
  }
  yield { type: 'end', reason: calls.length > 0 ? 'tool_calls' : 'stop' };
}
