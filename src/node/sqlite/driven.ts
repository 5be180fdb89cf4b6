// The fence: what a window may write into a turn depends on whether it drives it at that very moment.

/** SQL that is true while the turn runs under the lease of `@owner`. `turnId` is SQL too. */
export const drivenHere = (turnId: string): string =>
  `EXISTS (SELECT 1 FROM turn WHERE turn.id = ${turnId} AND status = 'running' AND lease_owner = @owner)`;

/** The same, and for threads of LangGraph that are no turns. */
export const drivenHereOrNoTurn = (turnId: string): string =>
  `NOT EXISTS (SELECT 1 FROM turn WHERE turn.id = ${turnId}) OR ${drivenHere(turnId)}`;
