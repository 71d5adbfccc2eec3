// Which rows of a mangle table are ours: the exact comment with the fields that we write.
import { CLAMP_COMMENT, CLAMP_NUMBERS } from "../ports/our-writing.ts";
import type { FilterRow } from "./filter-row.ts";
import { bearsMark } from "./ours.ts";

const BY_ROUTER = "clamp-to-pmtu";

/** Whether the router shows `passthrough`, which is `yes` where it is left out, is not known. */
export function isOurClamp({ dynamic, logs, comment, fields }: FilterRow): boolean {
  const { "new-mss": mss, "tcp-mss": above, passthrough = "yes", ...rest } = named(fields);
  const number = CLAMP_NUMBERS.find((ours) => String(ours) === mss);
  return (
    !dynamic &&
    !logs &&
    comment === CLAMP_COMMENT &&
    ["yes", "true"].includes(passthrough) &&
    (number === undefined
      ? mss === BY_ROUTER && above === undefined
      : above === `${number + 1}-65535`) &&
    sameFields(rest)
  );
}

const REST: Readonly<Record<string, string>> = {
  chain: "forward",
  action: "change-mss",
  protocol: "tcp",
  "tcp-flags": "syn",
};

function sameFields(fields: Readonly<Record<string, string>>): boolean {
  return (
    Object.keys(fields).length === Object.keys(REST).length &&
    Object.entries(REST).every(([name, value]) => fields[name] === value)
  );
}

function named(fields: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries(fields);
}

/** `clamp-to-pmtu` or a number. */
export function mssOf({ fields }: FilterRow): string {
  return fields.get("new-mss") ?? "";
}

/** What bears our mark and is not as we write it, in words; nobody but a person may remove it. */
export function clampsLeftAlone(rows: readonly FilterRow[]): string[] {
  return rows
    .filter((row) => !row.dynamic && bearsMark(row.comment) && !isOurClamp(row))
    .map(({ id, comment }) => `mangle rule ${id} “${comment}”`);
}
