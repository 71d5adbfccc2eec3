// The line that clamps the MSS on the router, for the RouterOS console. Agent and Worker show the same.
import type { Family } from "../protocol/round.ts";

/** 1,280 bytes, which every IPv6 link must carry (RFC 8200, section 5), less 60 of headers; IPv4: less 40. */
const CLAMPS: Readonly<Record<Family, string>> = {
  v4: "/ip/firewall/mangle/add chain=forward protocol=tcp tcp-flags=syn tcp-mss=1241-65535 action=change-mss new-mss=1240 passthrough=yes",
  v6: "/ipv6/firewall/mangle/add chain=forward protocol=tcp tcp-flags=syn tcp-mss=1221-65535 action=change-mss new-mss=1220 passthrough=yes",
};

/** One line a family; the number passes any link. */
export function clampAsConsole(family: Family): string {
  return CLAMPS[family];
}
