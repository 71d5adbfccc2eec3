// The rules are written by hand, so there is nothing to train. What can be held out is their
// evidence: a signature that no row of the other folds needs is switched off before a fold is read.
import type { Label } from "../../agent/classify/classify.ts";
import { classifyWith, readWith, RULES } from "../../agent/classify/classify.ts";
import type { Rule } from "../../agent/classify/rule.ts";
import type { Row } from "./rows.ts";
import { FOLDS, foldOf } from "./rows.ts";
import type { Reading } from "./score.ts";

/** A signature that one thread alone carries. */
export type Lone = { readonly label: Label; readonly signature: string; readonly source: string };

/** Every row, read by the signatures that decide some row of another fold. */
export function readHeldOut(rows: readonly Row[]): Reading[] {
  return Array.from({ length: FOLDS }, (_, fold) => fold).flatMap((fold) => {
    const others = rows.filter(({ source }) => foldOf(source) !== fold);
    const known = new Set(others.flatMap(({ message }) => decidingSignatures(message)));
    const rules = withOnly(known);
    const held = rows.filter(({ source }) => foldOf(source) === fold);
    return held.map((row) => ({ row, given: classifyWith(rules, row.message) }));
  });
}

/** The signatures that decide rows of exactly one thread, in the order of the rules. */
export function loneSignatures(rows: readonly Row[]): Lone[] {
  const carriers = new Map<string, Set<string>>();
  for (const { message, source } of rows)
    for (const key of decidingSignatures(message))
      carriers.set(key, (carriers.get(key) ?? new Set()).add(source));
  return everySignature().flatMap(({ label, signature, key }) => {
    const sources = [...(carriers.get(key) ?? [])];
    return sources.length === 1 ? sources.map((source) => ({ label, signature, source })) : [];
  });
}

/** How many signatures there are, and how many decide no row at all. */
export function signatureCounts(rows: readonly Row[]): { all: number; unseen: number } {
  const seen = new Set(rows.flatMap(({ message }) => decidingSignatures(message)));
  const all = everySignature();
  return { all: all.length, unseen: all.filter(({ key }) => !seen.has(key)).length };
}

/** The keys of what the deciding rule found in a message: each of them alone would have decided. */
function decidingSignatures(message: string): string[] {
  const { text } = readWith(RULES, message);
  for (const [index, { signatures }] of RULES.entries()) {
    const found = signatures.filter(({ find }) => find(text) >= 0);
    if (found.length > 0) return found.map(({ id }) => keyOf(index, id));
  }
  return [];
}

function everySignature(): { label: Label; signature: string; key: string }[] {
  return RULES.flatMap(({ label, signatures }, index) =>
    signatures.map(({ id }) => ({ label, signature: id, key: keyOf(index, id) })),
  );
}

function withOnly(known: ReadonlySet<string>): Rule[] {
  return RULES.map(({ label, signatures }, index) => ({
    label,
    signatures: signatures.filter(({ id }) => known.has(keyOf(index, id))),
  }));
}

function keyOf(rule: number, signature: string): string {
  return `${rule} ${signature}`;
}
