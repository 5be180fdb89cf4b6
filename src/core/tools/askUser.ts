// ask_user: a question to the human. It always pauses; the answer is the human's response, never made here.
import { z } from 'zod';
import { text } from './args.ts';
import { defineTool } from './tool.ts';

const option = z.strictObject({
  label: text().min(1).max(280).describe('What the user reads.'),
  value: text().min(1).max(500).optional().describe('What comes back. Default: the label.'),
});

const schema = z.strictObject({
  question: text()
    .max(2000)
    .refine((value) => value.trim() !== '', { message: 'is empty' })
    .describe('The question, in one or two sentences.'),
  description: text().max(4000).optional().describe('Background the user needs to answer.'),
  options: z
    .array(option)
    .max(12)
    .refine(hasUniqueValues, { message: 'two options have the same value' })
    .optional()
    .describe('Answers to choose from. The user may always answer in their own words.'),
  multi_select: z.boolean().optional().describe('Several options may be chosen. Default false.'),
});

export const askUser = defineTool({
  name: 'ask_user',
  group: 'none',
  description:
    'Asks the user a question and waits for the answer. Use it when a choice is theirs to make or something is unclear; ' +
    'not to ask for permission, which every change asks for anyway.',
  schema,
  describe: async (args) => ({
    ok: true,
    proposal: {
      kind: 'question',
      question: args.question,
      ...(args.description === undefined ? {} : { description: args.description }),
      options: (args.options ?? []).map(({ label, value }) => ({ label, value: value ?? label })),
      multiSelect: args.multi_select ?? false,
    },
    subject: { group: 'none', tool: 'ask_user' },
  }),
  perform: async () => ({
    outcome: 'error',
    text: 'The user did not answer the question.',
  }),
});

function hasUniqueValues(options: { label: string; value?: string | undefined }[]): boolean {
  return new Set(options.map(({ label, value }) => value ?? label)).size === options.length;
}
