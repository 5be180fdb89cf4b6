// What the human may do with a part of the agent's text: copy code, put it into the file they edit, open an address.
// Each is a press of theirs; the host does it, and asks natively before an address is opened.
import { displayBytes } from '../../src/protocol/displayBytes.ts';
import { t } from '../../src/protocol/l10n.ts';
import { webAddress } from '../../src/protocol/webAddress.ts';

export interface TextUses {
  copy: (text: string) => void;
  insert: (text: string) => void;
  openLink: (address: string) => void;
}

const COPIED_FOR = 1500;
const MAX_LANGUAGE = 30;

/** Gives `pre` a head: its language, and buttons for `text`, which is the code as it is written. */
export function codeBlock(pre: HTMLElement, text: string, uses: TextUses): void {
  const language = (pre.getAttribute('data-language') ?? '').split(/[\s,{]/)[0] ?? '';
  pre.removeAttribute('data-language');
  pre.tabIndex = 0;
  pre.setAttribute('role', 'region');
  pre.setAttribute(
    'aria-label',
    language === '' ? t('Code') : t('Code, {0}', displayBytes(language)),
  );
  const block = element('div', 'code-block');
  const head = element('div', 'code-head');
  const name = element('span', 'code-language');
  name.append(displayBytes(language).slice(0, MAX_LANGUAGE));
  head.append(
    name,
    button('copy', 'copy', t('Copy'), (pressed) => {
      uses.copy(text);
      said(pressed, t('Copied'));
    }),
    button('insert', 'insert', t('Insert at cursor'), () => {
      uses.insert(text);
    }),
  );
  pre.replaceWith(block);
  block.append(head, pre);
}

/** Makes the address that a link names something to press; what is not of the web stays text. */
export function linkButton(span: Element, uses: TextUses): void {
  const address = webAddress(span.getAttribute('data-address') ?? '');
  span.removeAttribute('data-address');
  if (address === undefined) return;
  const link = element('button', 'link md-link');
  link.setAttribute('data-testid', 'md-link');
  link.title = displayBytes(address);
  link.append(...span.childNodes);
  link.addEventListener('click', (event) => {
    if (event.isTrusted) uses.openLink(address);
  });
  span.replaceWith(link);
}

function button(
  id: string,
  iconName: string,
  label: string,
  press: (pressed: HTMLElement) => void,
): HTMLElement {
  const node = element('button', 'icon-button');
  node.setAttribute('data-testid', `code-${id}`);
  node.setAttribute('aria-label', label);
  node.title = label;
  node.append(element('span', `codicon codicon-${iconName}`));
  node.addEventListener('click', (event) => {
    if (event.isTrusted) press(node);
  });
  return node;
}

/** The button says for a moment what it has done. */
function said(node: HTMLElement, word: string): void {
  const label = node.title;
  node.title = word;
  node.setAttribute('aria-label', word);
  node.firstElementChild?.classList.replace('codicon-copy', 'codicon-check');
  setTimeout(() => {
    node.title = label;
    node.setAttribute('aria-label', label);
    node.firstElementChild?.classList.replace('codicon-check', 'codicon-copy');
  }, COPIED_FOR);
}

function element(tag: string, className: string): HTMLElement {
  const node = document.createElement(tag);
  node.className = className;
  return node;
}
