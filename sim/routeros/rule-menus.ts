// The tables of firewall rules: what each accepts, harvested by others from running routers (7.24). Presence
// and defaults of the mangle tables' fields are taken to be those of the filter: not known for certain.

export type RuleMenu = {
  readonly family: "v4" | "v6";
  readonly arguments: ReadonlySet<string>;
  readonly actions: ReadonlySet<string>;
};

const words = (text: string) => text.trim().split(/\s+/);

/** What all of them have. `tos` is the youngest (7.21). */
const COMMON = words(`action address-list address-list-timeout chain comment connection-bytes
  connection-limit connection-mark connection-nat-state connection-rate connection-state
  connection-type content copy-from disabled dscp dst-address dst-address-list dst-address-type
  dst-limit dst-port icmp-options in-bridge-port in-bridge-port-list in-interface
  in-interface-list ingress-priority ipsec-policy jump-target limit log log-prefix nth
  out-bridge-port out-bridge-port-list out-interface out-interface-list packet-mark packet-size
  per-connection-classifier place-before port priority protocol random routing-mark src-address
  src-address-list src-address-type src-mac-address src-port tcp-flags tcp-mss time tls-host tos`);

const MANGLE = words(`new-connection-mark new-dscp new-mss new-packet-mark new-priority
  new-routing-mark passthrough sniff-id sniff-target sniff-target-port`);

const menu = (family: RuleMenu["family"], given: readonly string[], actions: string): RuleMenu => ({
  family,
  arguments: new Set([...COMMON, ...given]),
  actions: new Set(words(actions)),
});

export const FILTER: RuleMenu = menu(
  "v6",
  words("headers hop-limit reject-with"),
  "accept add-dst-to-address-list add-src-to-address-list drop fasttrack-connection jump log passthrough reject return",
);

export const MANGLES: Readonly<Record<RuleMenu["family"], RuleMenu>> = {
  v4: menu(
    "v4",
    [
      ...MANGLE,
      ...words("fragment hotspot ipv4-options layer7-protocol new-ttl p2p psd realm route-dst ttl"),
    ],
    `accept add-dst-to-address-list add-src-to-address-list change-dscp change-mss change-ttl
    clear-df fasttrack-connection jump log mark-connection mark-packet mark-routing passthrough
    return route set-priority sniff-pc sniff-tzsp strip-ipv4-options`,
  ),
  v6: menu(
    "v6",
    [...MANGLE, ...words("dst-prefix headers hop-limit new-hop-limit src-prefix")],
    `accept add-dst-to-address-list add-src-to-address-list change-dscp change-hop-limit change-mss
    dnpt jump log mark-connection mark-packet mark-routing passthrough return set-priority sniff-pc
    sniff-tzsp snpt`,
  ),
};
