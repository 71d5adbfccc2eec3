// DESIGN section 5 as one table: what the probes saw at Docker Hub's registry, and the verdict.
import { describe, expect, test } from "vitest";
import {
  aRound,
  BLOB,
  CONTROLS,
  GHCR,
  HEALTHY,
  HUB,
  NOW,
  type Path,
  type Paths,
} from "../support/a-round.ts";
import { aPersonsRule, aRule } from "../support/a-rule.ts";
import { verdictOn, type Besides } from "../support/verdict-on.ts";

const exhausted: Besides = { quota: { state: "exhausted" } };
const unknownQuota = { state: "unknown", why: "the token host did not answer" } as const;
const ours: Besides = { rules: [aRule()] };
const partly: Besides = { rules: [aRule({ networks: ["2600:1f18:2148:bc00::/64"] })] };
const controls = (v4: Path, v6: Path): Paths => ({
  [CONTROLS[0]]: [v4, v6],
  [CONTROLS[1]]: [v4, v6],
  [GHCR]: [v4, "no record"],
});
const blobs = (v6: Path): Besides => ({ others: { [BLOB]: ["ok", v6] } });
/** Earlier rounds that saw the same; `ages` in ms before the one that is judged. */
const rounds = (v6: Path, ages: readonly number[] = [120_000, 60_000]): Besides => ({
  earlier: ages
    .filter((age) => age > 0)
    .map((age) => aRound({ at: NOW - age, paths: { [HUB]: ["ok", v6] } })),
});
const yearBehind: Besides = {
  others: Object.fromEntries(
    Object.keys(HEALTHY).map((host) => [host, ["clock a year behind", "clock a year behind"]]),
  ),
};
const elsewhere: Besides = { failsOnThisNode: false };

