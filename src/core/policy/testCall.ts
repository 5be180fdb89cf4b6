// `Test a Call against Policy…`: what the user typed as a call, and the answer as plain text.
import type { SimpleCommand } from '../ports/shell.ts';
import type { ResolvedPath } from '../ports/workspace.ts';
import type { Mode } from '../../protocol/calls.ts';
import { displayBytes } from '../../protocol/displayBytes.ts';
import { protectionsOf } from './protectedFiles.ts';
import { describeProblem } from './rules.ts';
import type { Decided, PolicySubject, RuleSet } from './types.ts';

type PathOp = 'read' | 'edit' | 'delete' | 'rename';
export type TypedCall =
  { kind: 'command'; command: string } | { kind: 'path'; op: PathOp; paths: readonly string[] };

const PATH_CALL = /^(read|edit|delete|rename)[ \t]+(\S[^]*)$/;

/** A first word of the four takes a path; `$ ` in front makes a command of anything. */
export function readTypedCall(typed: string): TypedCall {
  const text = typed.trim();
  if (/^\$\s/.test(text)) return { kind: 'command', command: text.slice(2).trim() };
  const [, op, rest = ''] = PATH_CALL.exec(text) ?? [];
  if (op === 'read' || op === 'edit' || op === 'delete') return { kind: 'path', op, paths: [rest] };
  const ends = rest.split(/[ \t]+->[ \t]+/);
  if (op === 'rename' && ends.length === 2) return { kind: 'path', op, paths: ends };
  return { kind: 'command', command: text };
}

/** Everything that is known of the verdict. */
export function reportOf(
  subject: PolicySubject,
  decided: Decided,
  { rules, mode }: { rules: RuleSet; mode: Mode },
): string {
  const { verdict, reason, rule, layer, place } = decided;
  const lines = [
    ...callLines(subject),
    `Mode      ${mode}`,
    '',
    `Verdict   ${verdict.toUpperCase()}`,
    `Why       ${displayBytes(reason)}`,
  ];
  if (rule !== undefined && place !== undefined) {
    lines.push(`Rule      ${displayBytes(rule)}`);
    lines.push(`          ${place.key}[${String(place.index)}] in ${layer} settings`);
  } else {
    lines.push(`Rule      none; decided by ${layer === 'mode' ? 'the mode' : 'what is built in'}`);
  }
  if (subject.group === 'shell') lines.push('', ...parseLines(subject, decided));
  const problems = rules.problems.filter(({ severity }) => severity !== 'information');
  if (problems.length > 0) {
    lines.push('', 'Rules that need attention');
    lines.push(...problems.map((problem) => `  ${displayBytes(describeProblem(problem))}`));
  }
  return `${lines.join('\n')}\n`;
}

function callLines(subject: PolicySubject): string[] {
  switch (subject.group) {
    case 'shell':
      return [
        `Call      a command of ${subject.shell}, in ${displayBytes(subject.cwd.real)}`,
        ...(subject.parse.commands.length === 0 ? ['          (no command in it)'] : []),
      ];
    case 'read':
      return ['Call      read', ...pathLines(subject.path)];
    case 'edit':
      return [`Call      ${subject.op}`, ...subject.paths.flatMap(pathLines)];
    case 'fetch':
    case 'mcp':
    case 'task':
    case 'skill':
      return [`Call      ${subject.group}(${displayBytes(subject.target)})`];
    case 'running':
    case 'none':
      return [`Call      ${subject.tool}`];
  }
}

function pathLines(path: ResolvedPath): string[] {
  const lines = [`Path      ${displayBytes(path.input)}`];
  const inside = path.relReal === null ? 'outside the workspace' : kindOf(path);
  lines.push(`          is ${displayBytes(path.real)} (${inside})`);
  const [protection] = [
    ...protectionsOf(path.relReal ?? path.real),
    ...protectionsOf(path.relLexical ?? path.lexical),
  ];
  if (protection !== undefined) {
    const tier = { forbidden: 'never written', secret: 'a secret', runsCode: 'runs code' };
    lines.push(`          protected: ${protection.what}, ${tier[protection.tier]}`);
  }
  return lines;
}

function kindOf(path: ResolvedPath): string {
  if (path.special === true) return 'not a regular file';
  if (path.isDirectory) return 'a folder';
  if (!path.exists) return 'does not exist yet';
  return path.links > 1 ? `a file with ${String(path.links)} hard links` : 'a file';
}

function parseLines(
  { parse }: Extract<PolicySubject, { group: 'shell' }>,
  decided: Decided,
): string[] {
  const { commands, ok, problem } = parse;
  const count =
    commands.length === 1 ? '1 simple command' : `${String(commands.length)} simple commands`;
  const note = problem === null ? '' : `: ${displayBytes(problem)}`;
  const lines = [`Parse     ${count}, ${ok ? 'read without error' : 'not read soundly'}${note}`];
  for (const [index, command] of commands.entries()) {
    const part = decided.parts[index];
    const verdict = (part?.verdict ?? 'ask').toUpperCase().padEnd(5);
    lines.push(`  ${String(index + 1).padStart(3)}  ${verdict}  ${displayBytes(command.raw)}`);
    if (part !== undefined) lines.push(`              ${displayBytes(part.reason)}`);
    lines.push(...commandLines(command).map((line) => `              ${line}`));
  }
  return lines;
}

function commandLines(command: SimpleCommand): string[] {
  const words = command.words.map((word) =>
    word.literal ? `‹${displayBytes(word.text)}›` : `‹${displayBytes(word.raw)}› (dynamic)`,
  );
  const lines = [`words: ${words.join(' ')}`];
  for (const { name, value } of command.assignments) {
    lines.push(`sets ${displayBytes(name)} to ${displayBytes(value.raw)}`);
  }
  for (const redirect of command.redirects) lines.push(`redirects ${displayBytes(redirect.raw)}`);
  return lines;
}
