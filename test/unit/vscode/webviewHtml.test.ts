import assert from 'node:assert/strict';
import { contentPolicy, errorHtml, webviewHtml } from '../../../src/vscode/webviewHtml.ts';

const ORIGIN = 'https://*.vscode-cdn.net';
const parts = {
  ...{ nonce: 'n1', page: 'k1', cspSource: ORIGIN, scriptUri: 's.js', styleUri: 's.css' },
  ...{ language: 'de', words: { Approve: '"><script>1</script>&' } },
};

const directives = (policy: string): Record<string, string> =>
  Object.fromEntries(
    policy.split('; ').map((one) => {
      const [name = '', ...sources] = one.split(' ');
      return [name, sources.join(' ')];
    }),
  );

describe('the page of a webview', () => {
  it('may load its own script and style, may reach nothing, and makes no HTML of text', () => {
    assert.deepEqual(directives(contentPolicy('n1', ORIGIN)), {
      'default-src': "'none'",
      'script-src': "'nonce-n1'",
      'style-src': `${ORIGIN} 'nonce-n1'`,
      'font-src': ORIGIN,
      'img-src': "'none'",
      'connect-src': "'none'",
      'frame-src': "'none'",
      'form-action': "'none'",
      'base-uri': "'none'",
      'require-trusted-types-for': "'script'",
      'trusted-types': 'lit-html fast-html dompurify',
    });
    assert.ok(webviewHtml(parts).includes(`content="${contentPolicy('n1', ORIGIN)}"`));
  });

  it('has one script, which is given the key of the page and the words of its language, as data', () => {
    const scripts = [...webviewHtml(parts).matchAll(/<script[^>]*>/g)].map(([tag]) => tag);
    const words =
      '{&quot;Approve&quot;:&quot;\\&quot;&gt;&lt;script&gt;1&lt;/script&gt;&amp;&quot;}';
    assert.deepEqual(scripts, [
      `<script nonce="n1" data-page="k1" data-words="${words}" src="s.js">`,
    ]);
    assert.ok(webviewHtml(parts).includes('<html lang="de">'));
  });

  it('that only says what is wrong has no script and makes no element of the message', () => {
    const html = errorHtml('<img src=x onerror=1> &lt; <script>1</script>', 'en');
    assert.match(html, /content="default-src 'none'"/);
    assert.doesNotMatch(html, /<script|<img/);
  });
});
