// Keeps the head and the tail of an output that may be endless, in bounded memory. Lengths are in characters.

interface OutputCapture {
  push(text: string): void;
  /** True when something is left out of `text()`. */
  readonly shortened: boolean;
  /** All of it, or head and tail with a line between that says how much is left out. */
  text(): string;
}

export function createOutputCapture(limit: number): OutputCapture {
  const headLimit = Math.floor(limit / 2);
  const tailLimit = limit - headLimit;
  const head: string[] = [];
  let headLength = 0;
  let tail: string[] = [];
  let tailLength = 0;
  let total = 0;

  const trimTail = (): void => {
    // Twice the limit before cutting: each character is copied once on average.
    if (tailLength <= tailLimit * 2) return;
    const kept = tail.join('').slice(-tailLimit);
    tail = [kept];
    tailLength = kept.length;
  };

  return {
    push(text) {
      total += text.length;
      const toHead = text.slice(0, headLimit - headLength);
      if (toHead !== '') head.push(toHead);
      headLength += toHead.length;
      const toTail = text.slice(toHead.length);
      if (toTail === '') return;
      tail.push(toTail);
      tailLength += toTail.length;
      trimTail();
    },
    get shortened() {
      return total > limit;
    },
    text() {
      if (total <= limit) return head.join('') + tail.join('');
      const start = withoutHalf(head.join(''));
      const end = withoutHalf(tail.join('').slice(-tailLimit));
      const left = total - start.length - end.length;
      return `${start}\n[… ${left} characters left out …]\n${end}`;
    },
  };
}

/** Without half a surrogate pair at either edge. */
function withoutHalf(text: string): string {
  return text.replace(/^[\uDC00-\uDFFF]/, '').replace(/[\uD800-\uDBFF]$/, '');
}
