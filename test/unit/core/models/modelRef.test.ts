import assert from 'node:assert/strict';
import { formatModelRef, parseModelRef } from '../../../../src/core/models/modelRef.ts';
import { AppError } from '../../../../src/core/base/errors.ts';

describe('model references', () => {
  it('split at the first colon and come back as they were', () => {
    assert.deepEqual(parseModelRef('openai:gpt-5'), { provider: 'openai', id: 'gpt-5' });
    for (const text of [
      'scripted:/a b/demo.json',
      'openai:qwen3:8b',
      'vscode:copilot/gpt-5',
      'scripted:C:\\demo.json',
    ]) {
      assert.equal(formatModelRef(parseModelRef(text)), text);
    }
  });

  for (const text of ['', 'gpt-5', ':x', 'openai:', 'openai: ', 'Open AI:x', 'openai:\n']) {
    it(`${JSON.stringify(text)} is refused`, () => {
      assert.throws(
        () => parseModelRef(text),
        (error: unknown) => error instanceof AppError && error.code === 'model_ref_invalid',
      );
    });
  }
});
