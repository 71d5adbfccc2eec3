// How a cluster is, in a word, and which one stands first.
import { expect, test } from "vitest";
import type { ClusterStatus } from "../../../src/cluster/status.ts";
import { jobView } from "../../../src/jobs/job-view.ts";
import { badness, healthOf } from "../../../src/web/health.ts";
import { aLeasedJob, anAwaitingJob, HOUR, MINUTE, NOW } from "../support/a-job.ts";

const AGENT: ClusterStatus["agent"] = {
  id: "agent-1",
  version: "0.1.0",
  node: "node-a",
  protocol: 1,
  lastSeen: new Date(NOW - MINUTE).toISOString(),
  doorbell: true,
  mode: "auto",
};

function aStatus(changes: Partial<ClusterStatus> = {}): ClusterStatus {
  return {
    agent: AGENT,
    rule: null,
    ruleSince: null,
    healing: null,
    verdict: null,
    open: [],
    hold: null,
    counts: { open: 0, finished: 0 },
    messages: { waiting: 0, failed: null },
    days: {},
    last: null,
    warnings: [],
    ignored: null,
    ...changes,
  };
}

const ended = (outcome: string, tone: "good" | "no" | "bad", at = NOW - HOUR) =>
  ({ job: "j1", kind: "remediate", outcome, tone, at }) as const;
const away = { ...AGENT, lastSeen: new Date(NOW - 14 * MINUTE).toISOString() };

test.each<[string, Partial<ClusterStatus>, string]>([
  ["an agent that was seen a minute ago", {}, "healthy (good)"],
  ["no agent ever", { agent: null }, "not connected yet (ask)"],
  ["an agent that missed two polls", { agent: away }, "agent away (bad)"],
  ["a plan that waits", { open: [jobView(anAwaitingJob())] }, "needs approval (ask)"],
  ["a job at work", { open: [jobView(aLeasedJob())] }, "working (open)"],
  ["a recovery", { last: ended("recovered", "good") }, "healthy (good)"],
  ["pods that still fail", { last: ended("still-failing", "bad") }, "needs you (bad)"],
  [
    "the same, a day ago",
    { last: ended("still-failing", "bad", NOW - 25 * HOUR) },
    "healthy (good)",
  ],
  ["no action", { last: ended("stood-down", "no") }, "needs you (ask)"],
  ["a plan that was only shown", { last: ended("observed", "no") }, "needs you (ask)"],
  [
    "a rule that nobody knows",
    { rule: { state: "unknown", ours: true, at: 1 } },
    "needs you (bad)",
  ],
  ["two agents of one name", { warnings: ["two agents"] }, "needs you (bad)"],
  ["a message that failed", { messages: { waiting: 0, failed: "card" } }, "needs you (ask)"],
])("%s is %s", (_, changes, expected) => {
  const { word, tone } = healthOf(aStatus(changes), NOW);

  expect(`${word} (${tone})`).toBe(expected);
});

test("the worst stands first: who is needed, who is asked, who is away, then the rest", () => {
  const words = [
    aStatus({ last: ended("still-failing", "bad") }),
    aStatus({ last: ended("stood-down", "no") }),
    aStatus({ open: [jobView(anAwaitingJob())] }),
    aStatus({ agent: away }),
    aStatus({ agent: null }),
    aStatus({ open: [jobView(aLeasedJob())] }),
    aStatus(),
  ].map((status) => badness(healthOf(status, NOW)));

  expect(words).toEqual(words.toSorted((a, b) => a - b));
  expect(new Set(words).size).toBe(words.length);
});
