import { z } from 'zod';

/** Tokens as the provider counts them. `cached_tokens` is part of input, `reasoning_tokens` part of output. */
export const Usage = z.object({
  input_tokens: z.number().int(),
  output_tokens: z.number().int(),
  cached_tokens: z.number().int().optional(),
  reasoning_tokens: z.number().int().optional(),
});
export type Usage = z.infer<typeof Usage>;
