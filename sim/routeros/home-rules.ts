// A home router's IPv6 firewall, after the one that RouterOS comes with.
import type { Fields } from "./rule-table.ts";

export const homeRules: readonly Fields[] = [
  {
    chain: "input",
    action: "accept",
    "connection-state": "established,related,untracked",
    comment: "defconf: accept established,related,untracked",
  },
  { chain: "input", action: "drop", "in-interface-list": "!LAN", comment: "defconf: drop not LAN" },
  {
    chain: "forward",
    action: "accept",
    "connection-state": "established,related,untracked",
    comment: "defconf: accept established,related,untracked",
  },
  {
    chain: "forward",
    action: "drop",
    "connection-state": "invalid",
    comment: "defconf: drop invalid",
  },
  { chain: "forward", action: "accept", protocol: "icmpv6", comment: "defconf: accept ICMPv6" },
  {
    chain: "forward",
    action: "drop",
    "in-interface-list": "!LAN",
    comment: "defconf: drop everything else not coming from LAN",
  },
];

/** The row that IPv6 FastTrack adds (RouterOS 7.18 and newer); it can't be changed or passed. */
export const fasttrackRow: Fields = {
  chain: "forward",
  action: "passthrough",
  comment: "special dummy rule to show fasttrack6 counters",
};
