// Where secrets stand, with the real scanner: each kind, in any place, in long texts, and without the scanner.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findSecrets, withoutRanges } from '../../../../src/core/screening/findSecrets.ts';
import { createSecretScanner } from '../../../../src/node/screening/secretlint.ts';
import { recordingLogger } from '../../../fakes/recordingLogger.ts';
import {
  awsSecret,
  githubToken,
  KEY_BODY,
  npmToken,
  privateKey,
  slackHook,
} from '../../../fakes/secrets.ts';

const logger = recordingLogger();
const deps = { secretScanner: createSecretScanner(), logger };
const cleared = async (text: string): Promise<string> =>
  withoutRanges(text, await findSecrets(deps, text));

describe('finding secrets', () => {
  const samples: Record<string, readonly [secret: string, text: string]> = {
    'a GitHub token': [githubToken, `use ${githubToken} now`],
    'an npm token': [npmToken, `//registry/:_auth${'Token'}=${npmToken}`],
    // The rule says where the assignment begins, with the length of the value.
    'an AWS key': [awsSecret, `aws_secret_access_key = ${awsSecret}\nregion = x`],
    'a Slack hook': [slackHook, `post to ${slackHook}`],
    'a private key': [KEY_BODY, `a\n${privateKey()}\nb`],
    'a line of an .env file': ['hunter2', 'A=1\nDB_PASSWORD=hunter2\nB=2'],
    'a password in an address': ['hunter2', 'postgres://me:hunter2@host/db'],
  };
  for (const [name, [secret, text]] of Object.entries(samples)) {
    it(`takes out ${name}, and a second time nothing`, async () => {
      const once = await cleared(text);
      assert.ok(!once.includes(secret), 'it is still there');
      assert.match(once, /\[redacted:[\w-]+\]/);
      assert.equal(await cleared(once), once);
    });
  }

  it('keeps what is around a secret', async () => {
    assert.equal(await cleared(`use ${githubToken} now`), 'use [redacted:github-token] now');
    const address = await cleared('postgres://me:hunter2@host/db');
    assert.equal(address, 'postgres://me:[redacted:url-password]@host/db');
  });

  it('leaves ordinary text alone', async () => {
    const texts = [
      ...['', 'MAX_KEY=5 npm test', 'DEBUG_TOKEN=true', 'const token = parseToken(input);'],
      ...['API_KEY=$OTHER npm test', 'f532dc9e67f1337fa43c649fa71e7831c52014b0', 'sk-'],
    ];
    for (const text of texts) assert.deepEqual(await findSecrets(deps, text), [], text);
  });

  it('finds a secret wherever it stands in a text of many pieces', async () => {
    const places = fc.integer({ min: 0, max: 600_000 });
    const filler = 'some words of a long text\n'.repeat(25_000);
    await fc.assert(
      fc.asyncProperty(places, fc.constantFrom(githubToken, privateKey(40)), async (at, secret) => {
        const before = filler.slice(0, at);
        const after = filler.slice(at);
        const [range, ...more] = await findSecrets(deps, `${before}\n${secret}\n${after}`);
        assert.deepEqual(more, []);
        assert.deepEqual([range?.start, range?.end], [at + 1, at + 1 + secret.length]);
      }),
      { numRuns: 30, seed: 1 },
    );
  }).timeout(60_000);

  it('a long text does not hold the event loop', async () => {
    const text = `${'const x = compute(alpha, beta); // https://example.com/a?b=c\n'.repeat(80_000)}${githubToken}`;
    await cleared(githubToken);
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    const start = performance.now();
    assert.equal((await findSecrets(deps, text)).length, 1);
    const took = performance.now() - start;
    clearInterval(timer);
    assert.ok(longest < took / 2 || longest < 100, `${longest} of ${took} ms at once`);
  }).timeout(60_000);

  it('without the scanner our own patterns count, and the log quotes nothing', async () => {
    const secretScanner = {
      scan: async (text: string) => Promise.reject(new TypeError(`cannot scan ${text}`)),
    };
    const found = await findSecrets({ secretScanner, logger }, `x ${githubToken}`);
    assert.deepEqual(found, [{ start: 2, end: 42, kind: 'github-token' }]);
    assert.match(logger.lines.join('\n'), /secret scanner failed \(TypeError\)/);
    assert.ok(!logger.lines.join('\n').includes(githubToken));
  });
});
