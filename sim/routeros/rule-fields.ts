// What a table of rules accepts in an add or a set, and how it spells it back.
import ipaddr from "ipaddr.js";
import { refusal, type Reply } from "./errors.ts";
import type { RuleMenu } from "./rule-menus.ts";
import type { Switches } from "./switches.ts";

const CREATE_ONLY = new Set(["place-before", "copy-from"]);

const one = (words: string) => new Set(words.split(" "));
const ENUMS: Readonly<Record<string, ReadonlySet<string>>> = {
  "reject-with": one(
    "icmp-address-unreachable icmp-admin-prohibited icmp-err-src-routing-header icmp-headers-too-long icmp-no-route icmp-not-neighbour icmp-port-unreachable tcp-reset",
  ),
};
/** Comma lists whose members may each be negated. */
const LISTS: Readonly<Record<string, ReadonlySet<string>>> = {
  "connection-state": one("invalid established related new untracked"),
  "tcp-flags": one("ack cwr ece fin psh rst syn urg"),
  "connection-nat-state": one("srcnat dstnat"),
  "connection-type": one("ftp h323 irc pptp quake3 sip tftp"),
  "dst-address-type": one("unicast local anycast multicast unreachable"),
  "src-address-type": one("unicast local anycast multicast unreachable"),
  headers: one("hop dst route frag ah esp none proto"),
};
const PROTOCOLS = one("tcp udp udp-lite dccp sctp icmpv6 icmp gre ipsec-ah ipsec-esp ospf vrrp");
const WITH_PORTS = one("tcp udp udp-lite dccp sctp 6 17 33 132 136");
/** Interfaces of the simulated home router. */
const INTERFACES = one("bridge ether1 ether2 all-ethernet");
const INTERFACE_LISTS = one("LAN WAN all dynamic none static");
const FLAGS: Readonly<Record<string, string>> = {
  yes: "true",
  true: "true",
  no: "false",
  false: "false",
};

/** Which table, and how the router behaves where nobody knows. */
export type Rules = { readonly menu: RuleMenu; readonly switches: Switches };

type Checked =
  | { readonly ok: true; readonly fields: Record<string, string> }
  | { readonly ok: false; readonly reply: Reply };

/** `add` for a new row, `set` for changes of one; the fields come back as RouterOS spells them. */
export function checkFields(
  given: Readonly<Record<string, string>>,
  kind: "add" | "set",
  { menu, switches }: Rules,
): Checked {
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!menu.arguments.has(name) || (kind === "set" && CREATE_ONLY.has(name)))
      return { ok: false, reply: refusal(400, `unknown parameter ${name}`) };
    const spelled = spell(name, value, { menu, switches });
    if (typeof spelled !== "string") return { ok: false, reply: spelled };
    if (name !== "passthrough" || switches.passthrough !== "left-out") fields[name] = spelled;
  }
  return { ok: true, fields };
}

/** Port matchers need a protocol that has ports; checked on the whole row. */
export function checkPorts(
  row: Readonly<Record<string, string>>,
  { portsPrefix }: Switches,
): Reply | null {
  const ports = ["dst-port", "src-port", "port"].some((name) => row[name] !== undefined);
  if (!ports || WITH_PORTS.has(row["protocol"] ?? "")) return null;
  const detail = "ports can be specified if proto is tcp,udp,udp-lite,dccp,sctp";
  return refusal(400, `${portsPrefix}${detail}`);
}

function spell(name: string, value: string, { menu, switches }: Rules): string | Reply {
  const noMatch = (what: string) => refusal(400, `input does not match any value of ${what}`);
  const bare = value.replace(/^!/, "");
  switch (name) {
    case "disabled":
    case "log":
      return FLAGS[value] ?? noMatch(name);
    case "passthrough":
      if (FLAGS[value] === undefined) return noMatch(name);
      return switches.passthrough === "boolean" ? FLAGS[value] : value;
    case "action":
      return menu.actions.has(value) ? value : noMatch(name);
    case "new-mss":
      return value === "clamp-to-pmtu" || isMss(value) ? value : noMatch(name);
    case "tcp-mss":
      return bare.split("-").every(isMss)
        ? value
        : refusal(400, `invalid value for argument ${name}`);
    case "dst-address":
    case "src-address":
      return spellPrefix(value, menu.family) ?? refusal(400, `${switches.badAddress} ${name}`);
    case "dst-port":
    case "src-port":
    case "port":
      return spellPorts(name, value);
    case "protocol":
      return PROTOCOLS.has(bare) || /^\d{1,3}$/.test(bare) ? value : noMatch("protocol");
    case "in-interface":
    case "out-interface":
      return INTERFACES.has(bare) ? value : noMatch("interface");
    case "in-interface-list":
    case "out-interface-list":
      return INTERFACE_LISTS.has(bare) ? value : noMatch("interface-list");
    case "tcp-flags":
      if (!isListed(name, value)) return noMatch(name);
      return switches.tcpFlags === "sorted" ? value.split(",").toSorted().join(",") : value;
    default:
      return isListed(name, value) ? value : noMatch(name);
  }
}

const isMss = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) <= 65_535;

function isListed(name: string, value: string): boolean {
  const list = LISTS[name];
  if (list !== undefined) return value.split(",").every((word) => list.has(word.replace(/^!/, "")));
  return ENUMS[name]?.has(value) ?? true;
}

/** Host bits are masked and a lone address gets /128, as the router reads it back; else null. */
export function spellPrefix(value: string, family: RuleMenu["family"] = "v6"): string | null {
  const negated = value.startsWith("!") ? "!" : "";
  const bare = value.slice(negated.length);
  if (family === "v4")
    return ipaddr.IPv4.isValid(bare) || ipaddr.IPv4.isValidCIDR(bare) ? value : null;
  const cidr = bare.includes("/") ? bare : `${bare}/128`;
  if (!ipaddr.IPv6.isValidCIDR(cidr)) return null;
  const length = ipaddr.IPv6.parseCIDR(cidr)[1];
  return `${negated}${ipaddr.IPv6.networkAddressFromCIDR(cidr).toString()}/${length}`;
}

function spellPorts(name: string, value: string): string | Reply {
  const bare = value.replace(/^!/, "");
  if (!/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(bare))
    return refusal(400, `invalid value for argument ${name}`);
  if (bare.split(/[-,]/).some((port) => Number(port) > 65_535))
    return refusal(400, `value of ${name} out of range (0..65535)`);
  return value;
}
