// All that one simulated router knows.
import ipaddr from "ipaddr.js";
import { createLists, type AddressLists } from "./address-list.ts";
import { addressListMenu } from "./address-list-menu.ts";
import { noFaults, type Faults } from "./faults.ts";
import { filterMenu } from "./filter-menu.ts";
import { fasttrackRow } from "./home-rules.ts";
import type { Menu } from "./menu.ts";
import { netwatchMenu } from "./netwatch-menu.ts";
import { FILTER, MANGLES } from "./rule-menus.ts";
import { asRecord, createTable, type RuleRow, type RuleTable } from "./rule-table.ts";
import type { RouterOsOptions } from "./options.ts";
import { serviceMenu, type OpenConnection } from "./service-menu.ts";
import { usualSwitches, type Switches } from "./switches.ts";
import { groupMenu, userMenu } from "./user-menus.ts";
import { addUser, createUsers, type Policy, type Users } from "./users.ts";

/** Done when the next request with this method has arrived, before it takes effect. */
type Ambush = { readonly method: string; readonly act: () => void };

type Mangle = Readonly<Record<"v4" | "v6", RuleTable>>;

export type RouterState = {
  readonly table: RuleTable;
  /** Where the MSS is clamped. */
  readonly mangle: Mangle;
  readonly lists: AddressLists;
  readonly users: Users;
  readonly menus: Readonly<Record<string, Menu>>;
  readonly faults: Faults;
  readonly switches: Switches;
  /** What a person does in the middle, each once. */
  readonly ambushes: Ambush[];
  readonly version: string;
  readonly identity: string;
  /** Null: no board. */
  readonly serial: string | null;
  /** /ipv6/settings; null where the IPv6 package's menus are missing. */
  readonly ipv6: { readonly disabled: boolean; readonly forward: boolean } | null;
  readonly log: string[];
  readonly names: Map<string, readonly string[]>;
  readonly connections: Set<OpenConnection>;
  /** The router's clock, ms. */
  readonly now: () => number;
  /** The last reboot, and until when GETs are answered with other objects after it. */
  boot: { readonly at: number; readonly confusedUntil: number } | null;
};

/** Exactly what the agent's group has (reference, least privilege). */
const USUAL_POLICIES: readonly Policy[] = ["read", "write", "api", "rest-api"];

export function createState(options: RouterOsOptions): RouterState {
  const now = options.now ?? Date.now;
  const switches = { ...usualSwitches, ...options.switches };
  const log: string[] = [];
  const names = new Map<string, readonly string[]>(Object.entries(options.names ?? {}));
  const lists = createLists(now, switches.listNames === "alone" ? null : names);
  const users = createUsers(now, isInside, (name, from) =>
    log.push(`system,info,account user ${name} logged in from ${from} via rest-api`),
  );
  const { user, password, policies = USUAL_POLICIES } = options;
  addUser(users, { name: user, password, policies });
  const table = startTable(options);
  const mangle = { v4: createTable(), v6: createTable() };
  const shown = (row: RuleRow) => asRecord(row, (name) => lists.isList(name));
  const connections = new Set<OpenConnection>();
  const state: RouterState = {
    table,
    mangle,
    lists,
    users,
    switches,
    log,
    names,
    connections,
    now,
    ambushes: [],
    boot: null,
    faults: noFaults(),
    version: options.version ?? "7.23.7 (long-term)",
    identity: options.identity ?? "sim",
    serial: options.serial === undefined ? "HEX0SIM0001" : options.serial,
    ipv6: options.ipv6 === undefined ? { disabled: false, forward: true } : options.ipv6,
    menus: {
      "ipv6/firewall/filter": filterMenu(table, { menu: FILTER, switches }, shown),
      "ip/firewall/mangle": filterMenu(mangle.v4, { menu: MANGLES.v4, switches }, shown),
      "ipv6/firewall/mangle": filterMenu(mangle.v6, { menu: MANGLES.v6, switches }, shown),
      "ipv6/firewall/address-list": addressListMenu(lists, switches, now),
      "ip/service": serviceMenu(() => connections, options.plainHttp === true ? "www" : "www-ssl"),
      "tool/netwatch": netwatchMenu(now, () => state.boot?.at ?? null),
      user: userMenu(users),
      "user/group": groupMenu(users),
    },
  };
  return state;
}

function startTable(options: RouterOsOptions): RuleTable {
  const table = createTable();
  if (options.dynamicFirstRow === true) table.add(fasttrackRow, 0, true);
  for (const fields of options.rules ?? []) table.add(fields);
  return table;
}

function isInside(address: string, prefix: string): boolean {
  const from = ipaddr.process(address);
  const [network, length] = ipaddr.parseCIDR(
    prefix.includes("/") ? prefix : `${prefix}/${prefix.includes(":") ? 128 : 32}`,
  );
  return from.kind() === network.kind() && from.match(network, length);
}

/** What the power switch does: RAM is lost, counters start again, logins are made anew. */
export function rebootState(state: RouterState, confusedMs: number): void {
  const { table, mangle, lists, users, switches, now } = state;
  for (const each of [table, mangle.v4, mangle.v6]) {
    for (const row of each.rows) row.packets = row.bytes = 0n;
    if (switches.idsAfterReboot === "renumbered") each.renumber();
  }
  lists.reboot();
  users.reboot();
  state.boot = { at: now(), confusedUntil: now() + confusedMs };
}
