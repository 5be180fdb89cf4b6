// git itself, for tests that compare with it: nobody's configuration but the repository's own.
import { execFileSync } from 'node:child_process';

const ENV = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'T',
  GIT_AUTHOR_EMAIL: 't@example.org',
  GIT_COMMITTER_NAME: 'T',
  GIT_COMMITTER_EMAIL: 't@example.org',
};

/** Runs git in a folder and gives what it prints; throws when it fails. */
export function gitIn(folder: string, ...words: string[]): string {
  return execFileSync('git', words, {
    cwd: folder,
    env: ENV,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
