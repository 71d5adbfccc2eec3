// What clients send. Unknown fields are let through silently, as the real server does: a misspelt
// precondition is no precondition.
import * as z from "zod";

export const DeleteOptions = z.looseObject({
  gracePeriodSeconds: z.number().int().nonnegative().optional(),
  dryRun: z.array(z.string()).optional(),
  preconditions: z
    .looseObject({ uid: z.string().optional(), resourceVersion: z.string().optional() })
    .optional(),
});
export type Options = z.infer<typeof DeleteOptions>;

export const EvictionBody = z.looseObject({
  apiVersion: z.enum(["policy/v1", "policy/v1beta1"]),
  kind: z.literal("Eviction"),
  metadata: z.looseObject({ name: z.string().optional() }).optional(),
  deleteOptions: DeleteOptions.optional(),
});

/** How Go's decoder complains about the first character that does not fit. */
export function goJsonError(body: string): string {
  const text = body.trimStart();
  return text.startsWith("{")
    ? `invalid character '${text[1] ?? ""}' looking for beginning of object key string`
    : `invalid character '${text[0] ?? ""}' looking for beginning of value`;
}
