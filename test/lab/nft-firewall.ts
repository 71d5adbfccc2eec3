// The simulated router's filter table as nftables rules: what carries the packets in the router's
// namespace of the network lab. Only what RouterOS' forward chain decides is put into the kernel.
import * as z from "zod";
import type { Dataplane } from "../../sim/routeros/dataplane.ts";
import type { Fields, RuleRow } from "../../sim/routeros/rule-table.ts";
import { clampCounters, clampScript } from "./nft-clamp.ts";

/** Runs nft with these arguments and this standard input; its standard output, or an error. */
export type RunNft = (args: readonly string[], script: string) => Promise<string>;

const TABLE = "ip6 backon_routeros";
/** Before the lab's faults (priority 10), as a rule of the router comes before the broken path. */
const CHAIN = "{ type filter hook forward priority -10; policy accept; }";

const FAMILIES = ["v4", "v6"] as const;

/**
 * A table of its own, `ip6 backon_routeros`. Each change is one transaction. What a row has counted
 * is kept in a named counter outside the rules, so that a reload does not lose it.
 */
export function nftDataplane(run: RunNft): Dataplane {
  let counted: ReadonlySet<string> | null = null;
  /** The mangle rows in the kernel; null: what an earlier process left there. */
  let clamps: Readonly<Record<"v4" | "v6", readonly RuleRow[] | null>> = { v4: null, v6: null };
  return {
    async load(rows, lists, mangle = { v4: [], v6: [] }) {
      const before = counted ?? new Set();
      const ids = new Set(rows.map((row) => row.id));
      const gone = [...before].filter((id) => !ids.has(id));
      // What an earlier process left in this namespace is none of this router's rules.
      const fresh = counted === null ? [`add table ${TABLE}`, `delete table ${TABLE}`] : [];
      const script = [
        ...fresh,
        `add table ${TABLE}`,
        `add chain ${TABLE} forward ${CHAIN}`,
        `flush table ${TABLE}`,
        ...chainsBehind(rows).map((chain) => `add chain ${TABLE} ${chainOf(chain)}`),
        ...gone.map((id) => `delete counter ${TABLE} ${counterOf(id)}`),
        ...[...ids].map((id) => `add counter ${TABLE} ${counterOf(id)}`),
        ...listsIn(rows).flatMap((list) => membersOf(list, lists.get(list) ?? [])),
        ...rows.flatMap((row) => ruleFor(row) ?? []),
        ...FAMILIES.filter((family) => !isSame(clamps[family], mangle[family])).flatMap((family) =>
          clampScript(family, mangle[family]),
        ),
      ];
      await run(["-f", "-"], `${script.join("\n")}\n`);
      counted = ids;
      clamps = { v4: copyOf(mangle.v4), v6: copyOf(mangle.v6) };
    },
    async counters() {
      if (counted === null) return new Map();
      const listed = await run(["-j", "list", "counters", "table", ...TABLE.split(" ")], "");
      const found = Listed.parse(JSON.parse(listed)).nftables.flatMap((one) => one.counter ?? []);
      // A process each: not where there is nothing to count.
      const clamping = FAMILIES.filter((family) => (clamps[family] ?? []).length > 0);
      const clamped = await Promise.all(clamping.map((family) => clampCounters(family, run)));
      const filter = found.map(
        ({ name, packets, bytes }) =>
          [idOf(name), { packets: BigInt(packets), bytes: BigInt(bytes) }] as const,
      );
      return new Map([...filter, ...clamped.flat()]);
    },
  };
}

const copyOf = (rows: readonly RuleRow[]): RuleRow[] =>
  rows.map((row) => ({ ...row, fields: { ...row.fields } }));

/** The same rules in the same order; what they have counted aside. */
function isSame(one: readonly RuleRow[] | null, other: readonly RuleRow[]): boolean {
  const rules = (rows: readonly RuleRow[]): string =>
    JSON.stringify(rows.map(({ id, fields }) => [id, fields]));
  return one !== null && rules(one) === rules(other);
}

const Listed = z.object({
  nftables: z.array(
    z.object({
      counter: z.object({ name: z.string(), packets: z.int(), bytes: z.int() }).optional(),
    }),
  ),
});

const counterOf = (id: string): string => `row_${id.slice(1)}`;
const idOf = (counter: string): string => counter.replace("row_", "*");

const LIST = "{ type ipv6_addr; flags interval; auto-merge; }";

/** The set in the table that stands for an address list. */
const setOf = (list: string): string => `list_${Buffer.from(list).toString("hex")}`;

function membersOf(list: string, prefixes: readonly string[]): string[] {
  const set = `${TABLE} ${setOf(list)}`;
  const members = prefixes.length > 0 ? [`add element ${set} { ${prefixes.join(", ")} }`] : [];
  return [`add set ${set} ${LIST}`, `flush set ${set}`, ...members];
}

function listsIn(rows: readonly RuleRow[]): string[] {
  const named = rows.flatMap(({ fields }) => [
    fields["dst-address-list"],
    fields["src-address-list"],
  ]);
  return [...new Set(named.filter((list) => list !== undefined).map(bare))];
}

/** Chains for packets to and from the router itself: none of those is forwarded. */
const OTHER_HOOKS: readonly (string | undefined)[] = ["input", "output"];

const chainOf = (name: string): string =>
  name === "forward" ? name : `chain_${Buffer.from(name).toString("hex")}`;

