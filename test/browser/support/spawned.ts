// A VS Code whose extension hosts write down every process that they start: `host` goes into its options, `of` tells.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { linkExtension } from '../../host/extensions.mjs';
import type { HostOptions } from '../../host/host.mjs';
import { until } from './until.ts';

const Entry = z.object({ pid: z.number(), what: z.string() });

export interface Spawned {
  readonly host: Pick<HostOptions, 'env' | 'userDataDir'>;
  /** The command line of every process that this extension host has started since extensions like ours are loaded. */
  of(pid: number): Promise<string[]>;
  dispose(): void;
}

export function watchSpawns(): Spawned {
  const userDataDir = mkdtempSync(path.join(tmpdir(), 'countersign-spawned-'));
  const log = path.join(userDataDir, 'spawned.jsonl');
  mkdirSync(path.join(userDataDir, 'extensions'));
  linkExtension(userDataDir, path.join(import.meta.dirname, 'spyExtension'), 'test-spy');
  const read = (pid: number): string[] => {
    const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
    const entries = lines.map((line) => Entry.parse(JSON.parse(line)));
    return entries.filter((entry) => entry.pid === pid).map(({ what }) => what);
  };
  return {
    host: { userDataDir, env: { COUNTERSIGN_SPAWN_LOG: log } },
    of: async (pid) => {
      // Its first line says that it is there.
      const [, ...started] = await until('the spy', () => {
        const seen = read(pid);
        return seen.length > 0 && seen;
      });
      return started;
    },
    dispose: () => rmSync(userDataDir, { recursive: true, force: true, maxRetries: 5 }),
  };
}
