// How a call is called on every surface, from its proposal alone. Pure; surfaces show it by displayBytes.
import { t } from './l10n.ts';
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
      const { change, path: subject } = proposal;
      const kind = { create: t('Create'), modify: t('Edit'), delete: t('Delete') }[change];
      const phrases = {
        create: t('creation of {0}', subject),
        modify: t('edit of {0}', subject),
        delete: t('deletion of {0}', subject),
      };
      return { kind, subject, phrase: phrases[change] };
    }
    case 'move': {
      const { path, to } = proposal;
      const phrase = t('move of {0} to {1}', path, to);
      return { kind: t('Move'), subject: `${path} → ${to}`, phrase };
    }
    case 'command':
      return {
        kind: proposal.background === true ? t('Run in the background') : t('Run'),
        subject: commandCount(proposal.parts.length),
        phrase: t('run of {0}', proposal.command),
      };
    case 'question':
      return { kind: t('Question'), subject: '', phrase: t('question') };
    case 'read':
      return {
        kind: t('Read'),
        subject: proposal.target,
        phrase: t('reading of {0}', proposal.target),
      };
    case 'tool': {
      const subject = toolName(proposal);
      return { kind: t('Call'), subject, phrase: t('call of {0}', subject) };
    }
    case 'running': {
      const { op, command: subject } = proposal;
      if (op === 'stop') return { kind: t('Stop'), subject, phrase: t('stop of {0}', subject) };
      return {
        kind: t('Read the output of'),
        subject,
        phrase: t('reading of the output of {0}', subject),
      };
    }
  }
}

/** The same in one line where there is no card to show the rest: with the command, or what is asked. */
export function callLine({ proposal }: { proposal: Proposal }): string {
  if (proposal.kind === 'question') return `${t('Question')}: ${proposal.question}`;
  const { kind, subject } = callTitle({ proposal });
  if (proposal.kind !== 'command') return `${kind} ${subject}`;
  return `${kind} ${subject === '' ? '' : `${subject}: `}${proposal.command}`;
}

function commandCount(parts: number): string {
  return parts > 1 ? t('{0} commands', parts) : '';
}
