// One entry of a rule list: a text, or an object with samples, an end and a comment. Total; a problem says where.
import { z } from 'zod';
import type { GlobCompiler } from '../ports/system.ts';
import type { VerdictKind } from '../../protocol/calls.ts';
import { readRuleText } from './ruleText.ts';
import type { Rule, RuleProblem, RuleSample } from './types.ts';

export interface EntryPlace {
  kind: VerdictKind;
  layer: 'user' | 'workspace';
  key: string;
  index: number;
}

export interface EntryOptions {
  globs: GlobCompiler;
  /** Milliseconds since the epoch; without a clock nothing that ends is allowed. */
  now: number | undefined;
}

export interface EntryResult {
  /** At most one; none when it does not count. */
  rules: readonly Rule[];
  problems: readonly RuleProblem[];
  /** When the rule ends, if it has not yet, in ms since the epoch. */
  endsAt?: number;
}

const KEYS: ReadonlySet<string> = new Set(['rule', 'match', 'notMatch', 'expires', 'comment']);
const MAX_SAMPLES = 50;
/** A day, or a moment with its time zone. */
const Expires = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

export function readEntry(entry: unknown, place: EntryPlace, options: EntryOptions): EntryResult {
  if (typeof entry === 'string') return ruleOf(entry, [], { place, options, samples: [] });
  if (entry === null || typeof entry !== 'object' || Array.isArray(entry)) {
    return { rules: [], problems: [problem(place, shown(entry), [], SHAPE)] };
  }
  return objectEntry(new Map(Object.entries(entry)), place, options);
}

const SHAPE =
  'Write a rule as text, or as an object with "rule" and, if you like, "match", "notMatch", "expires" and "comment".';

function objectEntry(
  raw: ReadonlyMap<string, unknown>,
  place: EntryPlace,
  options: EntryOptions,
): EntryResult {
  const text = raw.get('rule');
  if (typeof text !== 'string') {
    const at = raw.has('rule') ? ['rule'] : [];
    return { rules: [], problems: [problem(place, shown(Object.fromEntries(raw)), at, SHAPE)] };
  }
  const wrong = (at: readonly (string | number)[], message: string): RuleProblem =>
    problem(place, text, at, message);
  const unknown = [...raw.keys()].filter((key) => !KEYS.has(key));
  const problems = unknown.map((key) => wrong([key], `"${key}" is no part of a rule. ${SHAPE}`));
  const comment = raw.get('comment');
  if (comment !== undefined && typeof comment !== 'string') {
    problems.push(wrong(['comment'], 'A comment is text.'));
  }
  const samples: RuleSample[] = [];
  for (const key of ['match', 'notMatch'] as const) {
    const read = samplesOf(key, raw.get(key), wrong);
    samples.push(...read.samples.map((one) => ({ ...one, at: [place.index, ...one.at] })));
    problems.push(...read.problems);
  }
  const end = endOf(raw.get('expires'), wrong, { place, options });
  const read = ruleOf(text, ['rule'], { place, options, samples });
  const all = [...problems, ...end.problems, ...read.problems];
  const ended = end.over || all.some(({ severity }) => severity === 'error');
  // What tightens holds in spite of everything; what would widen does not.
  const rules = place.kind === 'allow' && ended ? [] : read.rules;
  const endsAt = rules.length > 0 ? end.endsAt : undefined;
  return { rules, problems: all, ...(endsAt === undefined ? {} : { endsAt }) };
}

type Wrong = (at: readonly (string | number)[], message: string) => RuleProblem;

function samplesOf(
  key: 'match' | 'notMatch',
  value: unknown,
  wrong: Wrong,
): { samples: RuleSample[]; problems: RuleProblem[] } {
  if (value === undefined) return { samples: [], problems: [] };
  if (!Array.isArray(value)) {
    return { samples: [], problems: [wrong([key], `"${key}" is an array of sample calls.`)] };
  }
  const entries: readonly unknown[] = value;
  if (entries.length > MAX_SAMPLES) {
    const message = `At most ${String(MAX_SAMPLES)} samples are checked; leave some out.`;
    return { samples: [], problems: [wrong([key], message)] };
  }
  const samples: RuleSample[] = [];
  const problems: RuleProblem[] = [];
  for (const [index, text] of entries.entries()) {
    if (typeof text === 'string') samples.push({ text, hits: key === 'match', at: [key, index] });
    else problems.push(wrong([key, index], 'A sample is text: a command line, or a path.'));
  }
  return { samples, problems };
}

/**
 * Only what allows can end. Nothing becomes allowed because time has passed: a deny or ask holds until it is removed.
 */
function endOf(
  value: unknown,
  wrong: Wrong,
  { place, options }: { place: EntryPlace; options: EntryOptions },
): { problems: RuleProblem[]; over: boolean; endsAt?: number } {
  if (value === undefined) return { problems: [], over: false };
  const read = Expires.safeParse(value);
  const endsAt = read.success ? Date.parse(read.data) : Number.NaN;
  if (Number.isNaN(endsAt)) {
    const message =
      'Write a day such as "2030-12-31", or a moment with its time zone such as "2030-12-31T18:00:00Z"; a length of time has no start here.';
    return { problems: [wrong(['expires'], message)], over: true };
  }
  const note = (severity: RuleProblem['severity'], message: string): RuleProblem[] => [
    { ...wrong(['expires'], message), severity },
  ];
  if (place.kind !== 'allow') {
    const message = `A rule in ${place.kind} does not end by itself: it holds until you remove it.`;
    return { problems: note('warning', message), over: false };
  }
  if (options.now !== undefined && options.now < endsAt) {
    return { problems: [], over: false, endsAt };
  }
  const since = new Date(endsAt).toISOString().replace(/:00\.000Z$/, 'Z');
  return {
    problems: note('information', `Expired since ${since}; the rule does not count.`),
    over: true,
  };
}

function ruleOf(
  text: string,
  at: readonly string[],
  from: { place: EntryPlace; options: EntryOptions; samples: readonly RuleSample[] },
): EntryResult {
  const { place, options, samples } = from;
  const { kind, layer, key, index } = place;
  const read = readRuleText(text, kind, options.globs);
  const problems = read.problems.map(({ message, severity, from: start, to }) => ({
    ...problem(place, text, at, message),
    severity,
    span: { from: start, to },
  }));
  if (read.matcher === null) return { rules: [], problems };
  const rule: Rule = { text, kind, layer, place: { key, index }, match: read.matcher };
  return { rules: [samples.length === 0 ? rule : { ...rule, samples }], problems };
}

function problem(
  place: EntryPlace,
  text: string,
  at: readonly (string | number)[],
  message: string,
): RuleProblem {
  const { key, layer, index } = place;
  return { key, layer, index, text, message, severity: 'error', at: [index, ...at], span: null };
}

/** Any value in a few words. Total. */
export function shown(value: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(value) ?? typeof value;
  } catch {
    text = typeof value;
  }
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
