// How a call is called on every surface, from its proposal alone. Pure; surfaces show it by displayBytes.
import { toolName, type Proposal } from './calls.ts';

export interface CallTitle {
  /** First word of the card. */
  kind: string;
  /** What it is about, as the proposal says. */
  subject: string;
  /** Completes "Approve …" and "Reject …". */
  phrase: string;
}

export function callTitle({ proposal }: { proposal: Proposal }): CallTitle {
  switch (proposal.kind) {
    case 'edit': {
      const kind = { create: 'Create', modify: 'Edit', delete: 'Delete' }[proposal.change];
      const noun = { create: 'creation', modify: 'edit', delete: 'deletion' }[proposal.change];
      return { kind, subject: proposal.path, phrase: `${noun} of ${proposal.path}` };
    }
    case 'command':
      return {
        kind: 'Run',
        subject: commandCount(proposal.parts.length),
        phrase: `run of ${proposal.command}`,
      };
    case 'question':
      return { kind: 'Question', subject: '', phrase: 'question' };
    case 'read':
      return { kind: 'Read', subject: proposal.target, phrase: `reading of ${proposal.target}` };
    case 'tool': {
      const subject = toolName(proposal);
      return { kind: 'Call', subject, phrase: `call of ${subject}` };
    }
  }
}

/** The same in one line where there is no card to show the rest: with the command, or what is asked. */
export function callLine({ proposal }: { proposal: Proposal }): string {
  if (proposal.kind === 'command') return `Run ${proposal.command}`;
  if (proposal.kind === 'question') return `Question: ${proposal.question}`;
  const { kind, subject } = callTitle({ proposal });
  return `${kind} ${subject}`;
}

function commandCount(parts: number): string {
  return parts > 1 ? `${parts} commands` : '';
}
