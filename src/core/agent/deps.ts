// What the engine is built from. One object, made once by the entry point; nothing here is a global.
import type { ProposalHasher } from './proposalHash.ts';
import type { Redactor } from './redactor.ts';
import type { Policy } from '../policy/source.ts';
import type { SecretAction } from '../screening/secretAction.ts';
import type { GitRepositories } from '../ports/git.ts';
import type { Moderator } from '../ports/moderator.ts';
import type { SecretScanner } from '../ports/secretScanner.ts';
import type { Hooks } from '../ports/hooks.ts';
import type { Commands } from '../ports/commands.ts';
import type { RunningCalls } from '../commands/runningCalls.ts';
import type { Clock, Ids, Logger, Texts } from '../ports/system.ts';
import type { Effects, Files, Shells } from '../ports/workspace.ts';
import type { ModelProviders } from '../ports/model.ts';
import type { ShellParser } from '../ports/shell.ts';
import type { Store } from '../ports/store.ts';
import type { Tool } from '../tools/tool.ts';
import type { EngineEvent } from './events.ts';

/** `later`: the model may not be asked now, and shall be. */
export type TitleSource = 'model' | 'firstLine' | 'later';

export interface EngineDeps {
  store: Store;
  files: Files;
  /** Used by the executor only. */
  effects: Effects;
  shells: Shells;
  /** Absent where no command can go on in the background, because the process ends with its turn. */
  commands?: Commands;
  /** Calls that run here, each of which can be stopped by itself. */
  running?: RunningCalls;
  git: GitRepositories;
  shellParser: ShellParser;
  providers: ModelProviders;
  policy: Policy;
  /** Absent where no hooks can run. */
  hooks?: Hooks;
  tools: readonly Tool[];
  texts: Texts;
  clock: Clock;
  ids: Ids;
  logger: Logger;
  timeZone: string;
  /** Milliseconds after which a new pending action expires; null when it waits for ever. */
  expiresAfter: () => number | null;
  /** How many turns may be driven at once, over all processes on the state file. */
  maxRunningTurns: () => number;
  /** Whether this process goes on with any turn of the queue by itself; a command drives only its own. */
  takesQueued: () => boolean;
  /** Whether a turn that is driven here may wait for a human. Of the surface, not of the turn: who takes it over may. */
  canPause: () => boolean;
  /** Where a thread's title comes from. */
  titles: () => TitleSource;
  hashProposal: ProposalHasher;
  /** Knows the secrets that this program was handed; what tools give back goes through it. */
  redactor: Redactor;
  /** Finds what looks like a secret, in what humans write and what tools give back. */
  secretScanner: SecretScanner;
  /** What is done with a secret that a human wrote. */
  secretAction: () => SecretAction;
  /** Looks at what humans write, when the settings say so. Absent where there is none. */
  moderator?: Moderator;
  emit: (event: EngineEvent) => void;
}
