import { z } from 'zod';

/** How the files begin that models read, in base64. */
const beginnings: Record<string, RegExp> = {
  'image/png': /^iVBORw0KGg/,
  'image/jpeg': /^\/9j\//,
  'image/gif': /^R0lGOD[dl]h/,
  'image/webp': /^UklGR.{6}XRUJQ/,
  'application/pdf': /^JVBERi0/,
};

/**
 * An image or a PDF beside the text; `data` is base64 without line breaks. Anywhere in a step's input it goes to the step's model and to its
 * critics as a part of the message; the prompt sees its name only.
 */
export const Attachment = z
  .strictObject({
    name: z.string().min(1).max(200),
    media_type: z.enum(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'application/pdf']),
    data: z.base64().min(16),
  })
  .refine(({ media_type, data }) => beginnings[media_type]?.test(data), {
    error: 'the data is no file of this media_type',
    path: ['data'],
  });
export type Attachment = z.infer<typeof Attachment>;
