import { describe, expect, test } from "vitest";
import { planFor, planHash, ruleFor } from "../../../agent/plan/plan.ts";
import type { Plan, RuleFields } from "../../../src/protocol/report.ts";
import { aPod } from "../../support/a-pod.ts";
import { aPolicy } from "../../support/a-policy.ts";
import { HUB, TOKEN } from "../../support/a-round.ts";
import { aSite, hub } from "../../support/a-site.ts";
import { run } from "../../support/a-world.ts";
import { aSiteInMemory } from "../../support/site-in-memory.ts";

const HOSTS = [HUB, TOKEN];
const plan = (changes: Parameters<typeof aPolicy>[0] = {}): Plan =>
  planFor({ verdict: "ipv6-tls-stall", hosts: HOSTS, toRule: HOSTS }, aPolicy(changes));

test("the rule is the usual, field for field", () => {
  expect(ruleFor(aPolicy())).toEqual({
    chain: "forward",
    action: "reject",
    "reject-with": "icmp-address-unreachable",
    "dst-address": "2600:1f18::/32",
    protocol: "tcp",
    "dst-port": "443",
    comment: "Block Docker Hub IPv6 - forces IPv4 fallback [backon]",
  });
});

test("NEW_ONLY adds the flags of a new connection", () => {
  expect(ruleFor(aPolicy({ newOnly: true }))["tcp-flags"]).toBe("syn,!ack");
});

test("a plan without a rule has no commands", () => {
  expect(planFor({ verdict: "healthy-now", hosts: HOSTS, toRule: [] }, aPolicy())).toMatchObject({
    rule: null,
    commands: [],
  });
});

test("every namespace is written as *", () => {
  expect(plan().restart).toEqual({ method: "evict", namespaces: ["*"], ceiling: 50 });
  expect(plan({ namespaces: ["shop"] }).restart.namespaces).toEqual(["shop"]);
});

describe("what a person approves", () => {
  const base = planHash(plan());

  test.each([
    ["prefix", { prefix: "2600:1f18:2148::/48" }],
    ["reject-with", { rejectWith: "tcp-reset" }],
    ["flags", { newOnly: true }],
    ["restart method", { method: "delete" }],
    ["namespaces", { namespaces: ["shop"] }],
    ["ceiling of pods", { maxPods: 49 }],
  ] as const)("another %s is another hash", (_what, changes) => {
    expect(planHash(plan(changes))).not.toBe(base);
  });

  test("another verdict, or no rule, is another hash", () => {
    const others = [
      planFor({ verdict: "ipv6-tls-reset", hosts: HOSTS, toRule: HOSTS }, aPolicy()),
      planFor({ verdict: "ipv6-tls-stall", hosts: HOSTS, toRule: [] }, aPolicy()),
    ];

    expect(others.map(planHash)).not.toContain(base);
  });

  test("the order of fields and namespaces does not matter", () => {
    const one = plan({ namespaces: ["a", "b"] });
    const rule = Object.fromEntries(Object.entries(one.rule ?? {}).toReversed()) as RuleFields;
    const turned = { ...plan({ namespaces: ["b", "a"] }), rule };

    expect(planHash(turned)).toBe(planHash(one));
  });

  test("the same rule for one host or two is one promise", () => {
    expect(
      planHash(planFor({ verdict: "ipv6-tls-stall", hosts: [HUB], toRule: [HUB] }, aPolicy())),
    ).toBe(base);
  });

  test("what is no part of the promise does not change it: modes, controls, waits", () => {
    const changes = { mode: "approve", watchMs: 1, ipv6Controls: ["x.example"] } as const;

    expect(planHash(plan(changes))).toBe(base);
  });

  test("the same finding an hour later, with other pods on other nodes, has the same hash", async () => {
    const policy = aPolicy({ mode: "approve" });
    const later = aSiteInMemory(hub("ok", "tls stall"), [
      aPod({ uid: "other", name: "else", node: "node-a", namespace: "blog" }),
    ]);
    later.now += 3_600_000;

    const first = await run(aSite(), {}, { policy });
    const second = await run(later, {}, { policy });

    expect(second.report.planHash).toBe(first.report.planHash);
    expect(first.report.planHash).toMatch(/^[0-9a-f]{32}$/);
  });
});
