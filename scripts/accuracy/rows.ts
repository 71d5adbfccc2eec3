// The collected messages with the label that a person gave to each, and the folds for the hold-out.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as z from "zod";
import { LABELS } from "../../agent/classify/classify.ts";

const Row = z.object({
  id: z.string(),
  message: z.string(),
  label: z.enum(LABELS),
  path_related: z.boolean(),
  ipv6_evidence: z.enum(["v4", "v6", "none"]),
  source: z.string(),
});
export type Row = z.infer<typeof Row>;

/** Five: each fold's rules are those that four fifths of the threads carry. */
export const FOLDS = 5;

/** All rows of the file. */
export function readRows(): Row[] {
  const file = new URL("../../test/fixtures/pull-errors.dev.jsonl", import.meta.url);
  const lines = readFileSync(file, "utf8").trim().split("\n");
  return lines.map((line) => Row.parse(JSON.parse(line)));
}

/** The fold of a thread, 0 to 4: the same in each run, and one for all rows of the thread. */
export function foldOf(source: string): number {
  return createHash("sha256").update(source).digest().readUInt32BE() % FOLDS;
}
