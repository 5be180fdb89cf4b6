// What is done with a secret in what a human wrote.
import { z } from 'zod';

export const SecretAction = z.enum(['block', 'redact', 'warn']);
export type SecretAction = z.infer<typeof SecretAction>;
