// How the command line's process uses memory. Not for the extension host, which is shared.
import v8 from 'node:v8';

/**
 * Keeps V8's young generation at the size that it has, where it would grow to 50 MB and more for what is garbage at once. To be called
 * when the program is loaded: a flag that changes earlier makes Node compile its own modules anew, which takes 50 ms.
 */
export function keepYoungSmall(): void {
  v8.setFlagsFromString('--semi-space-growth-factor=1');
}
