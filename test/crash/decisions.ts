// What a user would answer: any decision on what waits, and the truth about an unknown outcome.
import type { ActionRequest, Decision, Decisions, JsonObject } from '../../src/protocol/calls.ts';
import type { Random } from './random.ts';
import { edited, type ScriptedTurn } from './script.ts';
import type { World } from './world.ts';

export interface Asked {
  kind: string;
  requests: readonly ActionRequest[];
}

export function decideAll(
  action: Asked,
  context: { random: Random; turn: ScriptedTurn; world: World },
): Decisions {
  const { random, turn, world } = context;
  const decide = (request: ActionRequest): Decision =>
    action.kind === 'outcome_unknown'
      ? tellTruth(request.callId, { random, turn, world })
      : draw(request, random);
  return Object.fromEntries(
    action.requests.map((request) => [request.callId, decide(request)] as const),
  );
}

function draw(request: ActionRequest, random: Random): Decision {
  if (request.proposal.kind === 'question') {
    return random.chance(0.9) ? { type: 'respond', text: 'left' } : { type: 'reject' };
  }
  const at = random.below(100);
  if (at < 68) return { type: 'approve' };
  if (at < 84) return { type: 'edit', args: editedArgs(request) };
  if (at < 92) return { type: 'reject', reason: 'not now' };
  if (at < 98) return { type: 'respond', text: 'I did it myself' };
  return { type: 'reject', reason: 'enough', stop: true };
}

/** The same call with another line to leave. */
function editedArgs({ args, callId }: ActionRequest): JsonObject {
  return Object.fromEntries(
    Object.entries(args).map(([key, value]) => {
      if (typeof value !== 'string' || key === 'path') return [key, value];
      const pattern = new RegExp(`\\b${callId}\\b`);
      return [key, value.replace(pattern, edited(callId))];
    }),
  );
}

function tellTruth(
  callId: string,
  { random, turn, world }: { random: Random; turn: ScriptedTurn; world: World },
): Decision {
  const call = turn.calls.find(({ id }) => id === callId);
  const happened = call !== undefined && world.effects(call).total > 0;
  const at = random.below(100);
  if (happened && at < 80) return { type: 'mark_done' };
  if (!happened && at < 60) return { type: 'run_again' };
  return at < 90 ? { type: 'skip' } : { type: 'respond', text: 'Leave it as it is' };
}
