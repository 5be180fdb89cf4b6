// The hooks of this workspace on this machine: its files as they lie on the disk, its shell, the user's acknowledgements.
import { createHookRunner } from './runHook.ts';
import { createLocalFiles } from '../files/localFiles.ts';
import { createHooks } from '../../core/hooks/hooks.ts';
import { findSecrets, withoutRanges } from '../../core/screening/findSecrets.ts';
import type { EngineDeps } from '../../core/agent/deps.ts';
import type { ConsentStore } from '../../core/ports/consentStore.ts';
import type { Hooks } from '../../core/ports/hooks.ts';
import type { OpenEngineOptions } from '../../core/services.ts';

type Ports = Pick<
  EngineDeps,
  'effects' | 'shells' | 'texts' | 'clock' | 'logger' | 'redactor' | 'secretScanner'
>;

export function createWorkspaceHooks(
  { roots, assets, settings }: Pick<OpenEngineOptions, 'roots' | 'assets' | 'settings'>,
  ports: Ports,
  consent: ConsentStore,
): Hooks {
  const { shells, texts, clock, logger, redactor } = ports;
  return createHooks({
    ...{ consent, texts, clock, logger },
    // Without the editor: unsaved text is not what would run.
    files: createLocalFiles({ roots, rgPath: assets.rgPath, texts }),
    platform: platformOf(process.platform),
    run: createHookRunner({ shells, runCommand: (...order) => ports.effects.runCommand(...order) }),
    trusted: () => settings.read().trusted,
    clean: async (text) => {
      const known = redactor.text(text);
      return withoutRanges(known, await findSecrets(ports, known));
    },
  });
}

function platformOf(platform: NodeJS.Platform): 'windows' | 'linux' | 'osx' {
  if (platform === 'win32') return 'windows';
  return platform === 'darwin' ? 'osx' : 'linux';
}
