import { z } from 'zod';

/** RFC 9457 problem details, as every error of the API is sent. `docs`: the page of this package that explains it. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string(),
  next: z.string(),
  docs: z.string(),
  request_id: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});
export type Problem = z.infer<typeof Problem>;
