// What is wrong with the text of a rule, and where in it. Offsets count UTF-16 units, as editors do.
import type { RuleMatcher } from './types.ts';

/** What is wrong with a stretch of a rule's text; offsets in UTF-16 units, `from` < `to` unless the text is empty. */
export interface TextProblem {
  message: string;
  from: number;
  to: number;
  /** A warning leaves the rule as it is: it means something, but perhaps not what was meant. */
  severity: 'error' | 'warning';
}

export interface RuleText {
  /** Null when there is an error that leaves nothing to match with. */
  matcher: RuleMatcher | null;
  problems: readonly TextProblem[];
}

/** A pattern and where it stands in the rule. */
export interface PatternText {
  text: string;
  from: number;
}

export function error(message: string, at: { from: number; to: number }): TextProblem {
  return { message, from: at.from, to: at.to, severity: 'error' };
}

export function failed(...problems: TextProblem[]): RuleText {
  return { matcher: null, problems };
}

export function trimmed({ text, from }: PatternText): PatternText {
  const start = text.length - text.trimStart().length;
  return { text: text.trim(), from: from + start };
}
