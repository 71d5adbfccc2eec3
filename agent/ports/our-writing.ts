// What makes a row on the router ours: the comments that we write, and the fields beside them.
import { TEST_PORTS } from "./test-ports.ts";

/** The usual words; the mark in brackets says who wrote them. */
export const RULE_COMMENT = "Block Docker Hub IPv6 - forces IPv4 fallback [backon]";
export const ENTRY_COMMENT = "Docker Hub IPv6 is broken here; goes by itself [backon]";

export const CLAMP_COMMENT = "Clamp MSS - large packets are lost [backon]";
/** MSS values that are tried one after the other, where the router's own links are not the narrow ones. */
export const CLAMP_NUMBERS = [1_440, 1_360, 1_280, 1_220] as const;

/** RouterOS 7, /ipv6/firewall/filter reject-with, without the two that answer nothing useful. */
export const REJECT_WITH = [
  "icmp-no-route",
  "icmp-admin-prohibited",
  "icmp-address-unreachable",
  "icmp-port-unreachable",
  "tcp-reset",
] as const;

/** The names that ADDRESS_LIST may have. */
export const LIST_NAME = /^[A-Za-z0-9._-]{1,60}$/;

/** So that nobody blocks half the Internet by a typo. */
export const SHORTEST_PREFIX = 32;

/** New connections only. */
export const FIRST_PACKET = "syn,!ack";

/** The source ports from which IPv6 is tested while the rule stands. */
export const HOLE = `!${TEST_PORTS.from}-${TEST_PORTS.to}`;
