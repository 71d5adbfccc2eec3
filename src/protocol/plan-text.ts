// What a person approves, as one text: its SHA-256 is the plan's hash, made by the agent and checked
// by the Worker, so that nobody is shown one plan and approves another.
import type { Plan } from "./report.ts";

/** A plan's hash is this many hexadecimal digits of the SHA-256 of its text. */
export const PLAN_HASH_LENGTH = 32;

/**
 * Verdict, profile, rule fields, entries, clamps, restart method, namespaces, ceiling. Never uids or single
 * addresses, so that the same finding an hour later has the same text.
 */
export function planText({ verdict, profile, rule, entries, clamps, restart }: Plan): string {
  const { method, namespaces, ceiling } = restart;
  const fields = rule === null ? null : fieldsOf(rule);
  const said = [
    verdict,
    profile,
    fields,
    entries,
    method,
    [...namespaces].toSorted(),
    ceiling,
    ...(clamps ?? []).map((clamp) => [clamp.family, fieldsOf(clamp.rule), clamp.steps]),
  ];
  return JSON.stringify(said);
}

function fieldsOf(rule: object): string[] {
  return Object.entries(rule)
    .map(([name, value]) => `${name}=${value}`)
    .toSorted();
}
