// The explicit list of tools, their schemas as the model sees them, and the parsing of a call's arguments.
import { z } from 'zod';
import { askUser } from './askUser.ts';
import { deleteFile } from './deleteFile.ts';
import { editFile } from './editFile.ts';
import { findFiles } from './findFiles.ts';
import { listDirectory } from './listDirectory.ts';
import { moveFile } from './moveFile.ts';
import { readFile } from './readFile.ts';
import { readCommandOutput, stopCommand } from './backgroundTools.ts';
import { runCommand } from './runCommand.ts';
import { searchText } from './searchText.ts';
import { undoEdit } from './undoEdit.ts';
import { writeFile } from './writeFile.ts';
import { parseJson } from '../base/json.ts';
import type { JsonObject } from '../../protocol/calls.ts';
import type { ToolSpec } from '../ports/model.ts';
import type { Tool } from './tool.ts';

export const allTools: readonly Tool[] = [
  readFile,
  listDirectory,
  findFiles,
  searchText,
  editFile,
  writeFile,
  deleteFile,
  moveFile,
  runCommand,
  readCommandOutput,
  stopCommand,
  askUser,
  undoEdit,
];

/** Those that a model may call. */
export function modelTools(tools: readonly Tool[]): Tool[] {
  return tools.filter(({ hostOnly }) => hostOnly !== true);
}

export function findTool(tools: readonly Tool[], name: string): Tool | undefined {
  return tools.find((tool) => tool.name === name);
}

/** Each submission compares the specs with those of its turn: a schema is turned into JSON once. */
const jsonSchemas = new WeakMap<Tool['schema'], ToolSpec['schema']>();

/** Name, description and JSON Schema (draft 2020-12, without `$schema`) of each tool that a model may call, in the given order. */
export function toolSpecs(tools: readonly Tool[]): ToolSpec[] {
  return modelTools(tools).map((tool) => {
    const schema = jsonSchemas.get(tool.schema) ?? jsonSchemaOf(tool);
    jsonSchemas.set(tool.schema, schema);
    return { name: tool.name, description: tool.description, schema };
  });
}

function jsonSchemaOf(tool: Tool): ToolSpec['schema'] {
  const { $schema: _, ...schema } = z.toJSONSchema(tool.schema);
  return schema;
}

export type ParsedArgs = { ok: true; args: JsonObject } | { ok: false; message: string };

/**
 * Parses the arguments a model or a human wrote. On success `args` is the object as written; on failure the message
 * names every field that is wrong and how. Total.
 */
export function parseToolArgs(tool: Tool, argsText: string): ParsedArgs {
  const json = parseJson(argsText.trim() === '' ? '{}' : argsText);
  if (!json.ok) return refuse(tool, `they are not valid JSON (${json.message})`);
  if (json.value === null || typeof json.value !== 'object' || Array.isArray(json.value)) {
    return refuse(tool, `they must be a JSON object, not ${kindOf(json.value)}`);
  }
  const parsed = tool.schema.safeParse(json.value);
  if (parsed.success) return { ok: true, args: { ...json.value } };
  return refuse(
    tool,
    parsed.error.issues.map((issue) => problemText(issue, json.value)).join('; '),
  );
}

function refuse(tool: Tool, problem: string): ParsedArgs {
  return { ok: false, message: `The arguments of ${tool.name} are wrong: ${problem}.` };
}

function problemText(issue: z.core.$ZodIssue, value: unknown): string {
  const field = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const inside = field === '' ? '' : ` in ${field}`;
    return `unknown ${issue.keys.length === 1 ? 'field' : 'fields'} ${issue.keys.join(', ')}${inside}`;
  }
  const given = issue.path.reduce(memberOf, value);
  if (issue.code === 'invalid_type' && given === undefined) return `${field} is missing`;
  const message = issue.message.replace(/^Invalid input: /, '').replace(/^Too /, 'too ');
  return field === '' ? message : `${field}: ${message}`;
}

function memberOf(value: unknown, key: PropertyKey): unknown {
  if (value === null || typeof value !== 'object') return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
