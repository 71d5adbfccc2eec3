// What /ipv6/firewall/filter accepts in an add or a set, and how it spells it back.
import ipaddr from "ipaddr.js";
import { refusal, type Reply } from "./errors.ts";
import type { Switches } from "./switches.ts";

/** RouterOS 7.21 and newer (`tos` is the youngest). */
const ARGUMENTS = new Set(
  `action address-list address-list-timeout chain comment connection-bytes connection-limit
  connection-mark connection-nat-state connection-rate connection-state connection-type content
  copy-from disabled dscp dst-address dst-address-list dst-address-type dst-limit dst-port headers
  hop-limit icmp-options in-bridge-port in-bridge-port-list in-interface in-interface-list
  ingress-priority ipsec-policy jump-target limit log log-prefix nth out-bridge-port
  out-bridge-port-list out-interface out-interface-list packet-mark packet-size
  per-connection-classifier place-before port priority protocol random reject-with routing-mark
  src-address src-address-list src-address-type src-mac-address src-port tcp-flags tcp-mss time
  tls-host tos`.split(/\s+/),
);
const CREATE_ONLY = new Set(["place-before", "copy-from"]);

const one = (words: string) => new Set(words.split(" "));
const ENUMS: Readonly<Record<string, ReadonlySet<string>>> = {
  action: one(
    "accept add-dst-to-address-list add-src-to-address-list drop fasttrack-connection jump log passthrough reject return",
  ),
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

type Checked =
  | { readonly ok: true; readonly fields: Record<string, string> }
  | { readonly ok: false; readonly reply: Reply };

/** `add` for a new row, `set` for changes of one; the fields come back as RouterOS spells them. */
export function checkFields(
  given: Readonly<Record<string, string>>,
  kind: "add" | "set",
  switches: Switches,
): Checked {
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!ARGUMENTS.has(name) || (kind === "set" && CREATE_ONLY.has(name)))
      return { ok: false, reply: refusal(400, `unknown parameter ${name}`) };
    const spelled = spell(name, value, switches);
    if (typeof spelled !== "string") return { ok: false, reply: spelled };
    fields[name] = spelled;
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

function spell(name: string, value: string, switches: Switches): string | Reply {
  const noMatch = (what: string) => refusal(400, `input does not match any value of ${what}`);
  const bare = value.replace(/^!/, "");
  switch (name) {
    case "disabled":
    case "log":
      return FLAGS[value] ?? noMatch(name);
    case "dst-address":
    case "src-address":
      return spellPrefix(value) ?? refusal(400, `${switches.badAddress} ${name}`);
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

function isListed(name: string, value: string): boolean {
  const list = LISTS[name];
  if (list !== undefined) return value.split(",").every((word) => list.has(word.replace(/^!/, "")));
  return ENUMS[name]?.has(value) ?? true;
}

/** Host bits are masked and a lone address gets /128, as the router reads it back; else null. */
export function spellPrefix(value: string): string | null {
  const negated = value.startsWith("!") ? "!" : "";
  const bare = value.slice(negated.length);
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
