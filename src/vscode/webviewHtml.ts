// The page of a webview: one script, one style sheet, a strict content security policy. Pure.

interface PageParts {
  nonce: string;
  cspSource: string;
  scriptUri: string;
  styleUri: string;
}

export function webviewHtml({ nonce, cspSource, scriptUri, styleUri }: PageParts): string {
  const csp = [
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
    `trusted-types lit-html fast-html dompurify`,
  ].join('; ');
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
    <script nonce="${nonce}" src="${scriptUri}"></script>
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
