// One row of /ipv6/firewall/filter as the router tells it.
import * as z from "zod";
import { bearsMark, isRuleWeWrite } from "./ours.ts";
import { flag, RowId } from "./row-fields.ts";

const counter = z
  .string()
  .regex(/^\d{1,40}$/)
  .default("0")
  .transform(BigInt);

const Known = z
  .object({
    ".id": RowId,
    chain: z.string(),
    action: z.string(),
    comment: z.string().optional(),
    disabled: flag,
    dynamic: flag,
    log: flag,
    "log-prefix": z.string().default(""),
    packets: counter,
    bytes: counter,
  })
  .transform(({ ".id": id, chain, action, comment, disabled, dynamic, packets, ...row }) => ({
    id,
    chain,
    action,
    comment: comment ?? null,
    disabled,
    dynamic,
    /** Somebody wants to see what it hits; we never ask for that. */
    logs: row.log || row["log-prefix"] !== "",
    packets,
  }));

/** What says nothing about what a rule does; `invalid` differs between equal rules. */
const NO_FIELDS = [
  "comment",
  "disabled",
  "dynamic",
  "packets",
  "bytes",
  "invalid",
  "log",
  "log-prefix",
];

/** A name with a dot is about the row itself; an empty matcher is none. */
function isField(name: string, value: string): boolean {
  return !name.startsWith(".") && value !== "" && !NO_FIELDS.includes(name);
}

/** `fields`: chain, action, its parameters and all matchers, as the router spells them. */
export const FilterRow = z.record(z.string(), z.string()).transform((row, context) => {
  const known = Known.safeParse(row);
  if (!known.success) {
    for (const issue of known.error.issues)
      context.addIssue({ code: "custom", path: issue.path, message: issue.message });
    return z.NEVER;
  }
  const fields = Object.entries(row).filter(([name, value]) => isField(name, value));
  return { ...known.data, fields: new Map(fields) };
});
export type FilterRow = Readonly<z.infer<typeof FilterRow>>;

export const FilterRows = z.array(FilterRow);

/** Dynamic rows are the router's own, whatever they say. */
export function isOurs({ dynamic, logs, comment, fields }: FilterRow): boolean {
  return !dynamic && !logs && isRuleWeWrite(comment, fields);
}

/** How many rules are ours, of whatever settings. */
export function countMarked(rows: readonly FilterRow[]): number {
  return rows.filter(isOurs).length;
}

/** What bears our mark and is not as we write it, in words; nobody but a person may remove it. */
export function rulesLeftAlone(rows: readonly FilterRow[]): string[] {
  return rows
    .filter((row) => !row.dynamic && bearsMark(row.comment) && !isOurs(row))
    .map(({ id, comment }) => `rule ${id} “${comment}”`);
}
