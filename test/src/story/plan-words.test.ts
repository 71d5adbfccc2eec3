// What a plan does, in a person's words: the rule, who else is hit, which pods.
import { expect, test } from "vitest";
import { isStopGap, planInShort, whatApprovalDoes } from "../../../src/story/plan-words.ts";
import { TOLD } from "../routes/a-told-job.ts";
import { PLAN } from "../support/a-job.ts";
import { aReport } from "../support/a-report.ts";

const RULE = {
  chain: "forward",
  action: "reject",
  "reject-with": "icmp-address-unreachable",
  protocol: "tcp",
  "dst-port": "443",
  comment: "c",
} as const;
const rule = { ...RULE, "dst-address": "2600:1f18::/32" };
const [POD] = TOLD.pods;
if (POD === undefined) throw new Error("the story has no pod");
const pods = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ ...POD, name: `web-${at}` }));

test("an approval is told by the rule, who else is hit, and the pods by name", () => {
  const report = aReport({
    rounds: TOLD.rounds,
    plan: { ...PLAN, hosts: [], rule },
    pods: pods(2),
  });

  expect(whatApprovalDoes(report)).toEqual([
    "It adds one rule to the router: reject TCP 443 to 2600:1f18::/32.",
    "That network is AWS us-east-1: more than Docker Hub is in it. Measured in it too: registry-1.docker.io. For everybody behind this router, HTTPS to all of it moves to IPv4; what has no IPv4 becomes unreachable.",
    "It restarts 2 pods (evict): shop/web-0, shop/web-1. Pods in apps that fail the same way by then are restarted too, 50 in all at most.",
    "The agent probes again first, and acts only if it comes to this very plan.",
    "If clients do not move to IPv4 within seconds, the rule is removed again. Restarts can't be undone.",
  ]);
});

test("another network than Amazon's is not called Amazon's", () => {
  const elsewhere = { ...RULE, "dst-address": "2001:db8::/48" };
  const said = whatApprovalDoes(aReport({ plan: { ...PLAN, rule: elsewhere } })).join(" ");

  expect(said).toContain("That network may hold more than this registry.");
  expect(said).not.toContain("AWS");
});

test("ten pods are named, and the others counted", () => {
  const said = whatApprovalDoes(aReport({ plan: PLAN, pods: pods(12) })).join(" ");

  expect(said).toContain("It restarts 12 pods (evict): shop/web-0,");
  expect(said).toContain("shop/web-9 and 2 more.");
  expect(said).not.toContain("web-10");
});

test("pods that are left alone are not among them", () => {
  const left = pods(1).map((pod) => ({ ...pod, decision: "leave" as const }));

  expect(whatApprovalDoes(aReport({ plan: PLAN, pods: left })).join(" ")).toContain(
    "It restarts no pod now.",
  );
});

test("a list's entries are told, and so is a plan without a rule", () => {
  const entries = { list: "l", hosts: ["a.example"], prefixLength: 64, lifetimeMs: 1 };
  const listed = { ...RULE, "dst-address-list": "l" };
  const restart = { ...PLAN.restart, namespaces: ["*"] };

  const said = whatApprovalDoes(aReport({ plan: { ...PLAN, rule: listed, entries, restart } }));

  expect(said.join(" ")).toContain("It fills the list with the /64 of a.example.");
  expect(said.join(" ")).toContain("TCP 443 to the list l.");
  expect(said.join(" ")).toContain("Pods in all allowed namespaces");
  expect(whatApprovalDoes(aReport())).toContain("No rule is added.");
  expect(whatApprovalDoes(aReport({ plan: null }))).toEqual(["Nothing: there is no plan."]);
});

test.each([
  ["path-mtu", true],
  ["ipv6-stall-everywhere", true],
  ["ipv6-tls-stall", false],
])("where the verdict is %s, the rule is a stop-gap: %s", (verdict, expected) => {
  const verdicts = TOLD.verdicts.map((one) => ({ ...one, name: verdict }));
  const report = aReport({ ...TOLD, verdict, verdicts });

  expect(isStopGap(report)).toBe(expected);
  expect(whatApprovalDoes(report)[0]?.startsWith("It is only a stop-gap")).toBe(expected);
});

test("a dialog's text fits Slack's 300 characters", () => {
  const long = { ...RULE, "dst-address": "2600:1f18:2148:bc00:0000:0000:0000:0000/64" };

  expect(planInShort(aReport({ plan: { ...PLAN, rule: long }, pods: pods(1_000) }))).toBe(
    "Adds one rule: reject TCP 443 to 2600:1f18:2148:bc00:0000:0000:0000:0000/64, for everybody behind the router. Restarts 1000 pods; that can't be undone.",
  );
});
