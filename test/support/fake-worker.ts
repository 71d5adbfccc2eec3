// A tiny Worker over loopback HTTP: hands out jobs, takes reports, keeps every request it got.
import http from "node:http";
import type { AddressInfo } from "node:net";
import { racingAgent } from "../../agent/worker/race.ts";
import { createWorker, type WorkerApi } from "../../agent/worker/api.ts";
import { paths, type ClaimedJob } from "../../src/protocol/calls.ts";
import type { RuleState } from "../../src/protocol/report.ts";

export const WORKER_TOKEN = "worker-token-that-nobody-may-read";

type Kind = "claim" | "progress" | "report";
type Request = {
  readonly kind: Kind;
  readonly authorization: string;
  readonly body: Readonly<Record<string, unknown>>;
};
/** A status with a problem body; or the answer is made, but the connection is cut before it leaves. */
type WorkerFault = {
  readonly kind: Kind;
  readonly fault: number | "lost";
  readonly retryAfter?: string;
};

const NO_FAULT: Partial<WorkerFault> = {};

export type FakeWorker = {
  readonly api: WorkerApi;
  readonly url: string;
  readonly requests: Request[];
  /** Handed out one after another; a repeated claim id gets the same one again. */
  readonly jobs: ClaimedJob[];
  /** Each meets the next request of its kind, in order. */
  readonly faults: WorkerFault[];
  rule: RuleState | null;
  /** Its clock, ms since the epoch; null: it is an older one that does not say. */
  now: number | null;
  cancel: boolean;
  of(kind: Kind): Request[];
  close(): Promise<void>;
};

export async function aFakeWorker(): Promise<FakeWorker> {
  const claims = new Map<unknown, ClaimedJob | null>();
  const server = http.createServer((request, response) => {
    void readJson(request).then((body) => {
      const kind = kindOf(request.url ?? "");
      worker.requests.push({ kind, body, authorization: request.headers.authorization ?? "" });
      const index = worker.faults.findIndex((one) => one.kind === kind);
      const { fault, retryAfter } =
        (index < 0 ? undefined : worker.faults.splice(index, 1)[0]) ?? NO_FAULT;
      if (retryAfter !== undefined) response.setHeader("retry-after", retryAfter);
      if (typeof fault === "number") return send(response, fault, problem(fault));
      const answer = answerTo(kind, body);
      return fault === "lost" ? request.socket.destroy() : send(response, 200, answer);
    });
  });

  function answerTo(kind: Kind, body: Request["body"]): object {
    if (kind === "report") return { state: "finished", outcome: null };
    if (kind === "progress") return { cancel: worker.cancel, dirty: false, leaseMs: 120_000 };
    const claimId = body["claimId"];
    if (!claims.has(claimId)) claims.set(claimId, worker.jobs.shift() ?? null);
    return {
      job: claims.get(claimId),
      leaseMs: 120_000,
      rule: worker.rule,
      worker: "0.1.0",
      ...(worker.now === null ? {} : { now: worker.now }),
    };
  }

  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const agent = racingAgent({ secure: false });
  const worker: FakeWorker = {
    api: createWorker({
      url,
      token: () => WORKER_TOKEN,
      timeoutMs: 2_000,
      agent,
      hush: (body) => body,
    }),
    url,
    requests: [],
    jobs: [],
    faults: [],
    rule: null,
    now: null,
    cancel: false,
    of: (kind) => worker.requests.filter((request) => request.kind === kind),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return worker;
}

function kindOf(url: string): Kind {
  if (url === paths.claim) return "claim";
  return url.endsWith("/report") ? "report" : "progress";
}

async function readJson(request: http.IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString("utf8")) as Record<string, unknown>;
}

function problem(status: number): object {
  return { type: "about:blank", title: "No", status, detail: `the fake Worker says ${status}` };
}

function send(response: http.ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
