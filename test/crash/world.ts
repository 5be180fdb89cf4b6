// The workspace and state file that all turns of a crash run share, and what can be seen of effects in them.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { APPEND_SCRIPT, edited, type PlannedEffect, type ScriptedTurn } from './script.ts';

export interface Effects {
  /** How often the call left the line it asked for, and the line of its edited form. */
  plain: number;
  edited: number;
  total: number;
}

export interface World {
  workspace: string;
  stateFile: string;
  /** Writes what the turn needs; returns the paths of its script and settings. */
  prepare(turn: ScriptedTurn, name: string): { script: string; settings: string };
  effects(call: PlannedEffect): Effects;
  /** Files that an interrupted write left behind. */
  leftovers(): string[];
}

export function createWorld(folder: string): World {
  const at = (name: string): string => path.join(folder, name);
  const workspace = at('workspace');
  for (const name of ['log', 'auto', 'asked', 'shared']) {
    mkdirSync(path.join(workspace, name), { recursive: true });
  }
  mkdirSync(at('input'));
  mkdirSync(at('state'));
  writeFileSync(path.join(workspace, 'append.sh'), APPEND_SCRIPT);
  const lines = (file: string): string[] => {
    const real = path.join(workspace, file);
    return existsSync(real) ? readFileSync(real, 'utf8').split('\n') : [];
  };
  return {
    workspace,
    stateFile: at('state/state.db'),
    prepare: (turn, name) => {
      const script = at(`input/${name}.script.json`);
      const settings = at(`input/${name}.settings.json`);
      writeFileSync(script, JSON.stringify(turn.script));
      writeFileSync(settings, JSON.stringify(turn.settings));
      for (const [file, text] of Object.entries(turn.files)) {
        writeFileSync(path.join(workspace, file), text);
      }
      return { script, settings };
    },
    effects: ({ id, file }) => {
      const found = file === null ? [] : lines(file);
      const plain = found.filter((line) => line === id).length;
      const other = found.filter((line) => line === edited(id)).length;
      return { plain, edited: other, total: plain + other };
    },
    leftovers: () =>
      readdirSync(workspace, { recursive: true, encoding: 'utf8' }).filter((name) =>
        path.basename(name).startsWith('.countersign-'),
      ),
  };
}
