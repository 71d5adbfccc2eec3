import type { Report } from "../../../src/protocol/report.ts";
import { NOW, PLAN, PLAN_HASH } from "./a-job.ts";

/** A short report of a job that ended well. */
export function aReport(changes: Partial<Report> = {}): Report {
  return {
    v: 1,
    agentVersion: "0.1.0",
    mode: "auto",
    startedAt: NOW,
    endedAt: NOW,
    outcome: "recovered",
    summary: "IPv6 stalled; the rule is set and the pods pull again.",
    verdict: "ipv6-tls-stall",
    verdicts: [],
    rounds: [],
    after: [],
    plan: PLAN,
    planHash: PLAN_HASH,
    pods: [],
    rule: null,
    recheck: null,
    stages: [],
    actions: [],
    ...changes,
  };
}
