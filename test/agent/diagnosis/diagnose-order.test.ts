// Which row of docs/design.md section 5 wins where several would match.
import { describe, expect, test } from "vitest";
import { diagnose } from "../../../agent/diagnosis/diagnose.ts";
import type { Question } from "../../../agent/diagnosis/question.ts";
import { hostVerdicts } from "../../../agent/diagnosis/host-verdicts.ts";
import { aPolicy } from "../../support/a-policy.ts";
import { aRound, GHCR, HEALTHY, HUB, PATHS, type Path, type Paths } from "../../support/a-round.ts";
import { aRule } from "../../support/a-rule.ts";
import { verdictOn, type Besides } from "../../support/verdict-on.ts";

const exhausted: Besides = { quota: { state: "exhausted" } };
const ours: Besides = { rules: [aRule()] };

describe("the order of the rows", () => {
  test("DNS comes before the quota, the quota before tries that differ", () => {
    expect([
      verdictOn("servfail", "429", exhausted),
      verdictOn("half stall", "tls stall", exhausted),
    ]).toEqual(["dns-failure", "rate-limited"]);
  });

  test("the quota of Docker Hub says nothing about another registry", () => {
    const how = { ...exhausted, host: GHCR, registry: GHCR, failsOnThisNode: true };
    expect(verdictOn("ok", "ok", how)).toBe("healthy-now");
  });

  test.each(PATHS)("IPv4 mixed and IPv6 %s: only DNS comes before `inconclusive`", (v6) => {
    const earlier = { "dns timeout": "dns-failure", "429": "rate-limited" } as Record<
      string,
      string
    >;
    expect(verdictOn("half stall", v6, ours)).toBe(earlier[v6] ?? "inconclusive");
  });

  const good: readonly Path[] = [
    "ok",
    "slow",
    "clock an hour behind",
    "stalls that end",
    "slow link",
  ];
  const bad = PATHS.filter((v4) => !good.includes(v4));
  test.each(bad)("IPv4 %s never leads to a rule, whatever IPv6 shows", (v4) => {
    const policy = aPolicy({ stopGap: "allow" });
    const follows = PATHS.flatMap((v6) =>
      [[], [aRule()]].flatMap((rules) => {
        const round = aRound({ paths: { [HUB]: [v4, v6] } });
        const seen = { rounds: [round], rules, cases: [] };
        return hostVerdicts([{ host: HUB, registry: HUB }], seen, policy).map(
          ({ follow }) => follow,
        );
      }),
    );

    expect(follows).not.toContain("rule");
    expect(follows).not.toContain("ask");
  });
});

const usual: Omit<Question, "round"> = {
  host: HUB,
  registry: HUB,
  siblings: [],
  earlier: [],
  rules: [],
  policy: aPolicy(),
  proxy: null,
  failsOnThisNode: true,
  toldRateLimited: false,
};

test("an IPv6 address outside the prefix is not covered, even with the host in RULE_HOSTS", () => {
  const policy = aPolicy({ prefix: "2600:1f18:2148:bc00::/64" });
  const round = aRound({ paths: { [HUB]: ["ok", "tls stall"] } });

  expect(diagnose({ ...usual, round, policy })).toBe("not-covered");
});

test("a lookup that times out on a link where answers take seconds proves nothing", () => {
  const round = aRound({ paths: { [HUB]: ["dns timeout", "dns timeout"] } });
  const slow = round.lookups.map((lookup) => ({ ...lookup, ms: 1_800 }));

  expect(diagnose({ ...usual, round })).toBe("dns-failure");
  expect(diagnose({ ...usual, round: { ...round, lookups: slow } })).toBe("inconclusive");
});

test("a lookup that times out where no other host answers every try proves nothing", () => {
  const others = Object.keys(HEALTHY).map((host) => [host, ["half stall", "half stall"]]);
  const paths = { ...Object.fromEntries(others), [HUB]: ["dns timeout", "dns timeout"] } as Paths;

  expect(diagnose({ ...usual, round: aRound({ paths }) })).toBe("inconclusive");
});

test("a resolver that answers nothing at all is a DNS failure", () => {
  const all = Object.keys(HEALTHY).map((host) => [host, ["dns timeout", "dns timeout"]]);

  expect(diagnose({ ...usual, round: aRound({ paths: Object.fromEntries(all) }) })).toBe(
    "dns-failure",
  );
});

test("a host that was not asked for is a DNS failure, never healthy", () => {
  const round = aRound({ hosts: [GHCR] });

  expect(diagnose({ ...usual, round })).toBe("dns-failure");
});
