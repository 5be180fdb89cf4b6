import assert from 'node:assert/strict';
import fc from 'fast-check';
import { redact } from '../../../../src/core/ledger/redact.ts';

const B36 = 'abcdefghijklmnopqrstuvwxyz0123456789';
const pem = (kind: string): string =>
  `-----BEGIN ${kind}PRIVATE KEY-----\nMIIEow${B36}\n${B36}==\n-----END ${kind}PRIVATE KEY-----`;

// Written in parts: none of them is a real key, and no scanner shall take this file for one.
const secrets: Record<string, readonly [text: string, kept: string]> = {
  'an OpenAI key': [`use ${'sk-'}proj-${B36} now`, 'use [redacted:api-key] now'],
  'an Anthropic key': [`${'sk-'}ant-api03-${B36}_-AA`, '[redacted:api-key]'],
  'a GitHub token': [`x ${'ghp_'}${B36} y`, 'x [redacted:github-token] y'],
  'a fine-grained GitHub token': [`(${'github_pat_'}11ABC_${B36})`, '([redacted:github-token])'],
  'a GitLab token': [`${'glpat-'}${B36}`, '[redacted:gitlab-token]'],
  'an AWS key id': [`id ${'AKIA'}ABCDEFGHIJKLMNOP.`, 'id [redacted:aws-key-id].'],
  'a Google key': [`${'AIza'}${B36.slice(0, 35)}`, '[redacted:google-key]'],
  'a Slack token': [`${'xoxb-'}1234567890-abcdef`, '[redacted:slack-token]'],
  'an npm token': [`${'npm_'}${B36}`, '[redacted:npm-token]'],
  'a Stripe key': [`${'sk_'}live_${B36}`, '[redacted:stripe-key]'],
  'a web token': [`${'eyJ'}hbGciOiJI.${'eyJ'}zdWIiOiIx.SflKxwRJSM`, '[redacted:jwt]'],
  'an authorization header': [
    `curl -H "Authorization: Bearer ${B36}" x`,
    'curl -H "Authorization: Bearer [redacted:authorization]" x',
  ],
  'an authorization in JSON': [
    `{"authorization":"Basic ${B36}"}`,
    '{"authorization":"Basic [redacted:authorization]"}',
  ],
  'a bearer token by itself': [`bearer ${B36}`, 'bearer [redacted:bearer]'],
  'a password in an address': [
    'git clone https://me:hunter2@host/x',
    'git clone https://me:[redacted:url-password]@host/x',
  ],
  'a private key': [`a\n${pem('RSA ')}\nb`, 'a\n[redacted:private-key]\nb'],
  'a private key without a kind': [pem(''), '[redacted:private-key]'],
  'a private key that is cut off': [`a ${pem('EC ').slice(0, 60)}`, 'a [redacted:private-key]'],
  'an assignment': ['DB_PASSWORD=hunter2 npm test', 'DB_PASSWORD=[redacted:environment] npm test'],
  'a quoted assignment': [
    'export API_KEY="a b c" && go',
    'export API_KEY=[redacted:environment] && go',
  ],
  'two lines of an .env file': [
    'A=1\nMY_TOKEN=abc\nB=2',
    'A=1\nMY_TOKEN=[redacted:environment]\nB=2',
  ],
};

const harmless = [
  'npm test -- --grep "sk-"',
  'const token = parseToken(input);',
  'API_KEY=$OTHER_KEY npm test',
  'MONKEY business, KEYBOARD=',
  'task-management-for-the-whole-team',
  'https://example.com/a:b@c',
  'the authorization was given',
  'f532dc9e67f1337fa43c649fa71e7831c52014b02f1d4c1805e3fb78f2352793',
];

describe('redaction', () => {
  for (const [name, [text, kept]] of Object.entries(secrets)) {
    it(`takes out ${name} and keeps what is around it`, () => assert.equal(redact(text), kept));
  }

  for (const text of harmless) {
    it(`leaves ${JSON.stringify(text)} alone`, () => assert.equal(redact(text), text));
  }

  it('finds every secret in any text around it, and changes nothing a second time (F4)', () => {
    const secret = fc.constantFrom(...Object.values(secrets).map(([text]) => text));
    const around = fc.string({ unit: fc.constantFrom(...'ab \n"\'=:{}$é😀') });
    fc.assert(
      fc.property(around, secret, around, (before, text, after) => {
        const once = redact(`${before}\n${text}\n${after}`);
        assert.ok(!once.includes(text));
        assert.equal(redact(once), once);
      }),
    );
  });

  it('takes linear time on texts made to delay it', () => {
    const parts = [
      ...['-----BEGIN PRIVATE KEY-----', 'KEY', 'A', 'authorization: ', 'bearer ', 'a://b:'],
      ...['eyJaaaaaaaa.', 'sk-', 'TOKEN=', 'AKIA', 'ghp_', ' '],
    ];
    for (const part of parts) {
      const text = part.repeat(Math.ceil(1_000_000 / part.length));
      const start = performance.now();
      redact(text);
      const took = performance.now() - start;
      assert.ok(took < 2000, `${JSON.stringify(part)} took ${Math.round(took)} ms`);
    }
  }).timeout(60_000);
});
