// Our rule exists once and first, or a person's equal one is there. Looks before it acts, and
// believes only what it reads back.
import type { Action, RuleFields } from "../../src/protocol/report.ts";
import type { Ensured, Result } from "../world.ts";
import type { RouterClient } from "./client.ts";
import { failureOf, type RouterFault } from "./fault.ts";
import type { FilterMenu } from "./filter-menu.ts";
import { bearsOurMark, type FilterRow } from "./filter-row.ts";
import { preflight } from "./preflight.ts";
import { onRouter } from "./rule-match.ts";
import { anchor, situation, type Situation } from "./situation.ts";

type Rows = readonly FilterRow[];

export async function ensureRule(
  client: RouterClient,
  menu: FilterMenu,
  rule: RuleFields,
  stillAllowed: () => boolean,
): Promise<Result<Ensured>> {
  if (!bearsOurMark(rule.comment))
    return giveUp(`the rule's comment ${JSON.stringify(rule.comment)} does not mark it as ours`);
  const read = await menu.read();
  if (!read.ok) return { ok: false, error: failureOf(read.fault) };
  const now = situation(read.value, rule);
  switch (now.kind) {
    case "typed":
    case "disabled":
      return asItIs(read.value, now.row);
    case "changed":
      return giveUp(changedMessage(client, now));
    case "right":
      return now.extras.length === 0
        ? asItIs(read.value, now.row)
        : ((await refused(client, stillAllowed)) ?? tidy(menu, rule, read.value, false, []));
    case "wanting":
      return (await refused(client, stillAllowed)) ?? add(client, menu, rule, read.value);
  }
}

async function refused(
  client: RouterClient,
  stillAllowed: () => boolean,
): Promise<Result<Ensured> | null> {
  const ready = await preflight(client);
  if (!ready.ok) return ready;
  if (stillAllowed()) return null;
  const message = "reading the router took too long: the right to write has run out";
  return { ok: false, error: { next: "retry", uncertain: false, message } };
}

async function add(
  client: RouterClient,
  menu: FilterMenu,
  rule: RuleFields,
  before: Rows,
): Promise<Result<Ensured>> {
  const { action, fault } = await menu.add(rule, anchor(before));
  // After a refused login the router is left alone; after anything else it is read.
  const actions = [action];
  if (fault?.kind === "login") return { ok: false, error: { ...failureOf(fault), actions } };
  const read = await menu.read();
  if (!read.ok) return { ok: false, error: { ...failureOf(read.fault, true), actions } };
  const now = situation(read.value, rule);
  if (now.kind === "disabled") return asItIs(read.value, now.row, true, [action]);
  if (now.kind !== "right")
    return { ok: false, error: { ...failureOf(fault ?? vanished(client)), actions } };
  return tidy(menu, rule, read.value, true, [action]);
}

/** Puts a rule that we just added first (one move at most) and removes further copies of ours. */
async function tidy(
  menu: FilterMenu,
  rule: RuleFields,
  rows: Rows,
  added: boolean,
  actions: Action[],
): Promise<Result<Ensured>> {
  const now = situation(rows, rule);
  if (now.kind !== "right") return asItIs(rows, null, added, actions);
  const first = anchor(rows.filter((row) => row !== now.row));
  const move = added && first !== null && onRouter(rows, now.row).behind !== null;
  if (!move && now.extras.length === 0) return asItIs(rows, now.row, added, actions);

  const writes = [
    ...(move ? [() => menu.move(now.row, first)] : []),
    ...now.extras.map((extra) => () => menu.remove(extra)),
  ];
  for (const write of writes) {
    const { action, fault } = await write();
    actions.push(action);
    if (fault?.kind === "login") return asItIs(rows, now.row, added, actions);
  }
  const read = await menu.read();
  if (!read.ok) return { ok: false, error: { ...failureOf(read.fault, true), actions } };
  const after = situation(read.value, rule);
  const row = after.kind === "right" || after.kind === "disabled" ? after.row : null;
  return asItIs(read.value, row, added, actions);
}

function asItIs(
  rows: Rows,
  row: FilterRow | null,
  added = false,
  actions: readonly Action[] = [],
): Result<Ensured> {
  if (row !== null) return { ok: true, value: { added, rule: onRouter(rows, row), actions } };
  const message = "our rule was taken away while we looked; the router is read again";
  return { ok: false, error: { next: "retry", uncertain: false, message } };
}

function vanished(client: RouterClient): RouterFault {
  const what = `PUT /rest/ipv6/firewall/filter on ${client.on}`;
  return { kind: "malformed", what, status: 201, detail: "but the rule is not in the table" };
}

function changedMessage(
  client: RouterClient,
  { row, differences }: Situation & { kind: "changed" },
): string {
  const list = differences.map(({ field, is, wanted }) => `${field} is ${is}, not ${wanted}`);
  return `our rule ${row.id} on ${client.on} was changed: ${list.join("; ")}; put it right, or remove it and ask again`;
}

function giveUp(message: string): Result<Ensured> {
  return { ok: false, error: { next: "give-up", uncertain: false, message } };
}