/** v4, v6, verdict, and what else is so. In the order of DESIGN section 5. */
type Row = readonly [
  row: number,
  v4: Path,
  v6: Path,
  verdict: string,
  note?: string,
  how?: Besides,
];
const ROWS: readonly Row[] = [
  [3, "ok", "tls stall", "proxy-in-path", "clients go through one", { proxy: "proxy.lan:3128" }],
  [3, "servfail", "servfail", "proxy-in-path", "it may resolve", { proxy: "proxy.lan:3128" }],
  [3, "clock a year behind", "clock a year behind", "clock-skew", "all servers say so", yearBehind],
  [
    10,
    "clock a year behind",
    "clock a year behind",
    "tls-certificate",
    "only this server says so: the clock of the others agrees",
  ],
  [3, "servfail", "tls stall", "dns-failure"],
  [3, "nxdomain", "nxdomain", "dns-failure"],
  [3, "dns timeout", "ok", "dns-failure"],
  [3, "ok", "dns timeout", "dns-failure", "clients wait for the AAAA answer"],
  [13, "ok", "servfail", "no-ipv6", "AAAA SERVFAIL is not a time-out"],
  [4, "429", "429", "rate-limited"],
  [4, "ok", "429", "rate-limited"],
  [4, "ok", "tls stall", "rate-limited", "quota used up", exhausted],
  [
    4,
    "ok",
    "tls stall",
    "rate-limited",
    "the pod says so, quota unknown",
    { toldRateLimited: true, quota: unknownQuota },
  ],
  [
    21,
    "ok",
    "tls stall",
    "ipv6-tls-stall",
    "the pod says so, quota is left",
    { toldRateLimited: true },
  ],
  [21, "ok", "tls stall", "ipv6-tls-stall", "quota unknown", { quota: unknownQuota }],
  [5, "half stall", "tls stall", "inconclusive"],
  [5, "half stall", "ok", "inconclusive"],
  [5, "half stall", "unreachable", "inconclusive", "even under a rule", ours],
  [6, "tcp timeout", "unreachable", "ipv4-lost", "our rule stands", ours],
  [6, "tls stall", "unreachable", "ipv4-lost", "our rule stands", ours],
  [10, "503", "unreachable", "registry-down", "our rule stands: that came over IPv4", ours],
  [6, "tcp timeout", "unreachable", "ipv4-lost", "our rule covers a part", partly],
  [7, "ok", "first address unreachable, second stalls", "ipv6-tls-stall", "the rest", partly],
  [7, "ok", "first address unreachable, second ok", "healthy-now", "the rest", partly],
  [6, "no route", "unreachable", "ipv4-lost", "our rule stands", ours],
  [
    6,
    "tcp timeout",
    "unreachable",
    "ipv4-lost",
    "a person's rule stands",
    { rules: [aPersonsRule()] },
  ],
  [
    11,
    "tcp timeout",
    "unreachable",
    "registry-unreachable",
    "the rule is disabled",
    { rules: [aRule({ disabled: true })] },
  ],
  [
    11,
    "tcp timeout",
    "unreachable",
    "registry-unreachable",
    "the rule covers other addresses",
    { rules: [aRule({ networks: ["2600:1f18:9999::/48"] })] },
  ],
  [7, "ok", "unreachable", "rule-active", "our rule stands", ours],
  [7, "ok", "tcp timeout", "rule-active", "our rule stands", ours],
  [7, "ok", "refused", "rule-active", "a person's rule stands", { rules: [aPersonsRule()] }],
  [7, "ok", "no route", "no-ipv6", "our rule stands", ours],
  [7, "ok", "tls stall", "rule-ineffective", "our rule stands", ours],
  [7, "ok", "ok", "rule-ineffective", "our rule stands", ours],
  [7, "ok", "half stall", "rule-ineffective", "our rule stands", ours],
  [8, "no record", "ok", "healthy-now"],
  [8, "no record", "tls stall", "no-ipv4"],
  [8, "no route", "tls stall", "no-ipv4"],
  [8, "no route", "no route", "no-ipv4"],
  [9, "tcp timeout", "ok", "ipv4-down"],
  [9, "tls stall", "ok", "ipv4-down"],
  [9, "503", "ok", "ipv4-down"],
  [9, "wrong certificate", "ok", "ipv4-down"],
  [10, "503", "503", "registry-down"],
  [10, "http stall", "tls stall", "registry-down"],
  [10, "wrong certificate", "wrong certificate", "tls-certificate"],
  [11, "tls stall", "tls stall", "registry-unreachable"],
  [11, "tcp timeout", "tls stall", "registry-unreachable"],
  [
    11,
    "tcp timeout",
    "tcp timeout",
    "site-offline",
    "no control answers",
    { others: controls("tcp timeout", "tcp timeout") },
  ],
  [
    11,
    "tcp timeout",
    "no route",
    "registry-unreachable",
    "no control could be measured",
    { others: controls("no route", "no route") },
  ],
  [12, "ok", "ok", "not-seen-here", "its pods fail elsewhere", elsewhere],
  [12, "ok", "unreachable", "not-seen-here", "its pods fail elsewhere", elsewhere],
  [12, "ok", "half stall", "not-seen-here", "its pods fail elsewhere", elsewhere],
  [12, "ok", "tls stall", "ipv6-tls-stall", "its pods fail elsewhere too", elsewhere],
  [12, "ok", "ok", "healthy-now", "no pod fails at all", { failsOnThisNode: null }],
  [13, "ok", "no record", "no-ipv6"],
  [13, "ok", "no route", "no-ipv6"],
  [13, "ok", "tcp timeout", "ipv6-unreachable"],
  [13, "ok", "refused", "ipv6-unreachable"],
  [13, "ok", "unreachable", "ipv6-unreachable"],
  [14, "ok", "slow", "ipv6-slow"],
  [14, "slow", "slow", "healthy-now"],
  [14, "slow", "ok", "healthy-now"],
  [15, "ok", "503", "ipv6-http-fault"],
  [15, "ok", "http stall", "ipv6-http-fault"],
  [16, "ok", "one address stalls", "ipv6-partial"],
  [16, "ok", "half stall", "inconclusive"],
  [16, "ok", "tls stall, two tries cut", "inconclusive", "a try that was cut is no stall"],
  [21, "ok", "tls stall, one try cut", "ipv6-tls-stall", "two whole tries an address are enough"],
  [16, "ok", "all tries cut", "inconclusive", "a try that was cut is no stall"],
  [16, "ok", "half stall", "ipv6-partial", "half of three rounds", rounds("half stall")],
  [16, "ok", "half stall", "inconclusive", "two rounds only", rounds("half stall", [0, 60_000])],
  [16, "ok", "half stall", "inconclusive", "over ten minutes", rounds("half stall", [0, 540_001])],
  [16, "ok", "one of three stalls", "inconclusive", "three rounds", rounds("one of three stalls")],
  [17, "ok", "tls stall, IPv4 first", "ipv6-not-preferred"],
  [17, "ok", "tls stall, IPv4 first", "ipv6-not-preferred", "blobs stall", blobs("tls stall")],
  [18, "ok", "tls stall", "ipv6-blob-stall", "the blob host alone", { host: BLOB }],
  [18, "ok", "large hello stall", "ipv6-blob-stall", "the blob host alone", { host: BLOB }],
  [18, "ok", "tls stall", "not-covered", "the blob host too", blobs("tls stall")],
  [
    18,
    "ok",
    "tls stall",
    "not-covered",
    "the blob host, and the registry",
    { host: BLOB, others: { [HUB]: ["ok", "tls stall"] } },
  ],
  [21, "ok", "tls stall", "ipv6-tls-stall", "blobs come and go", blobs("half stall")],
  [21, "ok", "tls stall", "ipv6-tls-stall", "the blob host does not resolve", blobs("nxdomain")],
  [19, "ok", "large hello stall", "path-mtu"],
  [19, "ok", "large hello stall", "path-mtu", "blobs too", blobs("large hello stall")],
  [
    19,
    "ok",
    "large hello stall",
    "path-mtu",
    "at each control too",
    { others: controls("ok", "large hello stall") },
  ],
  [
    20,
    "ok",
    "tls stall",
    "ipv6-stall-everywhere",
    "at each control and the blob host",
    { others: { ...controls("ok", "tls stall"), [BLOB]: ["ok", "tls stall"] } },
  ],
  [
    18,
    "ok",
    "tls stall",
    "not-covered",
    "another registry",
    { host: "ghcr.io", registry: "ghcr.io" },
  ],
  [
    20,
    "ok",
    "tls stall",
    "ipv6-stall-everywhere",
    "at each control too",
    { others: controls("ok", "tls stall") },
  ],
  [
    20,
    "ok",
    "tls stall",
    "inconclusive",
    "and it comes and goes at each control",
    { others: controls("ok", "half stall") },
  ],
  [
    20,
    "ok",
    "tls stall",
    "inconclusive",
    "at one control too, and it comes and goes at the other",
    { others: { [CONTROLS[0]]: ["ok", "tls stall"], [CONTROLS[1]]: ["ok", "half stall"] } },
  ],
  [
    21,
    "ok",
    "tls stall",
    "ipv6-tls-stall",
    "it comes and goes at one control",
    { others: { [CONTROLS[0]]: ["ok", "half stall"] } },
  ],
  [
    21,
    "ok",
    "tls stall",
    "ipv6-tls-stall",
    "the controls do not even get TCP",
    { others: controls("ok", "tcp timeout") },
  ],
  [
    21,
    "ok",
    "tls stall",
    "ipv6-tls-stall",
    "at one control too",
    { others: { [CONTROLS[0]]: ["ok", "tls stall"] } },
  ],
  [
    21,
    "ok",
    "tls stall",
    "ipv6-tls-stall",
    "no control measured",
    { others: controls("ok", "no route") },
  ],
  [21, "ok", "tls stall", "ipv6-tls-stall"],
  [21, "ok", "reset", "ipv6-tls-reset"],
  [21, "ok", "wrong certificate", "ipv6-wrong-certificate"],
  [21, "ok", "stall and reset", "ipv6-tls-stall"],
];

describe("the verdict on one host", () => {
  const named = ROWS.map(([row, v4, v6, verdict, note = "", how = {}]) => {
    const name = `row ${row}: IPv4 ${v4}, IPv6 ${v6} → ${verdict}${note && ` (${note})`}`;
    return { name, v4, v6, verdict, how };
  });
  test.each(named)("$name", ({ v4, v6, verdict, how }) => {
    expect(verdictOn(v4, v6, how)).toBe(verdict);
  });
});
