// Puts the engine together from the node adapters. The one place that knows them all.
import { readFile } from 'node:fs/promises';
import { endLeftover } from './commands/leftovers.ts';
import { createCommandRunner } from './commands/runner.ts';
import { createShells } from './commands/shells.ts';
import { createFileMover } from './files/mover.ts';
import { createFileWriter } from './files/writer.ts';
import { createGitRepositories } from './git/repositories.ts';
import { createWorkspaceHooks } from './hooks/workspaceHooks.ts';
import { createLocalFiles } from './files/localFiles.ts';
import { compileGlob } from './globs.ts';
import { createNodeProviders } from './models/index.ts';
import { createPolicySource, type PolicySource } from './policySource.ts';
import { openModerator } from './screening/openModerator.ts';
import { createSecretScanner } from './screening/secretlint.ts';
import { createShellParser } from './shell/parser.ts';
import { createSealer } from './sealer.ts';
import { lazyAlways } from './sqlite/always.ts';
import { BothSavers } from './sqlite/bothSavers.ts';
import { createBothStores } from './sqlite/bothStores.ts';
import { lazyMemory } from './sqlite/memory.ts';
import { openStore, type OpenedStore } from './sqlite/openStore.ts';
import { systemClock, createIds, systemTexts } from './system.ts';
import { createProposalHasher } from '../core/agent/proposalHash.ts';
import { createRedactor, type Redactor } from '../core/agent/redactor.ts';
import { Emitter, type Event } from '../core/base/event.ts';
import { DisposableStore, type Disposable } from '../core/base/lifecycle.ts';
import { submitDecisions } from '../core/panel/requests.ts';
import { present } from '../core/panel/presenter.ts';
import { createAllowListDesk, type AllowListDesk } from '../core/policy/allowListDesk.ts';
import { checkShellSamples } from '../core/policy/ruleSamples.ts';
import { describeProblem } from '../core/policy/rules.ts';
import { parseSettings, type ParsedSettings } from '../core/settings.ts';
import { Engine, type CoreDeps } from '../core/threads/engine.ts';
import { allTools } from '../core/tools/registry.ts';
import type { EngineOpener, OpenedEngine, OpenEngineOptions } from '../core/services.ts';
import type { TitleSource } from '../core/agent/deps.ts';
import type { ModelProviders, ModelTraits } from '../core/ports/model.ts';
import type { Store } from '../core/ports/store.ts';

/** Id of the built-in demo agent at the `scripted` provider. */
const DEMO = 'demo';
/** The shell of commands, and of the samples of rules about them. */
const SHELL = process.platform === 'win32' ? 'powershell' : 'bash';

/** Opens the state file and everything around it. Throws AppError with what to do when the state cannot be used. */
export const openEngine: EngineOpener = async (options) => {
  const { settings, logger } = options;
  const redactor = createRedactor();
  const { notices, ...state } = await openState(options, redactor);
  const { store } = state;
  const ports = createPorts(options, redactor, store);
  const hooks = createWorkspaceHooks(options, ports, store);
  const deps = { ...ports, ...state, hooks };
  const { policy } = deps;
  const engine = new Engine(deps);
  const readSettings = (): ReturnType<typeof parseSettings> =>
    parseSettings(settings.read(), systemClock.now());
  const problems = (): string[] => [
    ...notices,
    ...readSettings().problems,
    ...[engine.notice, policy.notice()].filter((notice) => notice !== null),
    ...policy
      .rules()
      .problems.filter(({ severity }) => severity !== 'information')
      .map(describeProblem),
  ];
  const trusted = (): boolean => settings.read().trusted;
  const consent = await followConsent(options, deps);
  const opened: OpenedEngine = {
    engine,
    store,
    files: deps.files,
    tools: deps.tools,
    settings: readSettings,
    problems,
    allowList: consent.allowList,
    onPolicyChange: consent.onChange,
    hooks,
    demoModel: { provider: 'scripted', id: DEMO },
    decide: (host, submission) => submitDecisions({ engine, store, trusted }, host, submission),
    present: (session, host, view) => {
      const { clock, tools, files } = deps;
      const window = { engine, store, session, host, problems, trusted };
      const all = { ...window, tools, files, clock, logger };
      return present(all, view.surface, view.channel);
    },
    dispose: () => {
      consent.dispose();
      engine.dispose();
      store.dispose();
    },
  };
  return opened;
};

/** What the user acknowledges counts in every window: the rules follow what any of them says. */
async function followConsent(
  { settings, logger }: OpenEngineOptions,
  deps: Pick<CoreDeps, 'store' | 'texts' | 'shellParser'> & { policy: PolicySource },
): Promise<Disposable & { allowList: AllowListDesk; onChange: Event<void> }> {
  const { store, policy, texts, shellParser } = deps;
  const owned = new DisposableStore();
  const changed = owned.add(new Emitter<void>((error) => logger.error('A listener failed', error)));
  const refresh = async (): Promise<void> => {
    if (await policy.refresh()) changed.fire();
  };
  const look = (): void => {
    refresh().catch((error: unknown) => logger.error('The rules could not be read again', error));
  };
  owned.add(store.onExternalChange(look));
  owned.add(settings.onChange(look));
  await refresh();
  const allowList = createAllowListDesk({
    ...{ settings, consent: store, texts, clock: systemClock, globs: compileGlob },
    checked: (rules) => checkShellSamples(rules, shellParser, SHELL),
    said: refresh,
  });
  return { allowList, onChange: changed.event, dispose: () => owned.dispose() };
}

