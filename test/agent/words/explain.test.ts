import { describe, expect, test } from "vitest";
import { LABELS } from "../../../agent/classify/classify.ts";
import { explain, explainAll } from "../../../agent/words/explain.ts";
import { PROBED_VERDICTS } from "../../../agent/diagnosis/verdicts.ts";
import { aPolicy } from "../../support/a-policy.ts";
import { aRound, BLOB, HEALTHY, HUB, type Path } from "../../support/a-round.ts";

const policy = aPolicy();
const stalled = aRound({ paths: { [HUB]: ["ok", "tls stall"] } });

describe("a verdict in words", () => {
  test.each(PROBED_VERDICTS)("%s has a sentence and an advice of its own", (name) => {
    const { sentence, advice } = explain({ name: name, host: HUB }, stalled, policy);

    expect(sentence).toMatch(/\.$/);
    expect(advice).toMatch(/\.$/);
    expect(sentence).not.toContain("The pods' own messages");
    expect(`${sentence} ${advice}`).not.toMatch(/undefined|null|\[object/);
  });

  test("no two verdicts share a sentence", () => {
    const sentences = PROBED_VERDICTS.map(
      (name) => explain({ name: name, host: HUB }, stalled, policy).sentence,
    );

    expect(new Set(sentences).size).toBe(PROBED_VERDICTS.length);
  });

  test.each(LABELS)("the label %s has a sentence and an advice", (label) => {
    const { sentence, advice } = explain({ name: label, host: HUB }, null, policy);
    expect(sentence).toMatch(/^[A-Z].{20,}\.$/);
    expect(advice).toMatch(/^[A-Z].{20,}\.$/);
  });

  test("the evidence counts the tries of both families", () => {
    expect(explain({ name: "ipv6-tls-stall", host: HUB }, stalled, policy).evidence).toEqual([
      "IPv4: ok (3 × ok)",
      "IPv6: post (6 × timeout after tcp)",
      "IPv6 with a small ClientHello: 2 × timeout after tcp",
      "the host of its blobs is not known here, so it was not measured",
    ]);
  });

  test("a path that loses large packets comes with the line to type", () => {
    const round = aRound({ paths: { [HUB]: ["ok", "large hello stall"] } });

    const { advice, evidence } = explain({ name: "path-mtu", host: HUB }, round, policy);

    expect(advice).toContain(
      "/ipv6/firewall/mangle/add chain=forward protocol=tcp tcp-flags=syn tcp-mss=1221-65535 action=change-mss new-mss=1220 passthrough=yes",
    );
    expect(advice).toContain("only a stop-gap");
    expect(evidence).toContain("IPv6 with a small ClientHello: 2 × ok");
  });

  test.each<[Path, Path, RegExp[], RegExp[]]>([
    [
      "large hello stall",
      "no route",
      [/IPv4 a large/, /\/ip\/firewall\/mangle/, /-s 1472/],
      [/\/ipv6\//],
    ],
    [
      "large hello stall",
      "large hello stall",
      [/\/ip\/firewall\/mangle/, /\/ipv6\/firewall\/mangle/, /-s 1472/, /-s 1452/],
      [/stop-gap/],
    ],
    ["large hello stall", "ok", [/IPv6 works: never block it/], [/\/ipv6\//]],
  ])("large packets lost, IPv4 %s and IPv6 %s: the lines of those families", (v4, v6, has, not) => {
    const round = aRound({ paths: { [HUB]: [v4, v6] } });

    const { sentence, advice } = explain({ name: "path-mtu", host: HUB }, round, policy);

    for (const one of has) expect(`${sentence} ${advice}`).toMatch(one);
    for (const one of not) expect(`${sentence} ${advice}`).not.toMatch(one);
    expect(advice).toMatch(/PPPoE.*WireGuard.*VXLAN.*VPN on the node/);
  });

  test.each([
    ["http", "a small answer of"],
    ["tcp", "not even a small answer of"],
  ] as const)("a stall everywhere says what port 80 showed: %s", (reached, words) => {
    const round = aRound({ paths: { [HUB]: ["tls stall", "no route"] } });
    const [first] = round.readings;
    const plainHttp = first === undefined ? [] : [{ ...first, reached }];

    const told = explain({ name: "stall-everywhere", host: HUB }, { ...round, plainHttp }, policy);

    expect(told.sentence).toContain(words);
    expect(told.sentence).not.toMatch(/offline|down/);
    expect(told.advice).toContain("/ip/firewall/mangle/add");
  });

  test("a name that is sunk names resolver, answer and where to look", () => {
    const round = aRound({
      paths: { [HUB]: ["refused", "refused"] },
      v4Addresses: { [HUB]: ["0.0.0.0"] },
      addresses: { [HUB]: ["::"] },
    });

    const { sentence, advice } = explain({ name: "dns-sinkhole", host: HUB }, round, policy);

    expect(sentence).toContain("the resolver 10.10.0.1 answers 0.0.0.0, ::");
    expect(advice).toMatch(/Pi-hole, AdGuard/);
  });

  test("a stop-gap that would not be enough says at which host", () => {
    const paths = { [HUB]: ["ok", "tls stall"], [BLOB]: ["ok", "tls stall"] } as const;

    const { advice } = explain(
      { name: "ipv6-stall-everywhere", host: HUB },
      aRound({ paths }),
      policy,
    );

    expect(advice).toContain(`would not be enough: ${BLOB} stalls too`);
  });

  test.each([
    ["ghcr.io", "ghcr.io counts requests a minute"],
    ["public.ecr.aws", "ECR counts requests a second"],
    ["123456789012.dkr.ecr.eu-west-1.amazonaws.com", "ECR counts requests a second"],
    ["quay.io", "quay.io counts requests a second"],
    ["harbor.corp.example:8443", "Nearly every registry but Docker Hub"],
  ])("the limit of %s is over within minutes, not hours", (host, counts) => {
    const { sentence, advice } = explain({ name: "rate-limited", host }, stalled, policy);

    expect(sentence).toContain(`${host} refuses requests`);
    expect(advice).toContain(counts);
    expect(`${sentence} ${advice}`).not.toMatch(/hour|Docker Hub\)|allowance/);
  });

  test("a clock that is off is shown beside the servers'", () => {
    const all = Object.keys(HEALTHY).map((host) => [host, ["clock a year behind", "no record"]]);
    const round = aRound({ paths: Object.fromEntries(all) });

    expect(explain({ name: "clock-skew", host: HUB }, round, policy).sentence).toBe(
      "This node's clock is off: it says 2027-01-15T08:00:00.000Z, 5 of 5 servers say 2028-01-15T08:00:00.000Z. Valid certificates look invalid to it.",
    );
  });

  test("a clock that is off is evidence where it decides nothing", () => {
    const all = Object.keys(HEALTHY).map((host) => [
      host,
      ["clock an hour behind", "clock an hour behind"],
    ]);
    const paths = { ...Object.fromEntries(all), [HUB]: ["clock an hour behind", "tls stall"] };

    const { evidence } = explain(
      { name: "ipv6-tls-stall", host: HUB },
      aRound({ paths }),
      aPolicy(),
    );

    expect(evidence).toContain(
      "this node's clock is off: it says 2027-01-15T08:00:00.000Z, 5 of 5 servers say 2027-01-15T09:00:00.000Z",
    );
  });

  test.each([
    [{ state: "exhausted", limit: 100, windowS: 21_600 }, "(0 left of 100 in 6 h)", "6 h after"],
    [{ state: "exhausted", retryAfterS: 5_400 }, "is used up.", "the reset in 90 min"],
    [{ state: "unknown", why: "429" }, "is used up.", "six hours at Docker Hub"],
  ] as const)("the quota %j says what is left and the reset", (quota, left, reset) => {
    const words = explain({ name: "rate-limited", host: HUB }, aRound({ quota }), policy);

    expect(words.sentence).toContain(left);
    expect(words.advice).toContain(reset);
  });

  test("a machine without any way out is told so", () => {
    const round = aRound({ paths: { [HUB]: ["servfail", "servfail"] } });
    const offline = { ...round.lookedFrom, sources: { v4: null, v6: null } };

    expect(
      explain({ name: "dns-failure", host: HUB }, { ...round, lookedFrom: offline }, policy)
        .sentence,
    ).toContain("This machine has no way to the Internet over IPv4 or IPv6");
  });

  test("the evidence names what DNS said where nothing could be tried", () => {
    const round = aRound({ paths: { [HUB]: ["servfail", "no record"] } });

    expect(explain({ name: "dns-failure", host: HUB }, round, policy)).toMatchObject({
      sentence: `${HUB} does not resolve: A failure, AAAA nodata; asked 10.10.0.1.`,
      evidence: [
        "IPv4: none (DNS failure)",
        "IPv6: none (DNS nodata)",
        "the host of its blobs is not known here, so it was not measured",
      ],
    });
  });

  test("a registry that is down is named with its status", () => {
    const round = aRound({ paths: { [HUB]: ["503", "503"] } });

    expect(explain({ name: "registry-down", host: HUB }, round, policy).sentence).toContain(
      "(HTTP 503)",
    );
    expect(explain({ name: "registry-down", host: HUB }, stalled, policy).sentence).toContain(
      "(HTTP 401)",
    );
  });

  test("without a host or a round there is no evidence, and the sentence still stands", () => {
    expect(explain({ name: "nothing-failing", host: null }, null, policy)).toEqual({
      host: null,
      name: "nothing-failing",
      sentence: "No pod waits for an image.",
      advice: "Nothing to do. The alert ends by itself.",
      evidence: [],
    });
  });
});

describe("hosts that were not measured", () => {
  const unmeasured = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      name: "inconclusive" as const,
      host: `r${index + 1}.example:5000`,
      measured: false,
    }));

  test("are named one by one up to five", () => {
    const told = explainAll(unmeasured(5), stalled, policy);

    expect(told.map(({ host }) => host)).toEqual(unmeasured(5).map(({ host }) => host));
  });

  test("are one sentence from the sixth on, with the first five and the number of the rest", () => {
    const measured = { name: "ipv6-tls-stall" as const, host: HUB, measured: true };

    const told = explainAll([measured, ...unmeasured(6)], stalled, policy);

    expect(told.map(({ host }) => host)).toEqual([HUB, null]);
    expect(told[1]?.sentence).toBe(
      "6 hosts were not measured (another port than 443, or too many hosts at once): r1.example:5000, r2.example:5000, r3.example:5000, r4.example:5000, r5.example:5000 and 1 more.",
    );
  });
});
