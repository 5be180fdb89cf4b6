// The real engine on temporary folders, with a scripted model and settings that a test can change.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rgPath } from '@vscode/ripgrep';
import type { OpenedEngine, OpenEngineOptions } from '../../src/core/services.ts';
import type { ActionRow } from '../../src/core/ports/store.ts';
import type { Mode } from '../../src/protocol/calls.ts';
import type { Drive } from '../../src/core/threads/deps.ts';
import { openEngine } from '../../src/node/openEngine.ts';
import { recordingLogger } from './recordingLogger.ts';

const MODULES = path.resolve(import.meta.dirname, '../../node_modules');

export interface TestEngineOptions {
  /** Files of the workspace. */
  files?: Record<string, string>;
  /** The script, as DESIGN §9 describes it. */
  script: unknown;
  /** User settings; read anew each time. */
  user?: Readonly<Record<string, unknown>>;
  /** Settings that the workspace brings; read anew each time. */
  inWorkspace?: Readonly<Record<string, unknown>>;
  /** Secrets by name. */
  secrets?: Readonly<Record<string, string>>;
  /** Before trust nothing of the workspace counts. Default true. */
  trusted?: () => boolean;
  /** False for a surface on which nobody can be asked. */
  canPause?: boolean;
  /** The scripted model is asked for titles; otherwise they are the first line. */
  titles?: 'model';
}

export interface TestEngine extends OpenedEngine {
  workspace: string;
  stateFile: string;
  /** All lines of the log so far. */
  logged(): string;
  settingsChanged(): void;
  /** Another window on the same state file and workspace; its owner disposes it. */
  reopen(): Promise<OpenedEngine>;
  /** Starts a turn in a new thread, or in `threadId`. */
  send(text: string, threadId?: string, mode?: Mode): Promise<Drive>;
  /** The same, until it waits. */
  runToPause(text: string): Promise<ActionRow>;
}

export async function openTestEngine(options: TestEngineOptions): Promise<TestEngine> {
  const folder = mkdtempSync(path.join(tmpdir(), 'countersign-engine-'));
  const workspace = path.join(folder, 'workspace');
  mkdirSync(workspace);
  for (const [name, text] of Object.entries(options.files ?? {})) {
    mkdirSync(path.dirname(path.join(workspace, name)), { recursive: true });
    writeFileSync(path.join(workspace, name), text);
  }
  const script = path.join(folder, 'script.json');
  writeFileSync(script, JSON.stringify(options.script));
  const stateFile = path.join(folder, 'state.db');
  const changed = new Set<() => void>();
  const logger = recordingLogger();
  const settings: OpenEngineOptions = {
    stateFile,
    roots: [workspace],
    assets: {
      wasmDir: path.join(MODULES, '@vscode/tree-sitter-wasm/wasm'),
      rgPath,
      demoScript: script,
    },
    settings: {
      read: () => ({
        user: options.user ?? {},
        workspace: options.inWorkspace ?? {},
        trusted: options.trusted?.() ?? true,
      }),
      onChange: (listener) => {
        changed.add(listener);
        return { dispose: () => changed.delete(listener) };
      },
    },
    secrets: { get: async (name) => options.secrets?.[name] },
    ...(options.canPause === undefined ? {} : { canPause: options.canPause }),
    logger,
    ...(options.titles === 'model' ? {} : { titles: 'firstLine' }),
  };
  const opened = await openEngine(settings);
  const send: TestEngine['send'] = async (text, threadId, mode = 'default') => {
    const thread = threadId ?? (await opened.engine.createThread()).id;
    const model = { provider: 'scripted', id: script };
    return opened.engine.startTurn({ threadId: thread, text, model, mode });
  };
  return {
    ...opened,
    workspace,
    stateFile,
    send,
    logged: () => logger.lines.join('\n'),
    reopen: () => openEngine(settings),
    settingsChanged: () => changed.forEach((listener) => listener()),
    runToPause: async (text) => {
      const end = await (await send(text)).done;
      assert.ok(end.kind === 'paused', JSON.stringify(end));
      return end.action;
    },
    dispose: () => {
      opened.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
