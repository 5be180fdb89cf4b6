// What undoing a turn means to do, file by file, as it is fixed at the start: what each file would become is told by its card.
import { z } from 'zod';

const File = z.object({
  path: z.string(),
  /** For the human, after the path: what becomes of it, or why it stays as it is. */
  says: z.string(),
});

export const UndoPlan = z.object({
  turnId: z.string(),
  /** The message that began that turn, in one line. */
  title: z.string(),
  files: z.array(File),
  /** Files of the turn that are left as they are. */
  left: z.array(File),
});
export type UndoPlan = z.infer<typeof UndoPlan>;
export type UndoFile = z.infer<typeof File>;
