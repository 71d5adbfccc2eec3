// What a person approves, as one text: its SHA-256 is the plan's hash, made by the agent and checked
// by the Worker, so that nobody is shown one plan and approves another.
import type { Plan } from "./report.ts";

/** A plan's hash is this many hexadecimal digits of the SHA-256 of its text. */
export const PLAN_HASH_LENGTH = 32;

/**
 * Verdict, profile, rule fields, entries, restart method, namespaces, ceiling. Never uids or single
 * addresses, so that the same finding an hour later has the same text.
 */
export function planText({ verdict, profile, rule, entries, restart }: Plan): string {
  const { method, namespaces, ceiling } = restart;
  const fields = rule === null ? null : Object.entries(rule).map(([k, v]) => `${k}=${v}`);
  const said = [
    verdict,
    profile,
    fields?.toSorted() ?? null,
    entries,
    method,
    [...namespaces].toSorted(),
    ceiling,
  ];
  return JSON.stringify(said);
}
