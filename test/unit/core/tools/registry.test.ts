import assert from 'node:assert/strict';
import fc from 'fast-check';
import { askUser } from '../../../../src/core/tools/askUser.ts';
import {
  allTools,
  findTool,
  parseToolArgs,
  toolSpecs,
} from '../../../../src/core/tools/registry.ts';
import { describeOk, runTool, toolWorld } from '../../../fakes/toolContext.ts';
import type { Tool } from '../../../../src/core/tools/tool.ts';

function tool(name: string): Tool {
  const found = findTool(allTools, name);
  assert.ok(found);
  return found;
}

function problem(name: string, args: unknown): string {
  const parsed = parseToolArgs(tool(name), typeof args === 'string' ? args : JSON.stringify(args));
  assert.ok(!parsed.ok);
  return parsed.message;
}

describe('the tool list', () => {
  it('has every tool once', () => {
    assert.deepEqual(
      allTools.map(({ name, group }) => `${name}:${group}`),
      [
        'read_file:read',
        'list_directory:read',
        'find_files:read',
        'search_text:read',
        'edit_file:edit',
        'write_file:edit',
        'delete_file:edit',
        'move_file:edit',
        'run_command:shell',
        'read_command_output:running',
        'stop_command:running',
        'ask_user:none',
        'undo_edit:edit',
      ],
    );
    assert.equal(findTool(allTools, 'constructor'), undefined);
    assert.equal(findTool(allTools, 'READ_FILE'), undefined);
  });

  it('describes each to the model with a strict schema and a text for each field', () => {
    for (const spec of toolSpecs(allTools)) {
      assert.ok(spec.description.length > 20, spec.name);
      assert.equal(spec.schema['type'], 'object');
      assert.equal(spec.schema['additionalProperties'], false);
      assert.equal('$schema' in spec.schema, false);
      const properties = spec.schema['properties'] as Record<string, { description?: string }>;
      for (const [name, property] of Object.entries(properties)) {
        assert.ok(property.description, `${spec.name}.${name}`);
        assert.match(name, /^[a-z_]+$/);
      }
    }
  });

  it('gives schemas that survive JSON and name what is required', () => {
    const specs = toolSpecs(allTools);
    assert.deepEqual(JSON.parse(JSON.stringify(specs)), specs);
    const edit = specs.find((spec) => spec.name === 'edit_file');
    assert.deepEqual(edit?.schema['required'], ['path', 'old_string', 'new_string']);
  });
});

describe('parseToolArgs', () => {
  it('gives the arguments as written', () => {
    assert.deepEqual(parseToolArgs(tool('read_file'), '{"path":"a","limit":3}'), {
      ok: true,
      args: { path: 'a', limit: 3 },
    });
  });

  it('names missing, unknown and wrong fields, all at once', () => {
    assert.equal(
      problem('edit_file', { path: 3, old_string: 'a', extra: 1, more: 2 }),
      'The arguments of edit_file are wrong: path: expected string, received number; ' +
        'new_string is missing; unknown fields extra, more.',
    );
    assert.match(problem('read_file', ''), /path is missing/);
    assert.match(problem('read_file', { path: 'a', limit: 0 }), /limit: too small/);
    assert.match(problem('read_file', { path: 'a\0' }), /path: must not hold a NUL/);
    assert.match(
      problem('run_command', { command: 'x', detached: true }),
      /unknown field detached/,
    );
    assert.match(
      problem('ask_user', { question: 'q', options: [{ label: 'a', valu: 'x' }] }),
      /unknown field valu in options\.0/,
    );
  });

  it('says where the JSON breaks, and what is no object', () => {
    assert.match(problem('read_file', '{"path": "a",'), /not valid JSON \(.*position 13/);
    assert.match(problem('read_file', '[1]'), /must be a JSON object, not an array/);
    assert.match(problem('read_file', 'null'), /not null/);
    assert.match(problem('read_file', '"x"'), /not a string/);
  });

  it('is not fooled by names of the prototype', () => {
    assert.match(problem('read_file', '{"path":"a","__proto__":{"limit":1}}'), /unknown field/);
    assert.match(
      problem('read_file', '{"__proto__":{"path":"a"}}'),
      /path is missing|unknown field/,
    );
    assert.match(problem('read_file', '{"path":"a","constructor":1}'), /unknown field constructor/);
  });

  it('is total (property)', () => {
    const texts = fc.oneof(fc.json(), fc.string(), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(fc.constantFrom(...allTools), texts, (one, text) => {
        const parsed = parseToolArgs(one, text);
        if (!parsed.ok)
          assert.ok(parsed.message.startsWith(`The arguments of ${one.name} are wrong`));
      }),
    );
    assert.equal(parseToolArgs(tool('read_file'), '['.repeat(100_000)).ok, false);
  });
});

describe('ask_user', () => {
  it('proposes the question with options', async () => {
    const args = {
      question: 'Which?',
      description: 'Two ways.',
      options: [{ label: 'First', value: '1' }, { label: 'Second' }],
      multi_select: true,
    };
    assert.deepEqual(await describeOk(askUser, args, toolWorld()), {
      ok: true,
      proposal: {
        kind: 'question',
        question: 'Which?',
        description: 'Two ways.',
        options: [
          { label: 'First', value: '1' },
          { label: 'Second', value: 'Second' },
        ],
        multiSelect: true,
      },
      subject: { group: 'none', tool: 'ask_user' },
    });
  });

  it('makes up no answer', async () => {
    assert.equal((await runTool(askUser, { question: 'q' }, toolWorld())).outcome, 'error');
  });

  it('keeps its bounds', () => {
    const ok = (args: object) => askUser.schema.safeParse({ question: 'q', ...args }).success;
    const options = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ label: 'x', value: String(index) }));
    assert.equal(ok({ question: 'x'.repeat(2000), description: 'x'.repeat(4000) }), true);
    assert.equal(ok({ question: 'x'.repeat(2001) }), false);
    assert.equal(ok({ question: '  ' }), false);
    assert.equal(ok({ description: 'x'.repeat(4001) }), false);
    assert.equal(ok({ options: options(12) }), true);
    assert.equal(ok({ options: options(13) }), false);
    assert.equal(ok({ options: [{ label: 'x'.repeat(281) }] }), false);
    assert.equal(ok({ options: [{ label: 'x', value: 'x'.repeat(501) }] }), false);
    assert.equal(ok({ options: [{ label: 'a', value: 'b' }, { label: 'b' }] }), false);
  });
});
