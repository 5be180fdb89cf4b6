// The conversation as plain data: what the model is sent, what the graph carries and what the store keeps.
// Arguments stay JSON text until a tool parses them, so stored data can never revive as a class.
import { z } from 'zod';
import { AttachedView, ImageMedia } from '../../protocol/attachments.ts';

export const ToolCall = z.object({ id: z.string(), name: z.string(), argsText: z.string() });
export type ToolCall = z.infer<typeof ToolCall>;

export const Usage = z.object({ input: z.number(), output: z.number() });
export type Usage = z.infer<typeof Usage>;

/** That a message says an earlier one of its thread again, which stays as it is; no model is told of it. */
export const SaidAgain = z.object({ turnId: z.string(), how: z.enum(['edit', 'retry']) });
export type SaidAgain = z.infer<typeof SaidAgain>;

/** What went with a user's message: its content lies apart, by the hash (core/ports/blobStore.ts). */
export const Attached = AttachedView.extend({
  media: ImageMedia.optional(),
  /** Characters of a text, bytes of an image. */
  size: z.number(),
});
export type Attached = z.infer<typeof Attached>;

export const Message = z.discriminatedUnion('role', [
  z.object({
    role: z.literal('user'),
    id: z.string(),
    text: z.string(),
    /** The turn that this one undoes: no model is asked, and it is told of it in other words (undo/told.ts). */
    undoes: z.string().optional(),
    again: SaidAgain.optional(),
    attachments: z.array(Attached).optional(),
  }),
  z.object({
    role: z.literal('assistant'),
    id: z.string(),
    text: z.string(),
    toolCalls: z.array(ToolCall),
    /** Said beside the reply, for the human to read: no part of what a model is sent. */
    reasoning: z.string().optional(),
    usage: Usage.optional(),
  }),
  z.object({
    role: z.literal('tool'),
    id: z.string(),
    callId: z.string(),
    tool: z.string(),
    status: z.enum(['ok', 'error']),
    text: z.string(),
  }),
]);
export type Message = z.infer<typeof Message>;
export type AssistantMessage = Extract<Message, { role: 'assistant' }>;
export type ToolMessage = Extract<Message, { role: 'tool' }>;
