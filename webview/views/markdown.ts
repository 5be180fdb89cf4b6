// The assistant's markdown as DOM: parsed, sanitised, without raw HTML, images or live links. Blocks that are finished
// keep their nodes while text streams in, and are not parsed again.
import DOMPurify from 'dompurify';
import { Marked, type Token } from 'marked';
import { displayRuns } from '../../src/protocol/displayBytes.ts';
import { t } from '../../src/protocol/l10n.ts';
import { codeBlock, linkButton, type TextUses } from './codeBlock.ts';

const MAX_MARKDOWN = 200_000;
/** Text that comes can change the last block, and by a line of dashes or a lazy one what stands right before it. */
const UNFINISHED_BLOCKS = 2;
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
      `${escapeHtml(token.text || t('image'))} <span>(${escapeHtml(token.href)})</span>`,
    checkbox: (token) => (token.checked ? '☑ ' : '☐ '),
    code: ({ text, lang }) =>
      `<pre data-language="${escapeHtml(lang ?? '')}"><code>${escapeHtml(text)}</code></pre>`,
    link(token) {
      const label = this.parser.parseInline(token.tokens);
      const address = `<span data-address="${escapeHtml(token.href)}">${escapeHtml(token.href)}</span>`;
      return token.text === token.href ? address : `${label} <span>(${address})</span>`;
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
  /** Where the text after it begins. */
  end: number;
}

/** Blocks of `text`, those of `known` reused where they are the same. `before`: the text that they were made of. */
export function markdownBlocks(
  text: string,
  known: readonly Block[],
  before: string,
  uses: TextUses,
): Block[] {
  if (text.length > MAX_MARKDOWN) return [plainBlock(text, known[0])];
  const kept = text.startsWith(before) ? known.slice(0, -UNFINISHED_BLOCKS) : [];
  let end = kept.at(-1)?.end ?? 0;
  const blocks = [...kept];
  for (const token of parser.lexer(text.slice(end))) {
    end += token.raw.length;
    if (token.type === 'space' || token.type === 'def') continue;
    const same = known[blocks.length];
    const node = same?.raw === token.raw ? same.node : blockNode(token, uses);
    blocks.push({ raw: token.raw, node, end });
  }
  return blocks;
}

function plainBlock(text: string, known: Block | undefined): Block {
  if (known?.raw === text) return known;
  const node = document.createElement('div');
  node.className = 'md-block md-plain';
  node.append(text);
  showHidden(node);
  return { raw: text, node, end: 0 };
}

function blockNode(token: Token, uses: TextUses): HTMLElement {
  const node = document.createElement('div');
  node.className = 'md-block';
  const clean = DOMPurify.sanitize(parser.parser([token]), {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ['data-language', 'data-address'],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
  node.append(clean);
  // As they are written, before hidden characters are made visible.
  const codes = [...node.querySelectorAll('pre')].map((pre) => pre.textContent);
  showHidden(node);
  for (const [at, pre] of [...node.querySelectorAll('pre')].entries())
    codeBlock(pre, codes[at] ?? '', uses);
  for (const span of node.querySelectorAll('[data-address]')) linkButton(span, uses);
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
