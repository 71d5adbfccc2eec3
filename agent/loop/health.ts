// /healthz, /readyz and /metrics on one small listener. Liveness asks only whether the loop turns:
// an outage elsewhere must not restart the agent in the middle of a job.
import http from "node:http";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { PROTOCOL } from "../../src/protocol/calls.ts";
import { VERSION } from "../../src/protocol/version.ts";
import type { BudgetName } from "./budgets.ts";
import type { Observer } from "./loop.ts";

export type HealthOptions = {
  readonly host: string;
  readonly port: number;
  /** Why the loop does not turn, or null. */
  readonly stuck: () => string | null;
  /** Why no job could be worked on now, or null. */
  readonly unready: () => string | null;
};

export type Health = {
  readonly observer: Omit<Observer, "turned">;
  /** A budget of this agent's own was used up. */
  readonly usedUp: (budget: BudgetName) => void;
  /** Whether our rule stands, as a look of its own saw it. */
  readonly ruleSeen: (stands: boolean) => void;
  readonly port: number;
  close(): Promise<void>;
};

/** Listens; rejects if the port is taken. Port 0 takes any. */
export async function openHealth(options: HealthOptions): Promise<Health> {
  const registry = new Registry();
  const rule = ruleGaugeIn(registry);
  const observer = metricsIn(registry, rule);
  const usedUp = usedUpIn(registry);
  const server = http.createServer((request, response) => {
    void answer(request.url ?? "/", options, registry).then(({ status, type, body }) => {
      response.writeHead(status, { "content-type": type }).end(body);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(options.port, options.host, resolve);
  });
  const address = server.address();
  return {
    observer,
    usedUp,
    ruleSeen: (stands) => rule.set(stands ? 1 : 0),
    port: typeof address === "object" && address !== null ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  url: string,
  { stuck, unready }: HealthOptions,
  registry: Registry,
): Promise<{ status: number; type: string; body: string }> {
  const [path = "/"] = url.split("?");
  switch (path) {
    case "/healthz":
      return replyWith(stuck());
    case "/readyz":
      return replyWith(unready());
    case "/metrics":
      return { status: 200, type: registry.contentType, body: await registry.metrics() };
    default:
      return { status: 404, type: "text/plain", body: "/healthz, /readyz, /metrics\n" };
  }
}

function replyWith(why: string | null): { status: number; type: string; body: string } {
  const body = `${JSON.stringify({ ok: why === null, version: VERSION, why })}\n`;
  return { status: why === null ? 200 : 503, type: "application/json", body };
}

function usedUpIn(registry: Registry): Health["usedUp"] {
  const refused = new Counter({
    name: "backon_budget_used_up_total",
    help: "Looks at the router that waited, writes and restarts that were refused, by budget.",
    labelNames: ["budget"],
    registers: [registry],
  });
  return (budget) => refused.inc({ budget });
}

function ruleGaugeIn(registry: Registry): Gauge {
  return new Gauge({
    name: "backon_rule_active",
    help: "1 while our rule stands on the router: read at the start, every five minutes, and after each job.",
    registers: [registry],
  });
}

/** Labels are small fixed sets only: never a pod, an image or a job id. */
function metricsIn(registry: Registry, rule: Gauge): Omit<Observer, "turned"> {
  const registers = [registry];
  new Gauge({
    name: "backon_build_info",
    help: "Always 1; the version is in the labels.",
    labelNames: ["version", "protocol"],
    registers,
  }).set({ version: VERSION, protocol: String(PROTOCOL.max) }, 1);
  const polled = new Gauge({
    name: "backon_last_poll_success_timestamp_seconds",
    help: "When the Worker last answered a poll.",
    registers,
  });
  const jobs = new Counter({
    name: "backon_jobs_total",
    help: "Jobs reported, by kind, outcome and gravest verdict.",
    labelNames: ["kind", "outcome", "verdict"],
    registers,
  });
  const stages = new Histogram({
    name: "backon_stage_duration_seconds",
    help: "How long each stage of a job took.",
    labelNames: ["stage"],
    buckets: [0.05, 0.2, 1, 3, 10, 15, 30, 60, 180, 360],
    registers,
  });
  const restarted = new Counter({
    name: "backon_pods_restarted_total",
    help: "Pods evicted or deleted so that they pull again.",
    registers,
  });
  return {
    polled: () => polled.setToCurrentTime(),
    stage: (_job, stage, ms) => stages.observe({ stage }, ms / 1000),
    ended(job, report) {
      const outcome = report.outcome ?? "open";
      jobs.inc({ kind: job.kind, outcome, verdict: report.verdict });
      restarted.inc(
        report.pods.filter(({ restarted: how }) => how === "evicted" || how === "deleted").length,
      );
      if (report.rule !== null)
        rule.set(report.rule.ours && report.rule.state === "present" ? 1 : 0);
    },
  };
}
