// docs/design.md section 5, rows 3 to 11: what decides before IPv6 is looked at by itself.
import { describe, expect, test } from "vitest";
import { aRound, GHCR, HUB, TOKEN, type Path } from "../../support/a-round.ts";
import { aRule, aPersonsRule } from "../../support/a-rule.ts";
import { verdictIn, verdictOn, type Besides } from "../../support/verdict-on.ts";
import {
  named,
  exhausted,
  unknownQuota,
  ours,
  partly,
  controls,
  clockOffElsewhere,
  yearBehind,
  type Row,
} from "../../support/verdict-rows.ts";

/** IPv4 stalls at each control and the token host too. */
const stallsAt = (v6: Path): Besides => ({
  others: { ...controls("tls stall", v6), [TOKEN]: ["tls stall", v6] },
});

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
  [
    21,
    "ok",
    "tls stall",
    "ipv6-tls-stall",
    "the clock is off, and each certificate was accepted",
    clockOffElsewhere,
  ],
  [
    21,
    "ok",
    "wrong certificate",
    "ipv6-wrong-certificate",
    "the clock is off, and IPv4's certificate was accepted",
    clockOffElsewhere,
  ],
  [11, "tcp timeout", "tcp timeout", "registry-unreachable", "the clock is off", clockOffElsewhere],
  [3, "servfail", "tls stall", "dns-failure"],
  [3, "nxdomain", "nxdomain", "dns-failure"],
  [3, "dns timeout", "ok", "dns-failure"],
  [3, "ok", "dns timeout", "dns-failure", "clients wait for the AAAA answer"],
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
  [5, "half stall", "tls stall", "inconclusive"],
  [5, "half stall", "ok", "inconclusive"],
  [5, "half stall", "unreachable", "inconclusive", "even under a rule", ours],
  [6, "tcp timeout", "unreachable", "ipv4-lost", "our rule stands", ours],
  [6, "tls stall", "unreachable", "ipv4-lost", "our rule stands", ours],
  [6, "http stall", "unreachable", "ipv4-lost", "our rule stands: IPv4 answers nothing", ours],
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
  [9, "tls stall", "ok", "ipv4-down", "even the small hello stalls"],
  [9, "503", "ok", "ipv4-down"],
  [9, "wrong certificate", "ok", "ipv4-down"],
  [10, "503", "503", "registry-down"],
  [10, "http stall", "tls stall", "registry-down"],
  [10, "wrong certificate", "wrong certificate", "tls-certificate"],
  [11, "tls stall", "tls stall", "registry-stalls", "at this host alone"],
  [11, "tls stall", "no record", "registry-stalls", "at this host alone"],
  [11, "reset", "unreachable", "registry-stalls", "at this host alone"],
  [11, "tls stall", "tls stall", "stall-everywhere", "at each control too", stallsAt("tls stall")],
  [11, "tls stall", "no route", "stall-everywhere", "at each control too", stallsAt("no route")],
  [11, "reset", "reset", "stall-everywhere", "at each control too", stallsAt("reset")],
  [
    11,
    "tcp timeout",
    "tcp timeout",
    "registry-unreachable",
    "TCP connects at the controls",
    stallsAt("tls stall"),
  ],
  [11, "large hello stall", "no record", "path-mtu"],
  [11, "large hello on a full link", "no record", "inconclusive", "luck"],
  [
    11,
    "large hello on a full link",
    "large hello on a full link",
    "inconclusive",
    "luck over both",
  ],
  [11, "large hello stall", "no route", "path-mtu", "everywhere", stallsAt("no route")],
  [11, "large hello stall", "large hello stall", "path-mtu", "everywhere", stallsAt("tls stall")],
  [
    11,
    "tls stall",
    "no record",
    "path-mtu",
    "the small one gets through at the token host",
    { others: { [TOKEN]: ["large hello stall", "no record"] } },
  ],
  [11, "large hello stall", "ok", "path-mtu", "IPv6 works"],
  [8, "no record", "large hello stall", "path-mtu", "IPv6 is all there is"],
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
];

describe("the verdict on one host", () => {
  test.each(named(ROWS))("$name", ({ v4, v6, verdict, how }) => {
    expect(verdictOn(v4, v6, how)).toBe(verdict);
  });
});

describe("a name that leads nowhere", () => {
  const sunkAt = (host: string, v4: readonly string[], v6: readonly string[]) =>
    aRound({
      paths: { [host]: ["refused", v6.length > 0 ? "refused" : "no record"] },
      v4Addresses: { [host]: v4 },
      addresses: { [host]: v6 },
    });

  test.each([
    [["0.0.0.0"], ["::"]],
    [["0.0.0.0"], []],
    [["127.0.0.1"], ["::1"]],
    [["169.254.1.1"], ["fe80::1"]],
    [["10.0.0.1"], ["fd00::1"]],
    [["192.168.1.2"], []],
  ])("Docker Hub at %j and %j is sunk", (v4, v6) => {
    expect(verdictIn(sunkAt(HUB, v4, v6))).toBe("dns-sinkhole");
  });

  test("one public address among them is none that a blocker gave", () => {
    expect(verdictIn(sunkAt(HUB, ["0.0.0.0"], ["2600:1f18::1"]))).toBe("registry-unreachable");
  });

  test.each([
    ["harbor.corp.example", "10.0.0.1", "registry-unreachable"],
    ["harbor.corp.example", "0.0.0.0", "dns-sinkhole"],
    [GHCR, "10.0.0.1", "dns-sinkhole"],
    ["123456789012.dkr.ecr.eu-west-1.amazonaws.com", "127.0.0.1", "dns-sinkhole"],
  ])("%s at %s: %s", (host, address, verdict) => {
    const how = { host, registry: host };
    expect(verdictIn(sunkAt(host, [address], []), how)).toBe(verdict);
  });

  test("a mirror of the site that stands in for Docker Hub and answers is none", () => {
    const round = aRound({
      v4Addresses: { [HUB]: ["10.0.0.1"] },
      addresses: { [HUB]: ["fd00::1"] },
    });
    expect(verdictIn(round)).toBe("healthy-now");
  });
});

test("addresses that the rule leaves open and no try went to are not taken for none", () => {
  const known = aRound({ paths: { [HUB]: ["ok", "unreachable"] } });
  const lookups = known.lookups.map((one) => {
    const more = one.host === HUB && one.family === "v6" ? ["2a00:1450:4001::1"] : [];
    return { ...one, addresses: [...one.addresses, ...more] };
  });

  expect(verdictIn({ ...known, lookups }, ours)).toBe("inconclusive");
  expect(verdictIn(known, ours)).toBe("rule-active");
});
