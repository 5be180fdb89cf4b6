// What the contributions share. Built once by extension.ts; nothing here is heavy, the engine is opened on first use.
import * as vscode from 'vscode';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { createBuffers } from './buffers.ts';
import { createCommandTerminals, type CommandTerminals } from './commandTerminals.ts';
import { foldersKnown, offerReload } from './folders.ts';
import { createLogger, type ChannelLogger } from './logger.ts';
import { createVscodeProvider } from './languageModels.ts';
import { Inbox } from './inbox/inbox.ts';
import { initialModel } from './models.ts';
import { notify } from './notify.ts';
import { secretKey } from '../core/models/secretKey.ts';
import { createSettings, manifestKeys } from './settings.ts';
import { DiffEditors, type DiffLoader } from './diffEditors.ts';
import { waitingDiff } from './diffRequest.ts';
import { windowName } from '../protocol/decided.ts';
import { toAppError } from '../core/base/errors.ts';
import { Emitter } from '../core/base/event.ts';
import { DisposableStore, type Disposable } from '../core/base/lifecycle.ts';
import { Session } from '../core/panel/session.ts';
import type { PolicyDesk, PolicyDeskOptions } from '../core/policy/desk.ts';
import type { EngineOpener, OpenedEngine, OpenEngineOptions } from '../core/services.ts';
import { t } from '../protocol/l10n.ts';
import type { Settings } from '../core/ports/settings.ts';

export interface Services {
  context: vscode.ExtensionContext;
  logger: ChannelLogger;
  settings: Settings;
  session: Session;
  diffs: DiffEditors;
  /** Absolute path of this workspace's state, which may not exist yet. */
  stateFile: string;
  /** Policy apart from turns: loaded on the first call, without opening the state. */
  desk(): Promise<PolicyDesk>;
  /** Opens the engine on the first call; a failed opening is shown, and tried again on the next call. */
  engine(): Promise<OpenedEngine>;
  /** Runs `use` once the engine is open; what it returns is disposed with the services. */
  whenOpened(use: (opened: OpenedEngine) => Disposable): void;
  /** How this window is called for people and for the record; without a number until the engine is open. */
  windowName(): string;
  /** Fires with the id of the action whose panel shall be shown. */
  reveal: Emitter<string>;
  /** What waits in this workspace. */
  inbox: Inbox;
  /** Of commands that run or ran. */
  terminals: CommandTerminals;
  owned: DisposableStore;
}

/** Each loads the engine bundle, and opens what it is named after. */
export interface EngineLoader {
  engine(options: OpenEngineOptions): ReturnType<EngineOpener>;
  desk(options: PolicyDeskOptions): Promise<PolicyDesk>;
}

export function createServices(context: vscode.ExtensionContext, load: EngineLoader): Services {
  const owned = new DisposableStore();
  const logger = owned.add(createLogger());
  const settings = createSettings(manifestKeys(context.extension.packageJSON));
  const onError = (error: unknown): void => logger.error('a watcher failed', error);
  const session = owned.add(new Session({ threadId: null, model: null, mode: 'default' }, onError));
  const reveal = owned.add(new Emitter<string>(onError));
  const inbox = owned.add(new Inbox(onError));
  const loadDiff: DiffLoader = async (actionId, callId) =>
    waitingDiff((await engine()).store, actionId, callId);
  const diffs = owned.add(new DiffEditors(loadDiff, onError));
  let opening: Promise<OpenedEngine> | undefined;
  let number: number | null = null;
  const opened = owned.add(new Emitter<OpenedEngine>(onError));

  const open = async (): Promise<OpenedEngine> => {
    try {
      await foldersKnown();
      const engine = owned.add(await load.engine(engineOptions(context, { logger, settings })));
      number = await windowNumber(engine, logger);
      await prepareSession(engine, session, logger);
      opened.fire(engine);
      owned.add(vscode.workspace.onDidChangeWorkspaceFolders(offerReload));
      return engine;
    } catch (error) {
      opening = undefined;
      const failure = toAppError(error);
      logger.error('the engine could not be opened', error);
      report(t('Countersign cannot start: {0}', failure.message), logger);
      throw failure;
    }
  };
  const engine = (): Promise<OpenedEngine> => (opening ??= open());
  const desk = deskLoader(load, () => engineOptions(context, { logger, settings }));
  const whenOpened: Services['whenOpened'] = (use) => {
    owned.add(opened.event((value) => owned.add(use(value))));
  };
  const name = (): string => windowName(number, process.pid);
  const terminals = owned.add(createCommandTerminals({ engine, logger }));
  const parts = {
    terminals,
    context,
    logger,
    settings,
    session,
    diffs,
    reveal,
    inbox,
    owned,
    windowName: name,
  };
  return { ...parts, stateFile: stateFile(context), engine, desk, whenOpened };
}

