// The page of a webview: one script, one style sheet, a strict content security policy. Pure.
import { t, type Translations } from '../protocol/l10n.ts';

/**
 * Who may make HTML of text, in the page: the libraries that render templates, controls and the agent's markdown. There is no
 * default policy, and no name can be taken twice.
 */
const TRUSTED_TYPES = 'lit-html fast-html dompurify';

interface PageParts {
  nonce: string;
  /** The page's key: each of its messages carries it. */
  page: string;
  cspSource: string;
  scriptUri: string;
  styleUri: string;
  /** Of the display, such as `de`. */
  language: string;
  words: Translations;
}

/** `cspSource` is the origin of the page's own files; nothing is loaded from, sent to or framed from anywhere else. */
export function contentPolicy(nonce: string, cspSource: string): string {
  return [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
    `img-src 'none'`,
    `connect-src 'none'`,
    `frame-src 'none'`,
    `form-action 'none'`,
    `base-uri 'none'`,
    `require-trusted-types-for 'script'`,
    `trusted-types ${TRUSTED_TYPES}`,
  ].join('; ');
}

export function webviewHtml(parts: PageParts): string {
  const { nonce, page, cspSource, scriptUri, styleUri } = parts;
  const csp = contentPolicy(nonce, cspSource);
  const words = escaped(JSON.stringify(parts.words));
  return `<!DOCTYPE html>
<html lang="${escaped(parts.language)}">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${csp}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" nonce="${nonce}" href="${styleUri}" />
    <title>Countersign</title>
  </head>
  <body>
    <countersign-app></countersign-app>
    <script nonce="${nonce}" data-page="${page}" data-words="${words}" src="${scriptUri}"></script>
  </body>
</html>
`;
}

/** A page without script that says why there is nothing to show. */
export function errorHtml(message: string, language: string): string {
  return `<!DOCTYPE html>
<html lang="${escaped(language)}">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'" />
    <title>Countersign</title>
  </head>
  <body>
    <h3>${escaped(t('Countersign cannot start'))}</h3>
    <p data-testid="start-error">${escaped(message)}</p>
    <p>${escaped(t('When that is mended, close this view and open it again.'))}</p>
  </body>
</html>
`;
}

/** For text between tags and in attributes. */
function escaped(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? '');
}
