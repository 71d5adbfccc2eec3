// Our rule exists once and first, or a person's equal one is there. Looks before it acts, and
// believes only what it reads back.
import type { Action } from "../../src/protocol/report.ts";
import type { Failure, Result } from "../ports/result.ts";
import { estranged, removeEstranged } from "./estranged.ts";
import { failureOf, needsALook, type RouterFault } from "./fault.ts";
import type { FilterMenu } from "./filter-menu.ts";
import { isOurs, type FilterRow } from "./filter-row.ts";
import { isRuleWeWrite } from "./ours.ts";
import { decidesBefore, wantedFields } from "./rule-match.ts";
import { anchor, situation, type Asked } from "./situation.ts";
import { removable, unlikeSettings, type Others } from "./unlike-settings.ts";

type Rows = readonly FilterRow[];

export type RuleWanted = Asked & {
  /** Host and port, for messages. */
  readonly on: string;
  readonly others: Others;
  /** Checked before the first write, and not where nothing has to be written. */
  readonly ready: () => Promise<Failure | null>;
};

export type RuleEnsured = {
  /** True if this call added the rule. */
  readonly added: boolean;
  readonly row: FilterRow;
  /** The table as it was read last. */
  readonly rows: Rows;
  readonly actions: readonly Action[];
};

export async function ensureRule(
  menu: FilterMenu,
  wanted: RuleWanted,
): Promise<Result<RuleEnsured>> {
  const { rule, ready } = wanted;
  if (!isRuleWeWrite(rule.comment, wantedFields(rule)))
    return giveUp(`the rule ${JSON.stringify(rule)} would not be known as ours again`);
  const read = await menu.read();
  if (!read.ok) return { ok: false, error: failureOf(read.fault) };
  const rows = read.value;
  const now = situation(rows, wanted);
  switch (now.kind) {
    case "typed":
    case "disabled":
      return { ok: true, value: { rows, row: now.row, added: false, actions: [] } };
    case "right": {
      const extras = await removable(now.extras, rows, wanted);
      if (!extras.ok) return extras;
      if (extras.value.length === 0)
        return { ok: true, value: { rows, row: now.row, added: false, actions: [] } };
      const unready = await ready();
      return unready === null
        ? tidy(menu, wanted, { rows, before: rows, added: false, actions: [] })
        : { ok: false, error: unready };
    }
    case "wanting": {
      const unready = (await unlikeSettings(rows.filter(isOurs), wanted)) ?? (await ready());
      return unready === null ? add(menu, wanted, rows) : { ok: false, error: unready };
    }
  }
}

/** Where ours stands as wanted, further copies of it go. What was done. */
export async function tidyRule(
  menu: FilterMenu,
  wanted: RuleWanted,
): Promise<Result<readonly Action[]>> {
  const read = await menu.read();
  if (!read.ok) return { ok: false, error: failureOf(read.fault) };
  const rows = read.value;
  if (!rows.some(isOurs)) return takenAway([]);
  const now = situation(rows, wanted);
  if (now.kind !== "right" || now.extras.length === 0) return { ok: true, value: [] };
  const unready = await wanted.ready();
  if (unready !== null) return { ok: false, error: unready };
  const tidied = await tidy(menu, wanted, { rows, before: rows, added: false, actions: [] });
  return tidied.ok ? { ok: true, value: tidied.value.actions } : tidied;
}

async function add(
  menu: FilterMenu,
  wanted: RuleWanted,
  before: Rows,
): Promise<Result<RuleEnsured>> {
  const { actions, fault } = await menu.add(wanted.rule, anchor(before));
  // After a refused login the router is left alone; after anything else that was sent it is read.
  if (fault?.kind === "login" || fault?.kind === "not-sent")
    return { ok: false, error: { ...failureOf(fault), actions } };
  const read = await menu.read();
  if (!read.ok) return { ok: false, error: { ...failureOf(read.fault, true), actions } };
  const stranger = fault === null ? estranged(read.value, before, wanted) : undefined;
  if (stranger !== undefined) {
    const failure = await removeEstranged(menu, stranger, wanted);
    return { ok: false, error: { ...failure, actions: [...actions, ...(failure.actions ?? [])] } };
  }
  const now = situation(read.value, wanted);
  if (now.kind === "disabled")
    return { ok: true, value: { rows: read.value, row: now.row, added: true, actions } };
  if (now.kind !== "right")
    return { ok: false, error: { ...failureOf(fault ?? faultOfVanished(wanted)), actions } };
  return tidy(menu, wanted, { rows: read.value, before, added: true, actions });
}

type SoFar = {
  readonly rows: Rows;
  /** As the table was before our own write. */
  readonly before: Rows;
  readonly added: boolean;
  readonly actions: readonly Action[];
};

/** Puts a rule that we just added first (one move at most) and removes further copies of ours. */
async function tidy(
  menu: FilterMenu,
  wanted: RuleWanted,
  { rows, before, added, actions: done }: SoFar,
): Promise<Result<RuleEnsured>> {
  const now = situation(rows, wanted);
  if (now.kind !== "right") return takenAway(done);
  const first = anchor(rows.filter((row) => row !== now.row));
  const move = added && first !== null && decidesBefore(rows, now.row) !== null;
  const extras = await removable(now.extras, before, wanted);
  if (!extras.ok) return { ok: false, error: { ...extras.error, actions: done } };
  if (!move && extras.value.length === 0)
    return { ok: true, value: { rows, row: now.row, added, actions: done } };

  const writes = [
    ...(move ? [() => menu.move(now.row, first)] : []),
    ...extras.value.map((extra) => () => menu.remove(extra)),
  ];
  const actions = [...done];
  for (const write of writes) {
    const written = await write();
    actions.push(...written.actions);
    const { fault } = written;
    if (fault?.kind === "login" || fault?.kind === "not-sent")
      return { ok: true, value: { rows, row: now.row, added, actions } };
    if (fault !== null && needsALook(fault)) break;
  }
  const read = await menu.read();
  if (!read.ok) return { ok: false, error: { ...failureOf(read.fault, true), actions } };
  const after = situation(read.value, wanted);
  return after.kind === "right" || after.kind === "disabled"
    ? { ok: true, value: { rows: read.value, row: after.row, added, actions } }
    : takenAway(actions);
}

function takenAway(actions: readonly Action[]): Result<never> {
  const message = "our rule was taken away while we looked; the router is read again";
  return { ok: false, error: { next: "retry", uncertain: false, message, actions } };
}

function faultOfVanished({ on }: RuleWanted): RouterFault {
  const what = `PUT /rest/ipv6/firewall/filter on ${on}`;
  return { kind: "malformed", what, status: 201, detail: "but the rule is not in the table" };
}

function giveUp(message: string): Result<never> {
  return { ok: false, error: { next: "give-up", uncertain: false, message } };
}