/** Those that packets come to by a jump. */
function chainsBehind(rows: readonly RuleRow[]): string[] {
  const named = rows.flatMap(({ fields }) => [fields["chain"], fields["jump-target"]]);
  const chains = new Set(named.filter((chain) => chain !== undefined));
  return [...chains].filter((chain) => chain !== "forward" && !OTHER_HOOKS.includes(chain));
}

/** One line for nft; null for a row that no forwarded packet can meet. */
function ruleFor({ id, fields }: RuleRow): string | null {
  const { chain = "" } = fields;
  if (fields["disabled"] === "true" || OTHER_HOOKS.includes(chain)) return null;
  const matches = matchesOf(fields);
  if (matches === null) return null;
  const words = [...matches, `counter name "${counterOf(id)}"`, verdictOf(fields)];
  const rule = words.filter((word) => word !== "").join(" ");
  return `add rule ${TABLE} ${chainOf(chain)} ${rule} comment "${id}"`;
}

const REJECTS: Readonly<Record<string, string>> = {
  "icmp-no-route": "icmpv6 type no-route",
  "icmp-admin-prohibited": "icmpv6 type admin-prohibited",
  "icmp-address-unreachable": "icmpv6 type addr-unreachable",
  "icmp-port-unreachable": "icmpv6 type port-unreachable",
  "tcp-reset": "tcp reset",
};

/** Empty for the actions that count and let the next rule decide. */
function verdictOf(fields: Fields): string {
  const action = fields["action"];
  if (action === "accept" || action === "drop" || action === "return") return action;
  if (action === "jump") return `jump ${chainOf(fields["jump-target"] ?? "")}`;
  if (action !== "reject") return "";
  const kind = fields["reject-with"] ?? "icmp-no-route";
  const answer = REJECTS[kind];
  if (answer === undefined) throw new Error(`nftables has no answer like reject-with=${kind}`);
  return `reject with ${answer}`;
}

/** What no packet of this lab is asked about. */
const NOT_MATCHERS = new Set(
  "chain action comment disabled log log-prefix reject-with jump-target address-list address-list-timeout".split(
    " ",
  ),
);

function matchesOf(fields: Fields): string[] | null {
  const matches = Object.entries(fields)
    .filter(([name]) => !NOT_MATCHERS.has(name))
    // The protocol first: nft reads ports and flags in its light.
    .toSorted(([a], [b]) => Number(b === "protocol") - Number(a === "protocol"))
    .map(([name, value]) => matchOf(name, value));
  const known = matches.filter((match) => match !== null);
  return known.length === matches.length ? known : null;
}

const PORT = { "dst-port": "th dport", "src-port": "th sport" } as const;
const ADDRESS = { "dst-address": "ip6 daddr", "src-address": "ip6 saddr" } as const;
const ADDRESS_LIST = { "dst-address-list": "ip6 daddr", "src-address-list": "ip6 saddr" } as const;

/** Null for a matcher that the simulated router does not know: such a row never matches. */
function matchOf(name: string, value: string): string | null {
  const not = value.startsWith("!") ? "!= " : "";
  const wanted = bare(value);
  switch (name) {
    case "protocol":
      return `meta l4proto ${not}${PROTOCOLS[wanted] ?? wanted}`;
    case "dst-port":
    case "src-port":
      return `${PORT[name]} ${not}{ ${wanted} }`;
    case "dst-address":
    case "src-address":
      return `${ADDRESS[name]} ${not}${wanted}`;
    case "dst-address-list":
    case "src-address-list":
      return `${ADDRESS_LIST[name]} ${not}@${setOf(wanted)}`;
    case "connection-state":
      return `ct state ${not}{ ${wanted} }`;
    case "tcp-flags":
      return flagsMatch(value);
    case "in-interface":
    case "in-interface-list":
      return `iifname ${not}{ ${interfacesOf(wanted)} }`;
    case "out-interface":
    case "out-interface-list":
      return `oifname ${not}{ ${interfacesOf(wanted)} }`;
    default:
      return null;
  }
}

const bare = (value: string): string => value.replace(/^!/, "");

/** IANA's numbers of the names that RouterOS knows; nft spells some of them another way. */
const PROTOCOLS: Readonly<Record<string, number>> = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  dccp: 33,
  gre: 47,
  "ipsec-esp": 50,
  "ipsec-ah": 51,
  icmpv6: 58,
  ospf: 89,
  vrrp: 112,
  sctp: 132,
  "udp-lite": 136,
};

/** `syn,!ack`: of the flags named, exactly those without `!` are set. */
function flagsMatch(value: string): string {
  const flags = value.split(",").map((flag) => flag.replace(/\bece$/, "ecn"));
  const set = flags.filter((flag) => !flag.startsWith("!"));
  return `tcp flags & (${flags.map(bare).join("|")}) == ${set.length > 0 ? `(${set.join("|")})` : "0x0"}`;
}

/** The lab's names of the simulated home router's interfaces and lists. */
const INTERFACES: Readonly<Record<string, readonly string[]>> = {
  LAN: ["lan"],
  static: ["lan", "wan"],
  bridge: ["lan"],
  WAN: ["wan"],
  ether1: ["wan"],
  all: ["lan", "wan"],
};

/** One that the lab does not have stays as it is: no packet comes through it. */
function interfacesOf(name: string): string {
  return (INTERFACES[name] ?? [name]).map((one) => `"${one}"`).join(", ");
}
