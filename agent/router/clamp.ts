// The MSS clamps: in each family's mangle table ours exists once and first, or not at all. Looks before
// it acts, and believes only what it reads back.
import type { Action } from "../../src/protocol/report.ts";
import type { Family } from "../../src/protocol/round.ts";
import type { Clock } from "../ports/clock.ts";
import type { Clamp, Clamper, ClampOnRouter, ClampsEnsured } from "../ports/clamp.ts";
import type { Failure, Result } from "../ports/result.ts";
import type { Withdrawn } from "../ports/withdrawn.ts";
import { clampsLeftAlone, isOurClamp, mssOf } from "./clamp-row.ts";
import type { RouterClient } from "./client.ts";
import { failureOf } from "./fault.ts";
import { createFilterMenu, type FilterMenu } from "./filter-menu.ts";
import type { FilterRow } from "./filter-row.ts";
import { leftAlone } from "./ours.ts";
import { MANGLE } from "./paths.ts";
import { createPreflight, type Preflight } from "./preflight.ts";
import { anchor } from "./situation.ts";
import { withdrawOurs } from "./withdraw.ts";
import { createWriter } from "./writer.ts";

const FAMILIES: readonly Family[] = ["v4", "v6"];
type Menus = (family: Family) => FilterMenu;

/** Whatever it is asked to do, it changes clamps that are ours and no others. */
export function createClamper(client: RouterClient, clock: Clock): Clamper {
  const preflight = createPreflight(client, clock);
  const menusFor =
    (stillAllowed: () => boolean): Menus =>
    (family) =>
      createFilterMenu(client, createWriter(client, clock, stillAllowed), MANGLE[family]);
  const always = menusFor(() => true);
  return {
    async look() {
      const ours: ClampOnRouter[] = [];
      const others: string[] = [];
      for (const family of FAMILIES) {
        const read = await always(family).read();
        if (!read.ok) return { ok: false, error: failureOf(read.fault) };
        ours.push(...oursIn(family, read.value));
        others.push(...clampsLeftAlone(read.value));
      }
      return { ok: true, value: { ours, ...leftAlone(others) } };
    },
    async ensure(wanted, stillAllowed) {
      const menus = menusFor(stillAllowed);
      const ensured: ClampsEnsured[] = [];
      for (const clamp of wanted) {
        const one = await ensure(clamp, menus(clamp.family), () => ready(preflight, clamp.family));
        const before = ensured.flatMap(({ actions }) => actions);
        if (!one.ok)
          return {
            ok: false,
            error: { ...one.error, actions: [...before, ...(one.error.actions ?? [])] },
          };
        ensured.push(one.value);
      }
      return {
        ok: true,
        value: {
          added: ensured.some(({ added }) => added),
          ours: ensured.flatMap(({ ours }) => ours),
          actions: ensured.flatMap(({ actions }) => actions),
        },
      };
    },
    withdraw: () => withdraw(always),
  };
}

/** A router that forwards no IPv6 may still clamp IPv4. */
async function ready(preflight: Preflight, family: Family): Promise<Failure | null> {
  const unready = await preflight.check();
  const isIpv6Only = unready?.kind === "ipv6-off" || unready?.kind === "not-forwarding";
  return family === "v4" && isIpv6Only ? null : unready;
}

async function ensure(
  { family, rule }: Clamp,
  menu: FilterMenu,
  isReady: () => Promise<Failure | null>,
): Promise<Result<ClampsEnsured>> {
  const before = await menu.read();
  if (!before.ok) return { ok: false, error: failureOf(before.fault) };
  const standing = before.value.filter(isOurClamp);
  const isWanted = (row: FilterRow): boolean => !row.disabled && mssOf(row) === rule["new-mss"];
  const isHeld = standing.some(({ disabled }) => disabled) && !standing.some(isWanted);
  if (isHeld || (standing.length === 1 && standing.every(isWanted)))
    return { ok: true, value: { added: false, ours: oursIn(family, before.value), actions: [] } };
  const unready = await isReady();
  if (unready !== null) return { ok: false, error: unready };

  const actions: Action[] = [];
  const kept = standing.find(isWanted);
  if (kept === undefined) {
    const { actions: done, fault } = await menu.add(rule, anchor(before.value));
    actions.push(...done);
    if (fault?.kind === "login" || fault?.kind === "not-sent")
      return { ok: false, error: { ...failureOf(fault), actions } };
    const read = await menu.read();
    if (!read.ok) return { ok: false, error: { ...failureOf(read.fault, true), actions } };
    if (!read.value.some((row) => isOurClamp(row) && isWanted(row)))
      return { ok: false, error: { ...(fault === null ? vanished : failureOf(fault)), actions } };
  }
  for (const row of standing.filter((one) => one !== kept)) {
    const { actions: done, fault } = await menu.remove(row);
    actions.push(...done);
    if (fault !== null) return { ok: false, error: { ...failureOf(fault), actions } };
  }
  const after = await menu.read();
  if (!after.ok) return { ok: false, error: { ...failureOf(after.fault, true), actions } };
  const ours = oursIn(family, after.value);
  return ours.length === 0
    ? { ok: false, error: { ...vanished, actions } }
    : { ok: true, value: { added: kept === undefined, ours, actions } };
}

const vanished: Failure = {
  next: "retry",
  uncertain: false,
  message: "our clamp was taken away while we looked; the router is read again",
};

function oursIn(family: Family, rows: readonly FilterRow[]): ClampOnRouter[] {
  return rows.filter(isOurClamp).map((row) => ({
    family,
    mss: mssOf(row),
    disabled: row.disabled,
    packets: row.packets.toString(),
  }));
}

async function withdraw(menus: Menus): Promise<Result<Withdrawn>> {
  let removed = 0;
  const actions: Action[] = [];
  const others: string[] = [];
  for (const family of FAMILIES) {
    const menu = menus(family);
    const done = await withdrawOurs({
      called: "clamp",
      async found() {
        const read = await menu.read();
        if (!read.ok) return read;
        const [ours, rest] = [read.value.filter(isOurClamp), clampsLeftAlone(read.value)];
        return { ok: true, value: { ours, others: rest } };
      },
      remove: (row: FilterRow) => menu.remove(row),
    });
    actions.push(...((done.ok ? done.value.actions : done.error.actions) ?? []));
    if (!done.ok) return { ok: false, error: { ...done.error, actions } };
    removed += done.value.removed;
    others.push(...(done.value.leftAlone ?? []));
  }
  return { ok: true, value: { removed, ...leftAlone(others), actions } };
}
