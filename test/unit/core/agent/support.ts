// The whole engine on real parts (SQLite, files, shell, policy) in a folder of its own; only the model is played.
import assert from 'node:assert/strict';
import path from 'node:path';
import { rgPath } from '@vscode/ripgrep';
import type { RunnerDeps } from '../../../../src/core/agent/turnRunner.ts';
import { createProposalHasher } from '../../../../src/core/agent/proposalHash.ts';
import { createRedactor } from '../../../../src/core/agent/redactor.ts';
import { rulesOfSettings } from '../../../../src/core/policy/layers.ts';
import { Engine } from '../../../../src/core/threads/engine.ts';
import { SecretAction } from '../../../../src/core/screening/secretAction.ts';
import { allTools } from '../../../../src/core/tools/registry.ts';
import { createCommandRunner } from '../../../../src/node/commands/runner.ts';
import { endLeftover } from '../../../../src/node/commands/leftovers.ts';
import { createShells } from '../../../../src/node/commands/shells.ts';
import { createGitRepositories } from '../../../../src/node/git/repositories.ts';
import { createLocalFiles } from '../../../../src/node/files/localFiles.ts';
import { createFileMover } from '../../../../src/node/files/mover.ts';
import { createFileWriter } from '../../../../src/node/files/writer.ts';
import { compileGlob } from '../../../../src/node/globs.ts';
import { createSecretScanner } from '../../../../src/node/screening/secretlint.ts';
import { createShellParser } from '../../../../src/node/shell/parser.ts';
import { createSealer, type Sealer } from '../../../../src/node/sealer.ts';
import { openStore } from '../../../../src/node/sqlite/openStore.ts';
import type { Deadlines } from '../../../../src/node/sqlite/retry.ts';
import { createIds, systemClock, systemTexts } from '../../../../src/node/system.ts';
import { recordingLogger, type RecordingLogger } from '../../../fakes/recordingLogger.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../fakes/temporaryFolder.ts';
import type { EngineEvent } from '../../../../src/core/agent/events.ts';
import type { Message, ToolMessage } from '../../../../src/core/agent/message.ts';
import type { ModelChunk, ModelRequest, ModelTraits } from '../../../../src/core/ports/model.ts';
import type { ActionRow } from '../../../../src/core/ports/store.ts';
import type { JsonObject, Mode } from '../../../../src/protocol/calls.ts';

const WASM = path.resolve(
  import.meta.dirname,
  '../../../../node_modules/@vscode/tree-sitter-wasm/wasm',
);

/** What the played model says next; a function may look at the request, wait or throw. */
export type Reply =
  | { text?: string; calls?: { id?: string; name: string; args?: unknown }[] }
  | ((request: ModelRequest) => AsyncIterable<ModelChunk>);

export interface Bench {
  deps: RunnerDeps;
  engine: Engine;
  folder: TemporaryFolder;
  logger: RecordingLogger;
  events: EngineEvent[];
  requests: ModelRequest[];
  /** User settings; a change counts from the next decision on. */
  settings: JsonObject;
  /** Of the played model. */
  traits: ModelTraits;
  at: (relative: string) => string;
  say: (...replies: Reply[]) => void;
  /** Starts a turn in a new thread, or in `threadId`, and waits until it ends or pauses. */
  run: (options?: {
    threadId?: string;
    mode?: Mode;
  }) => Promise<{ turnId: string; threadId: string }>;
  /** The open action; fails when there is none. */
  action: () => Promise<ActionRow>;
  results: (turnId: string) => Promise<ToolMessage[]>;
  dispose: () => Promise<void>;
}

export async function openBench(
  files: Record<string, string> = {},
  options: {
    deadlines?: Deadlines;
    consentKey?: string;
    /** Files of a second workspace folder, `v`. */
    second?: Record<string, string>;
  } = {},
): Promise<Bench> {
  const { deadlines, consentKey, second } = options;
  const inside = Object.entries(files).map(([name, text]) => [`w/${name}`, text] as const);
  const beside = Object.entries(second ?? {}).map(([name, text]) => [`v/${name}`, text] as const);
  const folder = await temporaryFolder({
    'w/.keep': '',
    ...Object.fromEntries([...inside, ...beside]),
  });
  const logger = recordingLogger();
  const replies: Reply[] = [];
  const requests: ModelRequest[] = [];
  const events: EngineEvent[] = [];
  const settings: JsonObject = {};
  const traits: ModelTraits = { images: false, contextWindow: 1000 };
  const sealer = createSealer({ secrets: { get: async () => consentKey }, logger });
  const deps = await makeDeps({
    ...{ folder, logger, replies, requests, events, settings, traits, deadlines, sealer },
    roots: [folder.at('w'), ...(second ? [folder.at('v')] : [])],
  });
  const engine = new Engine({ ...deps, leftovers: endLeftover });
  engine.onEvent((event) => events.push(event));
  return {
    ...{ deps, engine, folder, logger, events, requests, settings, traits },
    at: (relative) => folder.at(`w/${relative}`),
    say: (...more) => replies.push(...more),
    run: async ({ threadId, mode = 'default' } = {}) => {
      const thread = threadId ?? (await engine.createThread()).id;
      const model = { provider: 'played', id: 'x' };
      const drive = await engine.startTurn({ threadId: thread, text: 'Do it', model, mode });
      await drive.done;
      return { turnId: drive.turn.id, threadId: thread };
    },
    action: async () => {
      const [action] = await deps.store.openActions();
      assert.ok(action, `nothing waits\n${logger.lines.join('\n')}`);
      return action;
    },
    results: async (turnId) =>
      (await deps.store.messagesOfTurn(turnId)).flatMap(({ message }) =>
        message.role === 'tool' ? [message] : [],
      ),
    dispose: async () => {
      await engine.idle();
      engine.dispose();
      deps.store.dispose();
      await folder.dispose();
    },
  };
}