/** The state file, and in front of it the memory of temporary threads. */
async function openState(options: OpenEngineOptions, redactor: Redactor): Promise<OpenedStore> {
  const { stateFile: file, alwaysFile, logger, secrets, decorateStore } = options;
  const { nativeBinding } = options.assets;
  const binding = nativeBinding === undefined ? {} : { nativeBinding };
  const sealer = createSealer({ secrets, logger, onKey: (key) => redactor.add(key) });
  const opening = { logger, clock: systemClock, sealer, ...binding };
  const { store, checkpointer, notices } = await openStore({ ...opening, file });
  const memory = lazyMemory(opening);
  const always =
    alwaysFile === undefined ? undefined : lazyAlways({ ...opening, file: alwaysFile });
  return {
    store: createBothStores(decorateStore?.(store) ?? store, memory, always),
    checkpointer: new BothSavers(checkpointer, memory),
    notices,
  };
}

function createPorts(
  options: OpenEngineOptions,
  redactor: Redactor,
  store: Store,
): Omit<CoreDeps, 'store' | 'checkpointer' | 'policy'> & { policy: PolicySource } {
  const { roots, assets, logger } = options;
  const apiKey = async (): Promise<string | undefined> => {
    const key = await options.secrets.get('openai');
    redactor.add(key);
    return key;
  };
  // An approved call may run before the model is asked for the first time.
  apiKey().catch((error: unknown) => logger.error('The API key cannot be read', error));
  const texts = systemTexts;
  const buffers = options.buffers ? { buffers: options.buffers } : {};
  const parser = createShellParser(assets.wasmDir);
  return {
    files: createLocalFiles({ roots, rgPath: assets.rgPath, texts, ...buffers }),
    effects: {
      writeFile: createFileWriter({ texts, ...buffers }),
      moveFile: createFileMover({ texts, ...buffers }),
      runCommand: createCommandRunner({ roots }),
    },
    shells: createShells({ roots, env: process.env }),
    git: createGitRepositories(),
    shellParser: parser,
    providers: createProviders(options, apiKey),
    policy: createPolicySource({
      ...{ settings: options.settings, parser, shell: SHELL, clock: systemClock },
      ...{ consent: store, logger },
    }),
    tools: allTools,
    texts,
    clock: systemClock,
    ids: createIds(systemClock),
    logger,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    hashProposal: createProposalHasher(texts),
    redactor,
    secretScanner: createSecretScanner(),
    moderator: openModerator(options, redactor),
    secretAction: () =>
      parseSettings(options.settings.read()).values['countersign.screening.secrets'],
    titles: () => titleSource(options),
    maxRunningTurns: () =>
      parseSettings(options.settings.read()).values['countersign.agent.maxRunningTurns'],
    canPause: () => options.canPause !== false,
    ...(options.keepsRunning !== false && { leftovers: endLeftover }),
    takesQueued: options.takesQueued ?? (() => options.settings.read().trusted),
    expiresAfter: () => {
      const { values } = parseSettings(options.settings.read());
      return values['countersign.approval.expiresAfter'] * 60_000 || null;
    },
  };
}

/** Before trust no model is asked. */
function titleSource({ titles, settings }: OpenEngineOptions): TitleSource {
  const layers = settings.read();
  const source = titles ?? parseSettings(layers).values['countersign.thread.titles'];
  return source === 'model' && !layers.trusted ? 'later' : source;
}

/** What the user's settings say of the model at the endpoint. */
function givenTraits(values: ParsedSettings['values']): Partial<ModelTraits> {
  const contextWindow = values['countersign.model.contextWindow'];
  const imageInput = values['countersign.model.imageInput'];
  return {
    ...(contextWindow > 0 && { contextWindow }),
    ...(imageInput !== 'auto' && { images: imageInput === 'on' }),
  };
}

function createProviders(
  options: OpenEngineOptions,
  apiKey: () => Promise<string | undefined>,
): ModelProviders {
  const { assets, settings, logger } = options;
  const baseUrl = (): string | undefined => {
    const value = parseSettings(settings.read()).values['countersign.model.baseUrl'];
    return value === '' ? undefined : value;
  };
  const node = createNodeProviders({
    readFile: (path) => readFile(path === DEMO ? assets.demoScript : path, 'utf8'),
    baseUrl,
    apiKey,
    traits: () => givenTraits(parseSettings(settings.read()).values),
    logger,
  });
  return new Map([...node, ...(options.providers ?? [])]);
}
