// The scanner's port, on the real rules: ranges that cover the secret, a short kind, and no trace of what was scanned.
import assert from 'node:assert/strict';
import { secretLintProfiler } from '@secretlint/profiler';
import { createSecretScanner } from '../../../../src/node/screening/secretlint.ts';
import { awsSecret, githubToken, npmToken, slackHook } from '../../../fakes/secrets.ts';

describe('the secret scanner', () => {
  const scanner = createSecretScanner();

  for (const [kind, secret] of Object.entries({
    github: githubToken,
    npm: npmToken,
    slack: slackHook,
    aws: awsSecret,
  })) {
    it(`covers the whole of a secret of kind ${kind}`, async () => {
      const text = `first line\nAWS_SECRET_ACCESS_KEY = ${secret} and more`;
      const at = text.indexOf(secret);
      const found = (await scanner.scan(text)).filter((range) => range.kind === kind);
      assert.ok(
        found.some(({ start, end }) => start <= at && end === at + secret.length),
        JSON.stringify(found),
      );
    });
  }

  it('finds nothing in ordinary or empty text', async () => {
    assert.deepEqual(await scanner.scan(''), []);
    assert.deepEqual(await scanner.scan('just words, 12345 and a path /a/b/c\n'.repeat(100)), []);
  });

  it('keeps no record of its scans', async () => {
    await scanner.scan(githubToken);
    assert.equal(secretLintProfiler.isEnabled, false);
    const marks = performance.getEntries().filter(({ name }) => name.includes('lint'));
    assert.deepEqual(marks, []);
  });
});