async function makeDeps(
  bench: Pick<Bench, 'folder' | 'logger' | 'requests' | 'events' | 'settings' | 'traits'> & {
    replies: Reply[];
    deadlines: Deadlines | undefined;
    sealer: Sealer;
    roots: string[];
  },
): Promise<RunnerDeps> {
  const { folder, logger, settings, roots } = bench;
  const file = folder.at('state.db');
  const { store, checkpointer } = await openStore({
    ...{ file, logger, clock: systemClock },
    ...{ deadlines: bench.deadlines, sealer: bench.sealer },
  });
  const texts = systemTexts;
  return {
    ...{ store, checkpointer, texts, logger, clock: systemClock, tools: allTools },
    files: createLocalFiles({ roots, rgPath, texts }),
    effects: {
      writeFile: createFileWriter({ texts }),
      moveFile: createFileMover({ texts }),
      runCommand: createCommandRunner({ roots }),
    },
    shells: createShells({ roots, env: process.env }),
    git: createGitRepositories(),
    shellParser: createShellParser(WASM),
    providers: new Map([
      ['played', { stream: (request) => play(bench, request), traits: async () => bench.traits }],
    ]),
    policy: {
      rules: () => rulesOfSettings({ user: settings, workspace: {}, trusted: true }, compileGlob),
    },
    ids: createIds(systemClock),
    timeZone: 'UTC',
    titles: () => 'firstLine',
    expiresAfter: () => null,
    maxRunningTurns: () => Number(settings['countersign.agent.maxRunningTurns'] ?? 4),
    takesQueued: () => true,
    canPause: () => true,
    hashProposal: createProposalHasher(texts),
    redactor: createRedactor(),
    secretScanner: createSecretScanner(),
    secretAction: () => SecretAction.parse(settings['countersign.screening.secrets'] ?? 'redact'),
    emit: (event) => bench.events.push(event),
  };
}

async function* play(
  { requests, replies }: { requests: ModelRequest[]; replies: Reply[] },
  request: ModelRequest,
): AsyncGenerator<ModelChunk> {
  requests.push(structuredClone({ ...request, signal: undefined }) as unknown as ModelRequest);
  const reply = replies.shift();
  if (!reply) throw new Error('The played model has nothing to say');
  if (typeof reply === 'function') {
    yield* reply(request);
    return;
  }
  if (reply.text !== undefined) yield { type: 'text', delta: reply.text };
  for (const [index, { id, name, args }] of (reply.calls ?? []).entries()) {
    const text = typeof args === 'string' ? args : JSON.stringify(args ?? {});
    yield { type: 'toolCall', index, name, args: text, ...(id === undefined ? {} : { id }) };
  }
  yield { type: 'end', reason: reply.calls ? 'tool_calls' : 'stop' };
}

/** A bench for each test of the suite. */
export function useBench(files: Record<string, string> = {}): () => Bench {
  let bench: Bench | undefined;
  beforeEach(async () => {
    bench = await openBench(files);
  });
  afterEach(async () => {
    await bench?.dispose();
  });
  return () => {
    assert.ok(bench);
    return bench;
  };
}

/** Fails unless every call of every assistant message has exactly one result, right after it and in order. */
export function assertWhole(messages: readonly Message[]): void {
  let open: string[] = [];
  for (const message of messages) {
    if (message.role === 'tool') {
      assert.equal(message.callId, open.shift(), 'results in the order of the calls');
      continue;
    }
    assert.deepEqual(open, [], 'calls without a result');
    if (message.role === 'assistant') open = message.toolCalls.map(({ id }) => id);
  }
  assert.deepEqual(open, [], 'calls without a result');
}
