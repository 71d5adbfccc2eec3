// Our rule as it stands in the router's table, and the entries of the list that it reads. Pure.
import type { RuleFields } from "../../../src/protocol/report.ts";
import { asDuration } from "../../../src/shown/routeros-duration.ts";
import type { RuleOnRouter } from "../../ports/router.ts";
import { isOurs, rulesLeftAlone, type FilterRow } from "../../router/filter-row.ts";
import { entriesLeftAlone, isOurEntry, type ListEntry } from "../../router/list-entry.ts";
import { onRouter } from "../../router/rule-match.ts";
import { situation } from "../../router/situation.ts";
import { moveFirstAsConsole, undoAsConsole } from "../../words/undo-as-console.ts";
import type { Checklist } from "./check.ts";

/** `prefix`: what the rule, or its list, is to keep clients from. */
export function ruleChecks(
  rows: readonly FilterRow[],
  { rule, prefix }: { readonly rule: RuleFields; readonly prefix: string },
  list: Checklist,
): void {
  list.ok("table", `readable, ${rows.length} rules`);
  leftAlone(rulesLeftAlone(rows), list);
  const now = situation(rows, { rule, prefix, addresses: [] });
  switch (now.kind) {
    case "right":
      if (now.extras.length > 0)
        list.warning(
          "copies of our rule",
          `${now.extras.length} more than one`,
          "the agent removes them with its next write",
        );
      return checkOurs(onRouter(rows, now.row), rule, list);
    case "disabled":
      return list.warning(
        "our rule",
        `${now.row.id} is disabled: a person did that, so the agent leaves it`,
        `to let the agent decide again: ${undoAsConsole(rule)}`,
      );
    case "typed":
      return checkTyped(onRouter(rows, now.row), list);
    case "wanting":
      return wanting(rows, list);
  }
}

function wanting(rows: readonly FilterRow[], list: Checklist): void {
  const older = rows.find(isOurs);
  if (older === undefined)
    return list.ok("our rule", "not there; it is added, as first rule, when a verdict allows it");
  list.ok(
    "our rule",
    `${older.id} stands as other settings wanted it; the next verdict that allows a rule replaces it`,
  );
}

function checkOurs({ id, behind, packets }: RuleOnRouter, rule: RuleFields, list: Checklist): void {
  const found = `${id} stands as wanted, ${packets} packets so far`;
  if (behind === null) return list.ok("our rule", `${found}; nothing before it decides first`);
  list.warning(
    "our rule",
    `${found}; ${JSON.stringify(behind)} stands before it and may decide first`,
    moveFirstAsConsole(rule),
  );
}

function checkTyped({ id, behind, comment }: RuleOnRouter, list: Checklist): void {
  const found = `a person's rule ${id} (${comment ?? "no comment"}) does the same; the agent never changes it`;
  if (behind === null) return list.ok("our rule", found);
  list.warning(
    "our rule",
    `${found}; ${JSON.stringify(behind)} stands before it and may decide first`,
    `to see the order: /ipv6/firewall/filter/print where chain=forward`,
  );
}

/** A person's copy, or ours that somebody edited. */
function leftAlone(found: readonly string[], list: Checklist): void {
  if (found.length === 0) return;
  list.warning(
    "marked [backon]",
    `${found.join("; ")}: not as the agent writes it, so it counts as a person's and is never touched`,
    "remove it by hand if nobody wants it",
  );
}

/** What is in the list that the rule reads. */
export function entryChecks(name: string, entries: readonly ListEntry[], list: Checklist): void {
  const what = `list ${name}`;
  if (entries.length === 0) return list.ok(what, "readable and empty: nothing is blocked");
  leftAlone(entriesLeftAlone(entries), list);
  const ours = entries.filter(isOurEntry);
  const others = entries.length - ours.length;
  const left = ours.map(({ address, leftMs }) =>
    leftMs === null ? `${address} (does not go by itself)` : `${address} (${asDuration(leftMs)})`,
  );
  const found = [
    ...(ours.length > 0 ? [`ours and how long they stay: ${left.join(", ")}`] : []),
    ...(others > 0 ? [`${others} of a person, never touched`] : []),
  ];
  list.ok(what, found.join("; "));
}
