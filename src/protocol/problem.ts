// Error bodies: RFC 9457 problem details, `application/problem+json`.
import * as z from "zod/mini";

export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  /** What was tried, what happened, what to do next. Never a secret. */
  detail: z.string(),
  instance: z.optional(z.string()),
});
export type Problem = z.infer<typeof Problem>;
