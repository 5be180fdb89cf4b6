// The one list of what a human writes: every field that a message or a decision may carry text in. Pure.
import type { ActionRequest, Decision } from '../../protocol/calls.ts';

/** One text a human wrote, and where a secret in it may be replaced, how. */
export interface HumanField {
  /** As a human knows it: `message`, `text`, `reason`, `output`, `content`, `args.NAME`. */
  name: string;
  text: string;
}

/** `fields` are words, in which a secret can be replaced. In `effects` it cannot: something else would run or be written. */
export interface HumanFields {
  words: HumanField[];
  effects: HumanField[];
}

export function fieldsOfMessage(text: string): HumanFields {
  return { words: [{ name: 'message', text }], effects: [] };
}

export function fieldsOfDecision(decision: Decision): HumanFields {
  switch (decision.type) {
    case 'respond':
      return words('text', decision.text);
    case 'reject':
      return words('reason', decision.reason);
    case 'mark_done':
      return words('output', decision.output);
    case 'edit': {
      const { args, content } = decision;
      const edited = content === undefined ? [] : [{ name: 'content', text: content }];
      return { words: [], effects: [...edited, ...leaves(args)] };
    }
    case 'approve':
    case 'run_again':
    case 'skip':
      return { words: [], effects: [] };
  }
}

/** `decision` with `text` in its field of words. */
export function withWords(decision: Decision, text: string): Decision {
  if (decision.type === 'respond') return { ...decision, text };
  if (decision.type === 'reject') return { ...decision, reason: text };
  return decision.type === 'mark_done' ? { ...decision, output: text } : decision;
}

/** What the agent itself proposed for the call: what is in it is not the human's doing. */
export function proposedTexts({ args, proposal }: ActionRequest): string[] {
  const texts = leaves(args).map(({ text }) => text);
  return proposal.kind === 'edit' ? [...texts, proposal.newText ?? ''] : texts;
}

function words(name: string, text: string | undefined): HumanFields {
  return { words: text === undefined ? [] : [{ name, text }], effects: [] };
}

/** Every text in a JSON value, names of members too, at any depth: one field for each top-level argument. */
function leaves(args: Record<string, unknown> | undefined): HumanField[] {
  return Object.entries(args ?? {}).map(([name, value]) => ({
    name: `args.${name}`,
    text: [name, ...textsIn(value)].join('\n'),
  }));
}

/** Without recursion: what is edited may be nested as deep as JSON goes. */
function textsIn(value: unknown): string[] {
  const texts: string[] = [];
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next === 'string') texts.push(next);
    if (next === null || typeof next !== 'object') continue;
    for (const [name, member] of Object.entries(next)) {
      if (!Array.isArray(next)) texts.push(name);
      open.push(member);
    }
  }
  return texts;
}
