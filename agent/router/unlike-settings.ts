// Ours as other settings wanted it: older settings of this cluster, or those of another cluster that uses
// the same router. The former are replaced, the latter are not fought over.
import type { RuleFields } from "../../src/protocol/report.ts";
import type { Failure, Result } from "../ports/result.ts";
import { failureOf } from "./fault.ts";
import type { FilterRow } from "./filter-row.ts";
import { differences, isAsWanted } from "./rule-match.ts";
import type { Answered } from "./sender.ts";

/** The names of the other clusters that use what is ours on this router. */
export type Others = () => Promise<Answered<readonly string[]>>;

export const nobody: Others = async () => ({ ok: true, value: [] });

type Wanted = { readonly rule: RuleFields; readonly on: string; readonly others: Others };

/** Fails where one of these rules is not as wanted, and another cluster is there to want it so. */
export async function unlikeSettings(
  ours: readonly FilterRow[],
  { rule, on, others }: Wanted,
): Promise<Failure | null> {
  const unlike = ours.find((row) => !isAsWanted(row, rule));
  if (unlike === undefined) return null;
  const users = await others();
  if (!users.ok) return failureOf(users.fault);
  if (users.value.length === 0) return null;
  const how = differences(unlike, rule).join("; ");
  const message = `our rule ${unlike.id} on ${on} stands as another cluster's settings want it (${how}), and is used by ${users.value.join(", ")}; give the clusters the same settings, or withdraw it for all and ask again`;
  return { next: "give-up", uncertain: false, message };
}

/**
 * Of these further rules of ours those that may go. `before`: the table before our own write; what came
 * since is another agent's, whose marker may not be there yet.
 */
export async function removable(
  all: readonly FilterRow[],
  before: readonly FilterRow[],
  { rule, others }: Wanted,
): Promise<Result<readonly FilterRow[]>> {
  const copies = all.filter((row) => isAsWanted(row, rule));
  const extras = all.filter(
    (row) => copies.includes(row) || before.some(({ id }) => id === row.id),
  );
  if (copies.length === extras.length) return { ok: true, value: extras };
  const users = await others();
  if (!users.ok) return { ok: false, error: failureOf(users.fault) };
  return { ok: true, value: users.value.length === 0 ? extras : copies };
}
