// The Worker's API as the lab asks it.
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { Report } from "../../src/protocol/report.ts";
import { mintToken } from "../../src/http/tokens.ts";
import type { LocalWorker } from "../../sim/local-worker.ts";

const POLL_MS = 100;
const CALL_LIMIT_MS = 30_000;

export type Ended = {
  /** `awaiting`: it asks a person. */
  readonly outcome: string;
  readonly report: Report | null;
};

export async function mint(
  { tokenKey: key }: LocalWorker,
  role: "operator" | "agent" | "alertmanager",
  cluster: string,
): Promise<string> {
  return (await mintToken({ key, role, cluster, sub: role, now: Date.now() })).token;
}

/** Calls the Worker as the role that a path asks for. */
export type Api = (method: "GET" | "POST", path: string, body?: unknown) => Promise<unknown>;

export async function apiOf(worker: LocalWorker, cluster: string): Promise<Api> {
  const [operator, alertmanager] = await Promise.all([
    mint(worker, "operator", cluster),
    mint(worker, "alertmanager", cluster),
  ]);
  return async (method, path, body) => {
    const token = path.startsWith("/v1/webhooks/") ? alertmanager : operator;
    const response = await fetch(`${worker.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      signal: AbortSignal.timeout(CALL_LIMIT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
}

export async function requestJob(
  api: Api,
  { alert, cluster }: { readonly alert?: unknown; readonly cluster: string },
): Promise<string> {
  if (alert === undefined) {
    const made = await api("POST", "/v1/jobs", { kind: "remediate", cluster });
    return z.object({ id: z.string() }).parse(made).id;
  }
  const taken = await api("POST", "/v1/webhooks/alertmanager", alert);
  return z.object({ jobs: z.tuple([z.string()]) }).parse(taken).jobs[0];
}

const JobShown = z.object({
  state: z.string(),
  outcome: z.string().nullable(),
  report: z.nullable(Report),
});

export async function endOf(api: Api, id: string, until: number): Promise<Ended> {
  for (;;) {
    const { state, outcome, report } = JobShown.parse(await api("GET", `/v1/jobs/${id}`));
    if (state === "finished" || state === "awaiting") return { outcome: outcome ?? state, report };
    if (performance.now() > until) throw new Error(`job ${id} is still ${state}`);
    await sleep(POLL_MS);
  }
}

const Listed = z.object({
  jobs: z.array(z.object({ id: z.string(), kind: z.string(), state: z.string() })),
});

/** The first job of this kind that is finished and not among those known; waits for it. */
export async function nextJob(
  api: Api,
  kind: string,
  known: readonly string[],
  until: number,
): Promise<string> {
  for (;;) {
    const { jobs } = Listed.parse(await api("GET", "/v1/jobs"));
    const found = jobs.findLast(
      (job) => job.kind === kind && job.state === "finished" && !known.includes(job.id),
    );
    if (found !== undefined) return found.id;
    if (performance.now() > until) throw new Error(`no ${kind} has finished`);
    await sleep(POLL_MS);
  }
}