/** Loads it on the first call; a failed loading is tried again on the next. */
function deskLoader(
  load: EngineLoader,
  options: () => Pick<OpenEngineOptions, 'roots' | 'assets'>,
): Services['desk'] {
  let desk: Promise<PolicyDesk> | undefined;
  const loadDesk = async (): Promise<PolicyDesk> => {
    await foldersKnown();
    const { roots, assets } = options();
    return load.desk({ roots, wasmDir: assets.wasmDir });
  };
  return () => {
    desk ??= loadDesk().catch((error: unknown) => {
      desk = undefined;
      throw error;
    });
    return desk;
  };
}

/** Mode and model as settings say, and the thread that waits, so that a reload shows what was there. */
async function prepareSession(
  opened: OpenedEngine,
  session: Session,
  logger: ChannelLogger,
): Promise<void> {
  const { values } = opened.settings();
  const [thread] = await opened.store.listThreads();
  const [waiting] = await opened.store.openActions();
  session.update({
    mode: values['countersign.approval.mode'],
    model: await initialModel(opened).catch((error: unknown) => {
      logger.error('models could not be listed', error);
      return null;
    }),
    threadId: waiting?.threadId ?? thread?.id ?? null,
  });
}

/** Null when the state file cannot be written to: nobody decides then. */
async function windowNumber(
  { store }: OpenedEngine,
  logger: ChannelLogger,
): Promise<number | null> {
  try {
    return await store.joinWindow();
  } catch (error) {
    logger.warn(`The window got no number: ${toAppError(error).message}`);
    return null;
  }
}

function report(message: string, logger: ChannelLogger): void {
  notify('error', message, [t('Show Log')], () => {
    logger.show();
  });
}

function engineOptions(
  context: vscode.ExtensionContext,
  parts: Pick<Services, 'logger' | 'settings'>,
): OpenEngineOptions {
  const { extensionPath } = context;
  const folders = vscode.workspace.workspaceFolders ?? [];
  return {
    ...parts,
    stateFile: stateFile(context),
    alwaysFile: path.join(storageRoot(context), 'always.db'),
    roots: folders.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath),
    assets: {
      wasmDir: path.join(extensionPath, 'dist', 'wasm'),
      rgPath: path.join(
        extensionPath,
        'dist',
        'bin',
        process.platform === 'win32' ? 'rg.exe' : 'rg',
      ),
      nativeBinding: path.join(extensionPath, 'dist', 'native', 'better_sqlite3.node'),
      demoScript: path.join(extensionPath, 'media', 'demo', 'demo.json'),
    },
    secrets: {
      get: async (name) => context.secrets.get(secretKey(name)),
      store: async (name, value) => context.secrets.store(secretKey(name), value),
    },
    buffers: createBuffers(),
    providers: new Map([['vscode', createVscodeProvider()]]),
  };
}

/** One file per workspace, under global storage: a second window on the same folder gets the same one. */
function stateFile(context: vscode.ExtensionContext): string {
  const own = vscode.workspace.workspaceFile ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = createHash('sha256')
    .update(own?.toString() ?? 'no folder')
    .digest('hex');
  return path.join(storageRoot(context), 'workspaces', name, 'state.db');
}

function storageRoot(context: vscode.ExtensionContext): string {
  const moved = vscode.workspace.getConfiguration('countersign').inspect<string>('storage.path');
  return moved?.globalValue?.trim() || context.globalStorageUri.fsPath;
}
