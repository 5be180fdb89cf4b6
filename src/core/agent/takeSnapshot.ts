// Takes a turn's snapshot from what is in force now, and says what its ingredients would be if it were taken now.
import { hashOf, type Ingredient, type TurnSnapshot } from './snapshot.ts';
import { renderSystemPrompt } from './systemPrompt.ts';
import { keepToolSpecs } from './keptSpecs.ts';
import { formatModelRef } from '../models/modelRef.ts';
import { toolSpecs } from '../tools/registry.ts';
import type { EngineDeps } from './deps.ts';
import type { Mode } from '../../protocol/calls.ts';
import type { ModelRef } from '../ports/model.ts';
import type { UndoPlan } from '../undo/plan.ts';

/** Of a turn that undoes another one, whose model it names and does not ask: nothing that can drift determines it. */
export async function takeUndoSnapshot(
  deps: EngineDeps,
  turnId: string,
  { model, undo }: Pick<TurnSnapshot, 'model'> & { undo: UndoPlan },
): Promise<TurnSnapshot> {
  const { files, clock, timeZone, texts } = deps;
  return {
    ...{ version: 1, model, system: '', ingredients: [], mode: 'default' },
    ...{ roots: [...files.roots], startedAt: clock.now(), timeZone, undo },
    toolSpecs: await keepToolSpecs(deps, turnId, []),
    policyHash: policyHash(deps, texts),
  };
}

/** What the ingredients depend on besides the program and its settings: fixed at the turn's start. */
type TurnFacts = Pick<
  TurnSnapshot,
  'model' | 'mode' | 'roots' | 'startedAt' | 'timeZone' | 'attachments'
>;

type Sources = Pick<EngineDeps, 'providers' | 'tools' | 'texts'>;

/** Keeps the tools' specs for the turn and returns its snapshot. */
export async function takeSnapshot(
  deps: EngineDeps,
  turnId: string,
  start: {
    model: ModelRef;
    mode: Mode;
    attachments?: readonly { name: string; hash: string }[] | undefined;
  },
): Promise<TurnSnapshot> {
  const { files, clock, timeZone, texts } = deps;
  const { mode } = start;
  const attachments = start.attachments?.map(({ name, hash }) => ({ name, hash }));
  const model = addressed(deps, start.model);
  const facts = {
    ...{ model, mode, roots: [...files.roots], startedAt: clock.now(), timeZone },
    ...(attachments?.length && { attachments }),
  };
  return {
    version: 1,
    ...facts,
    system: promptOf(facts),
    toolSpecs: await keepToolSpecs(deps, turnId, toolSpecs(deps.tools)),
    ingredients: ingredientsOf(deps, facts),
    policyHash: policyHash(deps, texts),
  };
}

/** What a turn of these facts would be made of if it were started now. What is not there any more is left out. */
export function ingredientsOf(deps: Sources, facts: TurnFacts): Ingredient[] {
  const { texts, tools } = deps;
  const specs = toolSpecs(tools);
  return [
    ...modelIngredient(deps, facts.model),
    { kind: 'prompt', name: 'system', hash: texts.sha256(promptOf(facts)) },
    ...specs.map(({ name, schema }): Ingredient => ({
      kind: 'tool',
      name,
      hash: hashOf(schema, texts),
    })),
    ...attachedIngredients(facts),
  ];
}

/** One for each name: ranges of one file go together. */
function attachedIngredients({ attachments = [] }: TurnFacts): Ingredient[] {
  return [...Map.groupBy(attachments, ({ name }) => name)].map(([name, all]) => ({
    ...{ kind: 'attachment', name },
    hash: all.map(({ hash }) => hash).join(' '),
  }));
}

function modelIngredient(deps: Sources, ref: ModelRef): Ingredient[] {
  if (!deps.providers.has(ref.provider)) return [];
  const { endpoint } = addressed(deps, { provider: ref.provider, id: ref.id });
  const hash = deps.texts.sha256(endpoint ?? '');
  const detail = endpoint === undefined ? {} : { detail: endpoint };
  return [{ kind: 'model', name: formatModelRef(ref), hash, ...detail }];
}

function addressed({ providers }: Sources, { provider, id }: ModelRef): TurnSnapshot['model'] {
  const known = providers.get(provider);
  const endpoint = known?.endpoint?.();
  return {
    provider,
    id,
    ...(endpoint !== undefined && { endpoint }),
    ...(known?.secret !== undefined && { secret: known.secret }),
  };
}

function promptOf(facts: TurnFacts): string {
  const { roots, startedAt, timeZone, mode } = facts;
  const date = new Date(startedAt).toISOString().slice(0, 10);
  return renderSystemPrompt({ roots, date, timeZone, mode });
}

function policyHash({ policy }: Pick<EngineDeps, 'policy'>, texts: EngineDeps['texts']): string {
  const { rules, blocksAllow, approvalsOff = false } = policy.rules();
  const written = rules.map(({ kind, layer, text }) => ({ kind, layer, text }));
  return hashOf({ rules: written, blocksAllow, approvalsOff }, texts);
}
