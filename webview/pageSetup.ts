// Must be the first import of the page: prepares what the libraries look for while they load, so that none of them
// runs into the page's CSP.
import { z } from 'zod';
import { useTranslations } from '../src/protocol/l10n.ts';

// zod would otherwise probe `new Function`.
z.config({ jitless: true });

// The controls test `:focus-visible` with a style element and take its nonce from here.
const nonce = document.querySelector('script[nonce]');
if (nonce instanceof HTMLElement && nonce.nonce) {
  const meta = document.createElement('meta');
  meta.setAttribute('property', 'csp-nonce');
  meta.content = nonce.nonce;
  document.head.append(meta);
}

// The words of the display's language, which the host wrote into the page: before anything is rendered.
const script = document.querySelector('script[data-words]');
const written: unknown = JSON.parse(script?.getAttribute('data-words') ?? '{}');
const words = z.record(z.string(), z.string()).safeParse(written);
if (words.success) useTranslations(words.data);
script?.removeAttribute('data-words');
