// Titles by the model: asked for once, in the background, and no turn waits for the answer or fails by it.
import assert from 'node:assert/strict';
import { Engine } from '../../../../src/core/threads/engine.ts';
import { Titles } from '../../../../src/core/threads/titles.ts';
import { titleOf } from '../../../../src/core/threads/titleText.ts';
import { openStore } from '../../../../src/node/sqlite/openStore.ts';
import { useBench } from '../agent/support.ts';
import type { TitleSource } from '../../../../src/core/agent/deps.ts';
import type { RunnerDeps } from '../../../../src/core/agent/turnRunner.ts';
import type { ModelChunk, ModelRequest } from '../../../../src/core/ports/model.ts';

type Answer = (request: ModelRequest) => AsyncIterable<ModelChunk>;

const says = (...deltas: string[]): Answer =>
  async function* () {
    for (const delta of deltas) yield { type: 'text', delta };
    yield { type: 'end', reason: 'stop' };
  };
const fails: Answer = async function* () {
  yield { type: 'text', delta: 'Half a ti' };
  throw new Error('the line went dead');
};
const hangs: Answer = async function* () {
  await new Promise(() => undefined);
  yield { type: 'end', reason: 'stop' };
};

describe('titles', () => {
  const bench = useBench();
  const model = { provider: 'played', id: 'x' };
  const open: { dispose(): void }[] = [];
  let asked: ModelRequest[] = [];
  let answer: Answer = fails;
  let source: TitleSource = 'model';

  beforeEach(() => {
    asked = [];
    source = 'model';
  });
  afterEach(() => {
    for (const each of open.splice(0)) each.dispose();
  });

  /** The bench's parts, with a model that is asked for titles, too. */
  function deps(): RunnerDeps {
    const played = bench().deps.providers.get('played');
    assert.ok(played);
    const stream = (request: ModelRequest): AsyncIterable<ModelChunk> => {
      if (request.purpose !== 'title') return played.stream(request);
      asked.push(request);
      return answer(request);
    };
    return {
      ...bench().deps,
      providers: new Map([['played', { stream }]]),
      titles: () => source,
    };
  }

  function openEngine(): Engine {
    const engine = new Engine(deps());
    open.push(engine);
    return engine;
  }

  async function turn(
    engine: Engine,
    threadId: string,
    text = 'Fix the sum\nplease',
  ): Promise<void> {
    const drive = await engine.startTurn({ threadId, text, model, mode: 'default' });
    await drive.done;
  }

  const titleIn = async (threadId: string): Promise<string | null | undefined> =>
    (await bench().deps.store.getThread(threadId))?.title;

  /** Resolves when the thread has its title, as the engine tells it. */
  const titled = (engine: Engine): Promise<string> =>
    new Promise((resolve) => {
      engine.onEvent((event) => {
        if (event.type === 'thread' && event.thread.title !== null) resolve(event.thread.title);
      });
    });

  /** Resolves when the log says that a title could not be made. */
  const failed = async (times: number): Promise<void> => {
    const { logger } = bench();
    while (logger.lines.filter((line) => line.includes('title of')).length < times) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  it('come from the model after the first turn, from its message and the start of its reply (H61)', async () => {
    const engine = openEngine();
    const { id } = await engine.createThread();
    bench().say({ text: `I look. ${'x'.repeat(5000)}` });
    answer = says('"Invoice', ' rounding."');
    const title = titled(engine);
    const during = engine.onEvent((event) => {
      if (event.type === 'text') assert.equal(asked.length, 0);
    });
    await turn(engine, id, `Fix the sum\n${'y'.repeat(5000)}`);
    assert.equal(await title, 'Invoice rounding');
    during.dispose();
    const [request] = asked;
    assert.deepEqual(request?.tools, []);
    const said = JSON.stringify(request?.messages);
    assert.match(said, /Fix the sum.*Agent: I look/s);
    assert.ok(said.length < 4000);
    bench().say({ text: 'b' });
    await turn(engine, id);
    assert.deepEqual([await titleIn(id), asked.length], ['Invoice rounding', 1]);
  });

  it('until then a thread is called by its first line', async () => {
    const engine = openEngine();
    const { id } = await engine.createThread();
    bench().say(async function* () {
      const thread = await bench().deps.store.getThread(id);
      assert.deepEqual([thread?.title, titleOf(thread)], [null, 'Fix the sum']);
      yield { type: 'text', delta: 'done' };
      yield { type: 'end', reason: 'stop' };
    });
    answer = says('A title');
    const title = titled(engine);
    await turn(engine, id);
    await title;
  });

  it('block nothing: the turn is over and the next one runs while the model says nothing', async () => {
    const engine = openEngine();
    const { id } = await engine.createThread();
    bench().say({ text: 'a' }, { text: 'b' });
    answer = hangs;
    await turn(engine, id);
    await engine.idle();
    await turn(engine, id);
    const turns = await bench().deps.store.turnsOfThread(id);
    assert.deepEqual(
      turns.map(({ status, code }) => [status, code]),
      [
        ['finished', null],
        ['finished', null],
      ],
    );
    assert.equal(asked.length, 1);
    engine.dispose();
    assert.equal(asked[0]?.signal.aborted, true);
    assert.equal(await titleIn(id), null);
  });

  it('are not asked for after a turn without a reply, but after the next', async () => {
    const engine = openEngine();
    const { id } = await engine.createThread();
    const failing: Answer = async function* () {
      throw new Error('no reply at all');
      yield { type: 'end', reason: 'stop' };
    };
    bench().say(failing, { text: 'a' });
    answer = says('A title');
    const title = titled(engine);
    await turn(engine, id);
    await turn(engine, id);
    assert.equal(await title, 'A title');
    assert.equal(asked.length, 1);
  });

  it('that could not be had are asked for once more after the next turn, then the first line holds (H61)', async () => {
    const engine = openEngine();
    const { id } = await engine.createThread();
    bench().say({ text: 'a' }, { text: 'b' }, { text: 'c' });
    answer = fails;
    await turn(engine, id);
    await failed(1);
    assert.equal(await titleIn(id), null);
    const title = titled(engine);
    await turn(engine, id);
    assert.equal(await title, 'Fix the sum');
    await turn(engine, id);
    assert.equal(asked.length, 2);
  });

  for (const nonsense of ['', '"…"', '\u202E\u200B', '<think>I wonder']) {
    it(`the first line holds when the model answers ${JSON.stringify(nonsense)}`, async () => {
      const engine = openEngine();
      const { id } = await engine.createThread();
      bench().say({ text: 'a' });
      answer = says(nonsense);
      const title = titled(engine);
      await turn(engine, id);
      assert.equal(await title, 'Fix the sum');
    });
  }

  it('a secret that this program was handed is taken out of a title', async () => {
    const secret = 'sk-verysecret-0123456789';
    bench().deps.redactor.add(secret);
    const engine = openEngine();
    const { id } = await engine.createThread();
    bench().say({ text: 'a' });
    answer = says(`Use ${secret}`);
    const title = titled(engine);
    await turn(engine, id);
    assert.equal(await title, 'Use [redacted:api-key]');
  });

  it('give up after their time', async () => {
    source = 'later';
    const engine = openEngine();
    const { id } = await engine.createThread();
    bench().say({ text: 'a' });
    await turn(engine, id);
    source = 'model';
    answer = hangs;
    const titles = new Titles(deps(), 10);
    open.push(titles);
    const [last] = await bench().deps.store.turnsOfThread(id);
    assert.ok(last);
    titles.onTurn(last);
    await failed(1);
    assert.match(bench().logger.lines.join('\n'), /title_timeout/);
    assert.equal(asked[0]?.signal.aborted, true);
    assert.equal(await titleIn(id), null);
  });

  it('wait for trust', async () => {
    source = 'later';
    const engine = openEngine();
    const { id } = await engine.createThread();
    bench().say({ text: 'a' });
    await turn(engine, id);
    engine.catchUpTitles();
    await bench().deps.store.untitledThreads(0);
    assert.deepEqual([asked.length, await titleIn(id)], [0, null]);
  });

  it('are the first line at once when the settings say so', async () => {
    source = 'firstLine';
    const engine = openEngine();
    const { id } = await engine.createThread();
    bench().say({ text: 'a' });
    const title = titled(engine);
    await turn(engine, id);
    assert.equal(await title, 'Fix the sum');
    assert.equal(asked.length, 0);
  });

  it('that a dead process owed are asked for once by the next windows: one title, the first line if that fails', async () => {
    source = 'later';
    const dead = openEngine();
    const [{ id: good }, { id: bad }] = [await dead.createThread(), await dead.createThread()];
    for (const id of [good, bad]) {
      bench().say({ text: 'a' });
      await turn(dead, id, id === good ? 'Good' : 'Bad');
    }
    dead.dispose();
    source = 'model';
    answer = (request) =>
      (JSON.stringify(request.messages).includes('Bad') ? fails : says(`Title ${asked.length}`))(
        request,
      );
    const { folder, logger } = bench();
    const file = folder.at('state.db');
    const other = await openStore({ file, logger, clock: bench().deps.clock });
    open.push(other.store);
    const fresh = new Titles({ ...deps(), ...other });
    fresh.catchUp();
    await other.store.untitledThreads(0);
    assert.equal(asked.length, 0, 'the window that drove it may still be asking');
    fresh.dispose();
    const clock = { now: () => Date.now() + 60_000 };
    const told: string[] = [];
    const emit: RunnerDeps['emit'] = (event) => {
      if (event.type === 'thread') told.push(event.thread.id);
    };
    for (const parts of [deps(), { ...deps(), ...other }]) {
      const titles = new Titles({ ...parts, clock, emit });
      open.push(titles);
      titles.catchUp();
    }
    while ((await titleIn(bad)) === null || (await titleIn(good)) === null) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(await titleIn(bad), 'Bad');
    assert.match(String(await titleIn(good)), /^Title \d$/);
    assert.equal(new Set(told).size, told.length, 'each title was set once');
  });
});
