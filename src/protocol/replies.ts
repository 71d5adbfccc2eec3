// The Worker's answers to an agent's calls about its job. The newest is kept with the job: a call that
// is repeated gets the same one again.
import * as z from "zod/mini";

export const ProgressReply = z.object({
  cancel: z.boolean(),
  dirty: z.boolean(),
  /** How long the lease now runs, counted from the moment the agent sent this call. */
  leaseMs: z.number(),
});
export type ProgressReply = z.infer<typeof ProgressReply>;

export const ReportReply = z.object({
  state: z.string(),
  outcome: z.nullable(z.string()),
});
export type ReportReply = z.infer<typeof ReportReply>;
