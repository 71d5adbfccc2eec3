// What the rows of both menus have in common.
import * as z from "zod";

/** `*` and hexadecimal digits. */
export const RowId = z.templateLiteral(["*", z.string().regex(/^[0-9A-Fa-f]{1,16}$/)]);
export type RowId = z.infer<typeof RowId>;

/** Left out, `"false"` and `""` are the same. */
export const flag = z
  .enum(["true", "false", "yes", "no", ""])
  .optional()
  .transform((text) => text === "true" || text === "yes");
