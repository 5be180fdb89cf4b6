// Random turns for the crash harness: every call with an effect leaves one line with its id, so that effects can be counted.
import type { JsonObject } from '../../src/protocol/calls.ts';
import type { Random } from './random.ts';

export type CallKind = 'command' | 'create' | 'append' | 'read' | 'question';

export interface PlannedEffect {
  id: string;
  kind: CallKind;
  /** Allowed by a rule: nobody is asked. */
  allowed: boolean;
  /** The file that gets the line, relative to the workspace; null when the call has no effect. */
  file: string | null;
}

export interface ScriptedTurn {
  prompt: string;
  calls: PlannedEffect[];
  script: { turns: object[] };
  settings: JsonObject;
  /** Files that must be there first. */
  files: Record<string, string>;
}

/** What an edited call leaves instead of `id`. */
export const edited = (id: string): string => `${id}-edited`;

/** Appends its second argument to the log named by the first, after and before waiting. */
export const APPEND_SCRIPT =
  '[ "$3" = 0 ] || sleep "$3"\necho "$2" >> "log/$1"\n[ "$4" = 0 ] || sleep "$4"\n';
export const END_MARK = 'END\n';

interface Drawn {
  call: PlannedEffect;
  args: JsonObject;
  rule: string | null;
}

export function drawTurn(random: Random, name: string): ScriptedTurn {
  const drawn: Drawn[][] = [];
  let count = 0;
  for (let entry = 1 + random.below(3); entry > 0; entry -= 1) {
    const size = 1 + random.below(4);
    drawn.push(Array.from({ length: size }, () => drawCall(random, name, (count += 1))));
  }
  const entries = drawn.map((batch) => ({
    text: `Working on ${name}`,
    toolCalls: batch.map(({ call, args }) => ({ id: call.id, name: TOOLS[call.kind], args })),
    ...(random.chance(0.3) ? { delayMs: 30 } : {}),
  }));
  const all = drawn.flat();
  const rules = all.flatMap(({ rule }) => rule ?? []);
  return {
    prompt: `Turn ${name}`,
    calls: all.map(({ call }) => call),
    script: { turns: [...entries, { text: `Done with ${name}` }] },
    settings: { 'countersign.approval.allow': ['edit(auto/**)', ...rules] },
    files: { [shared(name)]: END_MARK },
  };
}

const TOOLS: Record<CallKind, string> = {
  command: 'run_command',
  create: 'write_file',
  append: 'edit_file',
  read: 'read_file',
  question: 'ask_user',
};

const shared = (name: string): string => `shared/${name}.txt`;

function drawCall(random: Random, name: string, count: number): Drawn {
  const id = `${name}c${count}`;
  const kind = random.pick<CallKind>([
    ...(['command', 'command', 'command', 'command'] as const),
    ...(['create', 'create', 'append', 'append', 'read', 'question'] as const),
  ]);
  const allowed = kind === 'read' || (kind !== 'question' && random.chance(0.4));
  return make[kind]({ id, name, allowed, random });
}

interface Wanted {
  id: string;
  name: string;
  allowed: boolean;
  random: Random;
}

const make: Record<CallKind, (wanted: Wanted) => Drawn> = {
  command: ({ id, name, allowed, random }) => {
    const waits = random.pick(['0 0', '0.05 0', '0 0.05', '0 0.15']);
    const command = `sh append.sh ${name}.log ${id} ${waits}`;
    const call = { id, kind: 'command', allowed, file: `log/${name}.log` } as const;
    return { call, args: { command }, rule: allowed ? `shell(${command})` : null };
  },
  create: ({ id, allowed }) => {
    const file = `${allowed ? 'auto' : 'asked'}/${id}.txt`;
    const args = { path: file, content: `${id}\n` };
    return { call: { id, kind: 'create', allowed, file }, args, rule: null };
  },
  // Edits of one file build on each other. None is allowed by a rule: nothing but a human can then make one stale.
  append: ({ id, name }) => {
    const file = shared(name);
    const args = { path: file, old_string: END_MARK, new_string: `${id}\n${END_MARK}` };
    return { call: { id, kind: 'append', allowed: false, file }, args, rule: null };
  },
  read: ({ id }) => ({
    call: { id, kind: 'read', allowed: true, file: null },
    args: { path: 'append.sh' },
    rule: null,
  }),
  question: ({ id }) => ({
    call: { id, kind: 'question', allowed: false, file: null },
    args: { question: `Which way for ${id}?` },
    rule: null,
  }),
};
