import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseSettings, RULE_KEYS, SETTINGS } from '../../../src/core/settings.ts';
import type { Mode } from '../../../src/protocol/calls.ts';

const MODE = 'countersign.approval.mode';
const layers = (
  user: Record<string, unknown> = {},
  workspace: Record<string, unknown> = {},
): Parameters<typeof parseSettings>[0] => ({ user, workspace, trusted: true });
const modeOf = (user: unknown, workspace?: unknown): Mode =>
  parseSettings(layers({ [MODE]: user }, workspace === undefined ? {} : { [MODE]: workspace }))
    .values[MODE];
const UNTIL = 'countersign.approval.bypassUntil';
const END = '2030-01-01T00:00:00Z';
const NOW = Date.parse(END) - 60_000;

describe('parseSettings', () => {
  it('gives every setting its default', () => {
    const { values, problems } = parseSettings(layers());
    assert.deepEqual(problems, []);
    assert.deepEqual(
      values,
      Object.fromEntries(Object.entries(SETTINGS).map(([key, spec]) => [key, spec.default])),
    );
  });

  for (const [user, workspace, expected] of [
    ['default', 'plan', 'plan'],
    ['default', 'dontAsk', 'dontAsk'],
    ['default', 'acceptEdits', 'default'],
    ['default', 'bypass', 'default'],
    ['plan', 'default', 'plan'],
    ['plan', 'bypass', 'plan'],
    ['acceptEdits', 'default', 'default'],
    ['bypass', 'acceptEdits', 'default'],
    ['bypass', undefined, 'default'],
    [undefined, 'bypass', 'default'],
    [undefined, 'plan', 'plan'],
    ['yolo', undefined, 'default'],
    ['yolo', 'bypass', 'default'],
    ['plan', 'yolo', 'plan'],
  ] as const) {
    it(`mode ${user ?? '–'} of the user, ${workspace ?? '–'} of the workspace: ${expected} (H1)`, () => {
      assert.equal(modeOf(user, workspace), expected);
    });
  }

  it('what a workspace sets in vain is said in one sentence, and nothing of what tightens (E1)', () => {
    const hostile = {
      ...{ [MODE]: 'bypass', 'countersign.approval.enabled': false },
      'countersign.model.baseUrl': 'http://127.0.0.1:1/v1',
      'countersign.storage.path': '/tmp/x',
    };
    const { values, problems } = parseSettings(layers({}, hostile), NOW);
    assert.deepEqual(values, parseSettings(layers()).values);
    assert.equal(problems.length, 1);
    for (const key of Object.keys(hostile)) assert.ok(problems[0]?.includes(key), key);
    assert.deepEqual(parseSettings(layers({}, { [MODE]: 'plan' })).problems, []);
    assert.deepEqual(parseSettings(layers({}, { [MODE]: 'default' })).problems, []);
  });

  for (const [title, until, now, oneRun, expected, says] of [
    ['an end ahead', END, NOW, false, 'bypass', null],
    ['an end ahead in another time zone', '2030-01-01T01:00:00+01:00', NOW, false, 'bypass', null],
    ['the very end', END, Date.parse(END), false, 'default', /ended at 2030/],
    ['no clock', END, undefined, false, 'default', /ended/],
    ['no end', undefined, NOW, false, 'default', /does not say when it ends/],
    ['no end, for one run', undefined, NOW, true, 'bypass', null],
    ['an end that is over, for one run', '2020-01-01T00:00:00Z', NOW, true, 'default', /ended/],
    ['a day', '2030-01-01', NOW, false, 'default', /cannot be read/],
    ['no time zone', '2030-01-01T00:00:00', NOW, false, 'default', /cannot be read/],
    ['no text', 9e15, NOW, false, 'default', /cannot be read/],
    ['no text, for one run', true, NOW, true, 'default', /cannot be read/],
  ] as const) {
    it(`mode bypass with ${title}: ${expected} (H2)`, () => {
      const user = { [MODE]: 'bypass', ...(until === undefined ? {} : { [UNTIL]: until }) };
      const parsed = parseSettings({ ...layers(user), oneRun }, now);
      assert.equal(parsed.values[MODE], expected);
      const notice = parsed.problems.find((text) => text.startsWith('Mode bypass does not count'));
      if (says === null) assert.deepEqual(parsed.problems, []);
      else assert.match(notice ?? '', says);
    });
  }

  it('of a bypass that is over a workspace makes nothing looser than what holds in its place (H2)', () => {
    for (const until of [undefined, '2000-01-01T00:00:00Z', 'nonsense']) {
      const user = {
        [MODE]: 'bypass',
        ...(until && { 'countersign.approval.bypassUntil': until }),
      };
      for (const [said, expected] of [
        ['acceptEdits', 'default'],
        ['bypass', 'default'],
        ['dontAsk', 'dontAsk'],
        ['plan', 'plan'],
      ]) {
        assert.equal(parseSettings(layers(user, { [MODE]: said }), NOW).values[MODE], expected);
      }
    }
  });

  it('the end of bypass is the user’s alone, and a stricter mode of the workspace holds in it (H2)', () => {
    const user = { [MODE]: 'bypass' };
    assert.equal(parseSettings(layers(user, { [UNTIL]: END }), NOW).values[MODE], 'default');
    const ends = { ...user, [UNTIL]: END };
    assert.equal(parseSettings(layers(ends, { [MODE]: 'plan' }), NOW).values[MODE], 'plan');
    const workspaces = layers({}, { [MODE]: 'bypass', [UNTIL]: END });
    assert.equal(parseSettings(workspaces, NOW).values[MODE], 'default');
  });

  it('switched-off approvals are a standing notice, and only the user’s own false is one (H2)', () => {
    const key = 'countersign.approval.enabled';
    const notice = /^Approvals are switched off/;
    assert.match(parseSettings(layers({ [key]: false })).problems.join('\n'), notice);
    for (const said of [
      layers({}, { [key]: false }),
      layers({ [key]: 'false' }),
      layers({ [key]: 0 }),
    ]) {
      const { values, problems } = parseSettings(said);
      assert.equal(values[key], true);
      assert.ok(!problems.some((text) => notice.test(text)));
    }
  });

  it('never takes from a workspace where the model is, who it is or where state is kept (I4, I14)', () => {
    const workspace = Object.fromEntries(
      Object.entries(SETTINGS)
        .filter(([, spec]) => spec.scope !== 'resource')
        .map(([key, spec]) => [key, typeof spec.default === 'number' ? 99 : 'openai']),
    );
    assert.ok(Object.keys(workspace).length >= 4);
    assert.deepEqual(parseSettings(layers({}, workspace)).values, parseSettings(layers()).values);
  });

  it('names what is wrong on one line each: key, layer, what it may be', () => {
    const { problems, values } = parseSettings(
      layers({ [MODE]: 'yolo', 'countersign.model.baseUrl': 7 }, { [MODE]: 3 }),
    );
    assert.equal(values[MODE], 'default');
    assert.equal(problems.length, 3, problems.join('\n'));
    for (const problem of problems) {
      assert.match(problem, /^countersign\.\S+ in (user|workspace) settings /);
      assert.doesNotMatch(problem, /\n/);
    }
    assert.ok(problems.some((text) => text.includes('"plan"')));
  });

  it('names keys that are not ours to know, rule lists are', () => {
    const user = { 'countersign.approval.denny': [], 'editor.x': 1, [RULE_KEYS.deny]: [] };
    const { problems } = parseSettings(layers(user));
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? '', /countersign\.approval\.denny in user settings/);
  });

  it('is total: any value of any key gives a value of the right type', () => {
    const key = fc.constantFrom(...Object.keys(SETTINGS), ...Object.values(RULE_KEYS), 'x.y');
    const layer = fc.dictionary(key, fc.anything());
    fc.assert(
      fc.property(layer, layer, (user, workspace) => {
        const { values } = parseSettings(layers(user, workspace));
        for (const [name, spec] of Object.entries(SETTINGS)) {
          const value = values[name as keyof typeof values];
          assert.ok(spec.schema.safeParse(value).success, name);
        }
      }),
    );
  });
});
