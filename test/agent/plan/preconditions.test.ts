import { describe, expect, test } from "vitest";
import { casesOf } from "../../../agent/diagnosis/cases.ts";
import {
  hasOlderEvidence,
  reasonsAgainstRule,
  type BeforeWriting,
} from "../../../agent/plan/preconditions.ts";
import type { Lifeline } from "../../../agent/ports/network.ts";
import type { Round } from "../../../src/protocol/round.ts";
import { aMessage, aPod, MINUTE, pullError, TLS_TIMEOUT } from "../../support/a-pod.ts";
import { aPolicy } from "../../support/a-policy.ts";
import { addressesOf, aRound, HUB, NOW, PATHS, TOKEN, type Path } from "../../support/a-round.ts";
import { hub } from "../../support/a-site.ts";

const both = [
  { host: HUB, registry: HUB },
  { host: TOKEN, registry: HUB },
];

type Changes = Partial<BeforeWriting> & { readonly round?: Round };

function reasons({ round, ...changes }: Changes = {}, policy = aPolicy()): string[] {
  const latest = round ?? aRound({ paths: hub("ok", "tls stall") });
  const before = {
    hosts: both,
    cases: casesOf([aPod()]),
    rounds: [latest],
    addresses: addressesOf(HUB, "v6"),
    beside: [],
    lifelines: [],
    now: NOW + 11_000,
  } as const;
  return reasonsAgainstRule({ ...before, ...changes }, policy);
}

const lifeline = (changes: Partial<Lifeline>): Lifeline => ({
  what: "resolver",
  host: "2600:1f18::53",
  v6: ["2600:1f18::53"],
  v4Works: false,
  ...changes,
});

