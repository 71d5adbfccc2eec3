// The calls of agents and people to one cluster, as the Worker's routes take them.
import { PLAN, PLAN_HASH } from "../../src/support/a-job.ts";
import { aReport } from "../../src/support/a-report.ts";
import type { Answered, WorkerUnderTest } from "../worker/worker-under-test.ts";
import type { Kind, Step } from "./history.ts";

/** A call that can be made again, byte for byte, and at any time. */
export type Call = {
  readonly line: string;
  readonly body: object;
};

export type ReportAs = Extract<Step, { do: "report" }>;

export type ClusterCalls = Awaited<ReturnType<typeof openCalls>>;

const ALL_KINDS = ["remediate", "diagnose", "withdraw", "recheck"];

export async function openCalls(worker: WorkerUnderTest, name: string) {
  const operator = await worker.token("operator", name);
  const alertmanager = await worker.token("alertmanager", name);
  const agent = await worker.token("agent", name);
  const ofAgent = ({ line, body }: Call) => worker.ask(line, { token: agent, body });
  return {
    ofAgent,
    alert(pod: number): Promise<Answered> {
      const labels = { alertname: "KubeImagePullFailing", namespace: "shop", pod: `web-${pod}` };
      const startsAt = new Date(worker.now()).toISOString();
      const body = {
        version: "4",
        status: "firing",
        alerts: [{ status: "firing", labels, startsAt }],
      };
      return worker.ask("POST /v1/webhooks/alertmanager", { token: alertmanager, body });
    },
    ask(kind: Kind, key: string | null): Promise<Answered> {
      const headers = key === null ? {} : { headers: { "idempotency-key": key } };
      return worker.ask("POST /v1/jobs", { token: operator, body: { kind }, ...headers });
    },
    decide(job: string, what: string, planHash: unknown): Promise<Answered> {
      const body = what === "approve" ? { planHash } : {};
      return worker.ask(`POST /v1/jobs/${job}/${what}`, { token: operator, body });
    },
    jobs: () => worker.ask("GET /v1/jobs?limit=100", { token: operator }),
    job: (id: string) => worker.ask(`GET /v1/jobs/${id}`, { token: operator }),
    status: () => worker.ask("GET /v1/status", { token: operator }),
  };
}

export function claimCall(who: string, process: string, claimId: string): Call {
  const body = {
    protocol: 1,
    agent: who,
    process,
    claimId,
    version: "0",
    node: null,
    kinds: ALL_KINDS,
  };
  return { line: "POST /v1/agent/claim", body };
}

export function progressCall(job: string, fence: number, seq: number): Call {
  const body = { protocol: 1, fence, seq, stage: "probe", intent: null };
  return { line: `POST /v1/agent/jobs/${job}/progress`, body };
}

export function reportCall(
  job: string,
  { fence, seq }: { readonly fence: number; readonly seq: number },
  { as, outcome }: Pick<ReportAs, "as" | "outcome">,
): Call {
  const line = `POST /v1/agent/jobs/${job}/report`;
  const call = { protocol: 1, fence, seq, disposition: as };
  switch (as) {
    case "done":
      return { line, body: { ...call, report: aReport({ outcome, plan: null, planHash: null }) } };
    case "ask": {
      const report = aReport({ planHash: PLAN_HASH });
      return { line, body: { ...call, report, plan: PLAN, planHash: PLAN_HASH } };
    }
    case "retry":
      return { line, body: { ...call, report: aReport() } };
    case "release":
      return { line, body: { ...call, report: null } };
  }
}
