// What the rows of both menus have in common.
import * as z from "zod";

/** In the comment of everything that is ours; the only thing that makes it ours. */
const MARK = "[backon]";

export function bearsOurMark(comment: string | null): boolean {
  return comment !== null && comment.includes(MARK);
}

/** `*` and hexadecimal digits. */
export const RowId = z.templateLiteral(["*", z.string().regex(/^[0-9A-Fa-f]{1,16}$/)]);
export type RowId = z.infer<typeof RowId>;

/** Left out, `"false"` and `""` are the same. */
export const flag = z
  .enum(["true", "false", "yes", "no", ""])
  .optional()
  .transform((text) => text === "true" || text === "yes");