describe("what speaks against a rule", () => {
  test("nothing, where all holds", () => {
    expect(reasons()).toEqual([]);
  });

  test("probes older than two minutes", () => {
    expect(reasons({ now: NOW + 120_000 })).toEqual([]);
    expect(reasons({ now: NOW + 121_000 })).toEqual(["the probes are 121 s old"]);
  });

  /** Paths on which every IPv4 try is answered, however slowly. */
  const answered: readonly Path[] = [
    "ok",
    "slow",
    "slow link",
    "stalls that end",
    "clock an hour behind",
  ];
  /** Tries that a hasty round cut while they were on their way: no measurement. */
  const onItsWay: readonly Path[] = ["cut on a slow link", "slow link, one try cut"];
  test.each(PATHS.filter((path) => !answered.includes(path)))(
    "IPv4 %s at the token host, though the registry is fine",
    (v4) => {
      const paths = { [HUB]: ["ok", "tls stall"], [TOKEN]: [v4, "ok"] } as const;
      const only = [{ host: HUB, registry: HUB }];

      expect(reasons({ hosts: only, round: aRound({ paths }) })).toEqual([
        v4 === "no record"
          ? `${TOKEN} has no IPv4 address`
          : `${TOKEN} did not answer every IPv4 try of this job`,
      ]);
      // The same in an earlier round of the job.
      const good = aRound({ paths: hub("ok", "tls stall") });
      const earlier = (patient: boolean) =>
        reasons({ hosts: only, rounds: [aRound({ paths, patient }), good] });
      const unanswered = [`${TOKEN} did not answer every IPv4 try of this job`];
      expect(earlier(true)).toEqual(unanswered);
      expect(earlier(false)).toEqual(onItsWay.includes(v4) ? [] : unanswered);
    },
  );

  test("an IPv4 connection of the quota's that was not answered, in any round", () => {
    const paths = hub("ok", "tls stall");
    const quota = { state: "unknown", why: "a TLS time-out", unanswered: HUB } as const;

    expect(reasons({ rounds: [aRound({ paths, quota }), aRound({ paths })] })).toEqual([
      `${HUB} did not answer over IPv4 when the pull quota was read`,
    ]);
    const refused = { state: "unknown", why: "503 of the registry" } as const;
    expect(reasons({ round: aRound({ paths, quota: refused }) })).toEqual([]);
  });

  test("a failing pod's host that was not looked up: what lies there is not known", () => {
    const pods = ["r1.example", "r2.example", "r3.example:5000"].map((host) =>
      aPod({ uid: host, image: `${host}/a/b:1`, text: null }),
    );

    expect(reasons({ cases: casesOf([aPod(), ...pods]) })).toEqual([
      "the addresses of r1.example and 1 more hosts of failing pods were not looked up",
    ]);
  });

  test("a host that is not in RULE_HOSTS", () => {
    expect(reasons({}, aPolicy({ ruleHosts: [HUB] }))).toEqual([`${TOKEN} is not in RULE_HOSTS`]);
  });

  test("an address outside the prefix", () => {
    const policy = aPolicy({ prefix: "2600:1f18:2148:bc00::/63" });

    expect(reasons({}, policy)).toEqual([
      `${TOKEN} has IPv6 addresses outside 2600:1f18:2148:bc00::/63`,
    ]);
  });

  const OTHER = "reg.example";
  /** Another host in the round, with these IPv6 addresses. */
  const withAnother = (address: string, v4: Path): Round => {
    const paths = { ...hub("ok", "tls stall"), [OTHER]: [v4, "ok"] } as const;
    const round = aRound({ paths });
    return {
      ...round,
      lookups: round.lookups.map((lookup) =>
        lookup.host === OTHER && lookup.family === "v6"
          ? { ...lookup, addresses: ["2001:db8::1", address] }
          : lookup,
      ),
    };
  };
  const [inside, outside] = ["2600:1f18::77", "2001:db8::77"] as const;

  const answers = "did not answer every IPv4 try of this job";
  test.each<[string, Round, string | null]>([
    ["inside the prefix, IPv4 down", withAnother(inside, "tcp timeout"), answers],
    ["inside the prefix, IPv4 unsteady", withAnother(inside, "half stall"), answers],
    ["inside the prefix, without IPv4", withAnother(inside, "no record"), "has no IPv4 address"],
    ["inside the prefix, IPv4 fine", withAnother(inside, "ok"), null],
    ["outside the prefix, IPv4 down", withAnother(outside, "tcp timeout"), null],
  ])("another host of the round, %s, whoever named it", (_which, round, why) => {
    const told = why === null ? [] : [`${OTHER} lies inside 2600:1f18::/32 too and ${why}`];
    for (const named of [{}, { blobHosts: [OTHER] }, { ruleHosts: [HUB, TOKEN, OTHER] }])
      expect(reasons({ round }, aPolicy(named))).toEqual(told);
    // An address that only an earlier round saw is blocked all the same.
    const later = aRound({ paths: { ...hub("ok", "tls stall"), [OTHER]: ["ok", "no record"] } });
    expect(reasons({ rounds: [round, later] })).toEqual(
      told.map((text) => text.replace("has no IPv4 address", answers)),
    );
  });

  test("with `address-list` only the /64s that would be listed count", () => {
    const policy = aPolicy({ profile: "address-list" });
    const beside = addressesOf(HUB, "v6")[0]?.replace(/:[^:]*$/, ":77") ?? "";

    expect(reasons({ round: withAnother(inside, "tcp timeout") }, policy)).toEqual([]);
    expect(reasons({ round: withAnother(beside, "tcp timeout") }, policy)).toEqual([
      expect.stringContaining(answers),
    ]);
  });

  test("a quota that is used up", () => {
    const round = aRound({ paths: hub("ok", "tls stall"), quota: { state: "exhausted" } });

    expect(reasons({ round })).toEqual(["the pull quota over IPv4 is used up"]);
  });

  test.each([
    ["inside the prefix without IPv4", lifeline({}), 1],
    ["inside the prefix with IPv4", lifeline({ v4Works: true }), 0],
    ["outside the prefix", lifeline({ v6: ["2606:4700::1"] }), 0],
    ["without IPv6", lifeline({ v6: [] }), 0],
    ["of unknown addresses, with IPv4", lifeline({ v6: [], v6Unknown: true, v4Works: true }), 0],
  ])("a lifeline %s", (_where, one, count) => {
    const found = reasons({ lifelines: [one] });

    expect(found).toHaveLength(count);
    if (count > 0) expect(found[0]).toContain("resolver (2600:1f18::53) lies inside");
  });

  test("a lifeline without IPv4 whose IPv6 addresses nobody could tell", () => {
    expect(reasons({ lifelines: [lifeline({ v6: [], v6Unknown: true })] })).toEqual([
      "resolver (2600:1f18::53) does not answer over IPv4, and its IPv6 addresses could not be looked up",
    ]);
  });

  test("a failing pod's node without IPv4; a node whose addresses are unknown does not count", () => {
    const cases = casesOf([
      aPod({ uid: "1", node: "six-only", nodeAddresses: ["2001:db8:10::3"] }),
      aPod({ uid: "2", node: "six-only", nodeAddresses: ["2001:db8:10::3"] }),
      aPod({ uid: "3", node: "unknown", nodeAddresses: [] }),
    ]);

    expect(reasons({ cases })).toEqual(["six-only has no IPv4 address"]);
  });

  test("all of it is named at once", () => {
    const round = aRound({ paths: hub("half stall", "tls stall"), quota: { state: "exhausted" } });

    expect(reasons({ round, now: NOW + 600_000, lifelines: [lifeline({})] })).toHaveLength(5);
  });
});

