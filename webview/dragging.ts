// What is shown while something is dragged over the chat: that it can be dropped.
import { isAttachable } from './composing.ts';

const OVER = 'dropping';

export function dragOver(event: DragEvent): void {
  if (!isAttachable(event.dataTransfer)) return;
  event.preventDefault();
  if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
  if (event.currentTarget instanceof Element) event.currentTarget.classList.add(OVER);
}

/** Also when it was dropped. Over a part of the chat it is still over the chat. */
export function dragLeave({ type, currentTarget, relatedTarget }: DragEvent): void {
  if (!(currentTarget instanceof Element)) return;
  const inside = relatedTarget instanceof Node && currentTarget.contains(relatedTarget);
  if (type === 'drop' || !inside) currentTarget.classList.remove(OVER);
}
