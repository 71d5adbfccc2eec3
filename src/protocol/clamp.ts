// The second remedy: a rule that clamps the MSS of one family, for paths that lose large packets.
import * as z from "zod/mini";
import { Family } from "./round.ts";

/** A mangle rule as RouterOS spells it: every value a string. `tcp-mss` keeps a number from raising one. */
export const ClampFields = z.object({
  chain: z.literal("forward"),
  action: z.literal("change-mss"),
  "new-mss": z.string(),
  passthrough: z.literal("yes"),
  protocol: z.literal("tcp"),
  "tcp-flags": z.literal("syn"),
  "tcp-mss": z.optional(z.string()),
  comment: z.string(),
});
export type ClampFields = z.infer<typeof ClampFields>;

/** The rule of one family, and the numbers that are tried after it, one by one, while it does not help. */
export const PlannedClamp = z.object({
  family: Family,
  rule: ClampFields,
  steps: z.array(z.number()),
});
export type PlannedClamp = z.infer<typeof PlannedClamp>;
