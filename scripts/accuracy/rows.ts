// The collected messages with the label that a person gave to each, and the folds for the hold-out.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as z from "zod";
import { LABELS } from "../../agent/classify/classify.ts";

const Family = z.enum(["v4", "v6", "none"]);
const common = {
  id: z.string(),
  message: z.string(),
  label: z.enum(LABELS),
  path_related: z.boolean(),
  source: z.string(),
  // The text justifies more than one label: shown, never counted.
  ambiguous: z.boolean().default(false),
};
/** The first collection names no failing host. */
const FirstRow = z.object({ ...common, ipv6_evidence: Family }).transform(withoutHost);
const SecondRow = z.object({ ...common, family: Family, host: z.string().nullable() });

/** `host` is undefined where nobody wrote down which host failed, null where the text names none. */
export type Row = z.infer<typeof FirstRow> | z.infer<typeof SecondRow>;

const FILES = [
  { name: "pull-errors.dev.jsonl", schema: FirstRow },
  { name: "pull-errors.turn2.jsonl", schema: SecondRow },
] as const;

/** Five: each fold's rules are those that four fifths of the threads carry. */
export const FOLDS = 5;

/** All rows of both files. */
export function readRows(): Row[] {
  return FILES.flatMap(({ name, schema }) => {
    const file = new URL(`../../test/fixtures/${name}`, import.meta.url);
    const lines = readFileSync(file, "utf8").trim().split("\n");
    return lines.map((line) => schema.parse(JSON.parse(line)));
  });
}

function withoutHost<T extends { ipv6_evidence: z.infer<typeof Family> }>(row: T) {
  const { ipv6_evidence: family, ...rest } = row;
  return { ...rest, family, host: undefined };
}

/** The fold of a thread, 0 to 4: the same in each run, and one for all rows of the thread. */
export function foldOf(source: string): number {
  return createHash("sha256").update(source).digest().readUInt32BE() % FOLDS;
}
