// Must be the first import of the page: prepares what the libraries look for while they load, so that none of them
// runs into the page's CSP.
import { z } from 'zod';

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
