// Drift: what a turn was made of and is not any more. Nothing of it counts for the turn before a human said so.
import { ingredientsOf } from './takeSnapshot.ts';
import { hashOf, TurnSnapshot, type Ingredient } from './snapshot.ts';
import { assertNever } from '../base/assert.ts';
import type { EngineDeps } from './deps.ts';
import type { TurnRow } from '../ports/store.ts';

export interface Drift {
  kind: Ingredient['kind'];
  name: string;
  change: 'changed' | 'gone';
  /** One sentence for the human. */
  text: string;
}

/** All drift of a turn that nobody has accepted yet. `hash` names exactly this drift, and is what a human accepts; null when there is none. */
export interface TurnDrift {
  changes: Drift[];
  hash: string | null;
}

export const NO_DRIFT: TurnDrift = { changes: [], hash: null };

/** What of `then` is another one now, or gone. What is only new does not concern a turn that was started without it. */
export function driftOf(then: readonly Ingredient[], now: readonly Ingredient[]): Drift[] {
  return then.flatMap((was): Drift[] => {
    const { kind, name } = was;
    const is = now.find((other) => other.kind === kind && other.name === name);
    if (is?.hash === was.hash) return [];
    return [{ kind, name, change: is ? 'changed' : 'gone', text: sentence(was, is) }];
  });
}

/** Compares the turn's snapshot with this program and its settings as they are. A snapshot that cannot be read is no drift. */
export function driftOfTurn(
  deps: Pick<EngineDeps, 'providers' | 'tools' | 'texts'>,
  turn: Pick<TurnRow, 'snapshot' | 'acceptedDrift'>,
): TurnDrift {
  const snapshot = TurnSnapshot.safeParse(turn.snapshot);
  if (!snapshot.success) return NO_DRIFT;
  const { ingredients } = snapshot.data;
  const now = ingredientsOf(deps, snapshot.data);
  const changes = driftOf(ingredients, now);
  if (changes.length === 0) return NO_DRIFT;
  // With what it is now: a second change is another drift, although the sentence may be the same.
  const present = changes.map(({ kind, name }) => [
    kind,
    name,
    now.find((other) => other.kind === kind && other.name === name)?.hash ?? null,
  ]);
  const hash = hashOf(present, deps.texts);
  return hash === turn.acceptedDrift ? NO_DRIFT : { changes, hash };
}

/** For a refusal: what changed, and what can be done. */
export function driftText(drift: TurnDrift): string {
  const changes = drift.changes.map(({ text }) => text).join(' ');
  return `This changed since the turn was started: ${changes} Nothing was decided. Resume it as it was, ask again or discard it.`;
}

function sentence(was: Ingredient, is: Ingredient | undefined): string {
  const { kind, name } = was;
  switch (kind) {
    case 'model':
      return is ? endpointChanged(was, is) : `The provider of the model ${name} is gone.`;
    case 'prompt':
      return 'This version of Countersign instructs the model differently.';
    case 'tool':
      return is
        ? `The tool ${name} takes other arguments now.`
        : `The tool ${name} is gone; a call to it ends in an error.`;
    case 'agent':
      return `The agent ${name} ${is ? 'is defined differently now' : 'is gone'}.`;
    case 'attachment':
      return `The attachment ${name} ${is ? 'has other content now' : 'is gone'}.`;
    case 'server':
      return `The server ${name} ${is ? 'offers something else now' : 'is not there'}.`;
    default:
      return assertNever(kind);
  }
}

function endpointChanged(was: Ingredient, is: Ingredient): string {
  const [then, now] = [was.detail ?? 'the default one', is.detail ?? 'one that cannot be used'];
  return `The server of the model ${was.name} was ${then} and is ${now} now; as it was, the conversation and the key stored now go to ${then}.`;
}
