// What an entry point gets when it opens the engine. The editor's layer knows only these types, never the node adapters.
import type { ParsedSettings } from './settings.ts';
import type { Event } from './base/event.ts';
import type { Disposable } from './base/lifecycle.ts';
import type { AllowListDesk } from './policy/allowListDesk.ts';
import type { Refusal } from './agent/submission.ts';
import type { Submission } from '../protocol/calls.ts';
import type { PanelHost } from './panel/requests.ts';
import type { Session } from './panel/session.ts';
import type { Surface, ViewChannel } from './panel/presenter.ts';
import type { Hooks } from './ports/hooks.ts';
import type { ModelProviders, ModelRef } from './ports/model.ts';
import type { Secrets, Settings } from './ports/settings.ts';
import type { Files, EditorBuffers } from './ports/workspace.ts';
import type { Store } from './ports/store.ts';
import type { Logger } from './ports/system.ts';
import type { Engine } from './threads/engine.ts';
import type { Tool } from './tools/tool.ts';

/** Files that ship beside the code; absolute paths. Undefined ones are found in node_modules (tests from source). */
export interface Assets {
  wasmDir: string;
  rgPath: string;
  nativeBinding?: string;
  demoScript: string;
}

export interface OpenEngineOptions {
  /** Absolute path of the SQLite file. */
  stateFile: string;
  /** Absolute path of the user's file of grants for all workspaces, which may not exist; without it there are none. */
  alwaysFile?: string;
  /** Absolute paths of the workspace folders; may be empty. */
  roots: readonly string[];
  assets: Assets;
  settings: Settings;
  secrets: Secrets;
  logger: Logger;
  buffers?: EditorBuffers;
  /** Providers besides `scripted` and `openai`. */
  providers?: ModelProviders;
  /** Whether this process goes on with any turn of the queue by itself. By default while the workspace is trusted. */
  takesQueued?: () => boolean;
  /** False for a surface on which nobody can be asked: there a call that asks is denied. True when it is not said. */
  canPause?: boolean;
  /** False for a process that ends with its turn: there no command goes on in the background. True when it is not said. */
  keepsRunning?: boolean;
  /** Instead of what `countersign.thread.titles` says. */
  titles?: 'firstLine';
  /** For test harnesses: stands between the engine and its store. */
  decorateStore?: (store: Store) => Store;
}

export interface OpenedEngine extends Disposable {
  engine: Engine;
  store: Store;
  files: Files;
  tools: readonly Tool[];
  settings(): ParsedSettings;
  /** What is wrong with settings, rules or state: sentences for the user. */
  problems(): string[];
  /** The allow list that the workspace brings along. */
  allowList: AllowListDesk;
  /** Fires when the user said something beforehand, here or in another window, that other rules follow from. */
  onPolicyChange: Event<void>;
  /** The hooks of the workspace folders. */
  hooks: Hooks;
  /** The built-in demo agent. */
  demoModel: ModelRef;
  /** Decides for a human at `host`; null when it was done, else why not. */
  decide: (
    host: Pick<PanelHost, 'confirm' | 'decidedBy'>,
    submission: Submission,
  ) => Promise<Refusal | null>;
  present(
    session: Session,
    host: PanelHost,
    view: { surface: Surface; channel: ViewChannel },
  ): Disposable;
}

export type EngineOpener = (options: OpenEngineOptions) => Promise<OpenedEngine>;