describe("older evidence", () => {
  const seen = (text: string, agoMs: number, host = HUB, image = "nginx:1.27"): boolean => {
    const [container] = aPod({ image }).containers;
    if (container === undefined) throw new Error("a pod has a container");
    const message = aMessage(text, { lastAt: NOW - agoMs, from: "waiting" });
    const pod = { ...aPod(), containers: [{ ...container, messages: [message] }] };
    return hasOlderEvidence({ host, registry: HUB }, casesOf([pod]), {
      before: NOW - MINUTE,
    });
  };

  test("counts from 60 s before the round on", () => {
    expect([seen(TLS_TIMEOUT, MINUTE - 1), seen(TLS_TIMEOUT, MINUTE)]).toEqual([false, true]);
  });

  test.each([
    ["net/http: TLS handshake timeout", true],
    ["read tcp [2001:db8::2]:4182->[2600:1f18::10]:443: read: connection reset by peer", true],
    ["x509: certificate is valid for example.org, not registry-1.docker.io", true],
    ["net/http: timeout awaiting response headers", true],
    ["dial tcp 203.0.113.10:443: connect: connection refused", false],
    ["dial tcp: lookup registry-1.docker.io: no such host", false],
    ["EOF", true],
    ["dial tcp [2600:1f18::10]:443: connect: network is unreachable", false],
    ["dial tcp [2600:1f18::10]:443: i/o timeout", false],
    ["dial tcp 203.0.113.10:443: i/o timeout", false],
    ["remote error: tls: handshake failure", false],
    ["unexpected status from HEAD request: 503 Service Unavailable", false],
  ])("%s: %s", (cause, counts) => {
    expect(seen(pullError(cause), 5 * MINUTE)).toBe(counts);
  });

  test("of another host does not count", () => {
    expect(seen(pullError("net/http: TLS handshake timeout", "ghcr.io"), 5 * MINUTE)).toBe(false);
    expect(seen(TLS_TIMEOUT, 5 * MINUTE, TOKEN)).toBe(false);
  });

  test("of another registry's image does not count, whatever host its error names", () => {
    expect(seen(TLS_TIMEOUT, 5 * MINUTE, HUB, "evil.example/a/b")).toBe(false);
  });
});
