// What becomes of a call that asks where nobody can be asked: it is denied, with a reason that the model can use.
import type { Proposal, Verdict } from '../../protocol/calls.ts';

interface Unasked {
  verdict: Verdict;
  /** What the model is told. */
  text: string;
}

/** The denial in the place of `asked`; the rule that asks stays in it. */
export function unasked(asked: Verdict, proposal: Proposal | null): Unasked {
  if (proposal?.kind === 'question') {
    const reason = 'a question needs an answer, and this run cannot pause for one';
    const text = `Not asked: ${reason}. Go on with what you know, and say at the end what you assumed.`;
    return { verdict: { ...asked, verdict: 'deny', reason }, text };
  }
  const reason = `it needs a human’s approval and this run cannot pause (${asked.reason})`;
  const text = `Not run: ${reason}. Go on without it, and say at the end what is left to be approved.`;
  return { verdict: { ...asked, verdict: 'deny', reason }, text };
}
