// The page of a webview: one script, one style sheet, a strict content security policy. Pure.

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

export function webviewHtml({ nonce, page, cspSource, scriptUri, styleUri }: PageParts): string {
  const csp = contentPolicy(nonce, cspSource);
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${csp}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" nonce="${nonce}" href="${styleUri}" />
    <title>Countersign</title>
  </head>
  <body>
    <countersign-app></countersign-app>
    <script nonce="${nonce}" data-page="${page}" src="${scriptUri}"></script>
  </body>
</html>
`;
}

/** A page without script that says why there is nothing to show. */
export function errorHtml(message: string): string {
  const text = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'" />
    <title>Countersign</title>
  </head>
  <body>
    <h3>Countersign cannot start</h3>
    <p data-testid="start-error">${text}</p>
    <p>When that is mended, close this view and open it again.</p>
  </body>
</html>
`;
}
