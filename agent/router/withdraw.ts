// Takes away what is ours, and nothing else; sure of it only after reading back.
import type { Action } from "../../src/protocol/report.ts";
import type { Result } from "../ports/result.ts";
import type { Withdrawn } from "../ports/withdrawn.ts";
import { failureOf, needsALook, type RouterFault } from "./fault.ts";
import { leftAlone } from "./ours.ts";
import type { Answered } from "./sender.ts";
import type { Written } from "./writer.ts";

/** Where ours may be: the rules, or the entries of our list. */
export type Marked<Row extends { readonly id: string }> = {
  /** For messages: one of it, as in `our rule`. */
  readonly called: string;
  /** All of ours, as they are now, and what only looks like it. */
  found(): Promise<Answered<{ readonly ours: readonly Row[]; readonly others: readonly string[] }>>;
  remove(row: Row): Promise<Written>;
};

/** A removal of unknown outcome is looked at, and then asked for once more. */
const ROUNDS = 2;

export async function withdrawOurs<Row extends { readonly id: string }>(
  marked: Marked<Row>,
): Promise<Result<Withdrawn>> {
  const actions: Action[] = [];
  const asked = new Set<string>();
  let fault: RouterFault | null = null;
  for (let round = 1; ; round += 1) {
    const read = await marked.found();
    if (!read.ok)
      return { ok: false, error: { ...failureOf(read.fault, asked.size > 0), actions } };
    const { ours, others } = read.value;
    if (ours.length === 0)
      return { ok: true, value: { removed: asked.size, ...leftAlone(others), actions } };
    if (round > ROUNDS || (fault !== null && !needsALook(fault)))
      return { ok: false, error: { ...stillThere(marked.called, ours.length, fault), actions } };
    for (const row of ours) {
      asked.add(row.id);
      const written = await marked.remove(row);
      actions.push(...written.actions);
      fault = written.fault ?? fault;
      if (written.fault?.kind === "login")
        return { ok: false, error: { ...failureOf(written.fault), actions } };
      if (written.fault !== null && needsALook(written.fault)) break;
    }
  }
}

function stillThere(called: string, count: number, fault: RouterFault | null) {
  const what = count === 1 ? `our ${called} still stands` : `${count} times our ${called} stands`;
  if (fault === null) return { next: "retry", uncertain: false, message: what } as const;
  const failure = failureOf(fault);
  return { ...failure, message: `${what}: ${failure.message}` };
}
