// The part of the store that keeps what a human typed on a card and did not submit.
import type { CardDraft, StoredDraft } from '../../protocol/drafts.ts';

/** A call's draft: what a human typed or picked and did not submit. It never decides anything. */
export interface DraftRow extends StoredDraft {
  actionId: string;
  updatedAt: number;
}

/** A part that is not given stays as it is; one that is null goes. */
export interface PutDraft extends Pick<DraftRow, 'actionId' | 'callId' | 'proposalHash'> {
  card?: CardDraft | null;
  content?: string | null;
  at: number;
}

/** Drafts are gone when their action is decided and when its turn ends. */
export interface DraftStore {
  /** The last writer wins. The draft as it is now; undefined when the action is not open or does not show this call so. */
  putDraft(draft: PutDraft): Promise<DraftRow | undefined>;
  draftsOfAction(actionId: string): Promise<DraftRow[]>;
}
