// An earlier message is changed and sent again: in the composer, which knows what its text is an edit of.
import type { Again } from '../src/protocol/messages.ts';
import type { Composed } from './drafts.ts';
import type { ViewState } from './store.ts';

interface Composer {
  drafts: Composed;
  state: ViewState;
  keepComposed(change: Partial<Composed>): void;
}

const threadOf = ({ state }: Pick<Composer, 'state'>): string => state.status?.thread?.id ?? '';

/** Puts a message into the composer; what was being typed is not lost for it. */
export function editAgain(controller: Composer, turnId: string, text: string): void {
  const typed = controller.drafts.composer.trim();
  const composer = typed === '' ? text : `${text}\n\n${typed}`;
  controller.keepComposed({ composer, editing: { threadId: threadOf(controller), turnId } });
}

/** The turn whose message the composer's text is an edit of, in the thread that is shown. */
export function editedTurn({
  drafts,
  state,
}: Pick<Composer, 'drafts' | 'state'>): string | undefined {
  const { editing } = drafts;
  return editing?.threadId === threadOf({ state }) ? editing.turnId : undefined;
}

/** What a message of the composer says of the one it is an edit of. */
export function sentAgain(composer: Pick<Composer, 'drafts' | 'state'>): { again?: Again } {
  const turnId = editedTurn(composer);
  return turnId === undefined ? {} : { again: { turnId, how: 'edit' } };
}

/** What is in the composer stays there, as a message of its own. */
export function stopEditing(controller: Composer): void {
  controller.keepComposed({ editing: undefined });
}
