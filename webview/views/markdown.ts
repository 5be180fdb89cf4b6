// The assistant's markdown as DOM: parsed, sanitised, without raw HTML, images or live links. Blocks that did not
// change while text streams in keep their nodes.
import DOMPurify from 'dompurify';
import { Marked, type Token } from 'marked';
import { t } from '../../src/protocol/l10n.ts';
import { displayRuns } from '../../src/protocol/displayBytes.ts';

const MAX_MARKDOWN = 200_000;
const TAGS =
  'p br strong em del code pre ul ol li blockquote h1 h2 h3 h4 h5 h6 hr table thead tbody tr th td span'.split(
    ' ',
  );

// Takes the name of its trusted-types policy now: it cannot be taken a second time.
DOMPurify.sanitize('');

const parser = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    html: (token) => escapeHtml(token.raw),
    image: (token) =>
      `${escapeHtml(token.text || 'image')} <span>(${escapeHtml(token.href)})</span>`,
    checkbox: (token) => (token.checked ? '☑ ' : '☐ '),
    link(token) {
      const label = this.parser.parseInline(token.tokens);
      return token.text === token.href
        ? label
        : `${label} <span>(${escapeHtml(token.href)})</span>`;
    },
  },
});

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

export interface Block {
  raw: string;
  node: HTMLElement;
}

/** Blocks of `text`, those of `known` reused where they are the same. */
export function markdownBlocks(text: string, known: readonly Block[]): Block[] {
  if (text.length > MAX_MARKDOWN) return [plainBlock(text, known[0])];
  const tokens = parser
    .lexer(text)
    .filter((token) => token.type !== 'space' && token.type !== 'def');
  return tokens.map((token, index) => {
    const same = known[index];
    return same?.raw === token.raw ? same : { raw: token.raw, node: blockNode(token) };
  });
}

function plainBlock(text: string, known: Block | undefined): Block {
  if (known?.raw === text) return known;
  const node = document.createElement('div');
  node.className = 'md-block md-plain';
  node.append(text);
  showHidden(node);
  return { raw: text, node };
}

function blockNode(token: Token): HTMLElement {
  const node = document.createElement('div');
  node.className = 'md-block';
  const clean = DOMPurify.sanitize(parser.parser([token]), {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: [],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
  node.append(clean);
  showHidden(node);
  return node;
}

/** Puts chips in place of characters that would not be seen. */
function showHidden(root: HTMLElement): void {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found: Text[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node instanceof Text) found.push(node);
  }
  for (const text of found) {
    const shown = displayRuns(text.data, true);
    if (!shown.some((run) => run.hidden)) continue;
    text.replaceWith(...shown.map((run) => (run.hidden ? chip(run.text) : run.text)));
  }
}

function chip(text: string): HTMLElement {
  const node = document.createElement('span');
  node.className = 'hidden-char';
  node.append(text);
  return node;
}
