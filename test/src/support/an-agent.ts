// The agent's side: claims, progress and reports as src/protocol says them.
import { ClaimReply, type ClaimedJob } from "../../../src/protocol/calls.ts";
import type { Report } from "../../../src/protocol/report.ts";
import { PLAN, PLAN_HASH } from "./a-job.ts";
import { aReport } from "./a-report.ts";
import { aToken, ask, type Reply, type Token } from "./worker.ts";

const KINDS = ["remediate", "diagnose", "withdraw", "recheck"];

type ClaimChanges = {
  readonly claimId?: string;
  readonly process?: string;
  readonly kinds?: readonly string[];
  readonly mode?: string;
};
type CallChanges = {
  readonly seq?: number;
  readonly fence?: number;
  readonly [more: string]: unknown;
};

/** One agent of a cluster. Each call has the next number unless the test says otherwise. */
export class Agent {
  readonly #token: Token;
  readonly #name: string;
  #seq = 0;

  constructor(token: Token, name: string) {
    this.#token = token;
    this.#name = name;
  }

  claimReply(changes: ClaimChanges = {}): Promise<Reply> {
    const body = {
      protocol: 1,
      agent: this.#name,
      claimId: crypto.randomUUID(),
      version: "0.1.0",
      node: "node-1",
      kinds: KINDS,
      ...changes,
    };
    return ask("POST", "/v1/agent/claim", { token: this.#token, body });
  }

  async claim(changes: ClaimChanges = {}): Promise<ClaimReply> {
    const reply = await this.claimReply(changes);
    if (reply.status !== 200) throw new Error(`${reply.status}: ${reply.text}`);
    return ClaimReply.parse(reply.body);
  }

  /** The job that a claim hands out; no job fails the test. */
  async work(changes: ClaimChanges = {}): Promise<ClaimedJob> {
    const { job } = await this.claim(changes);
    if (job === null) throw new Error("nothing to claim");
    return job;
  }

  progress(job: ClaimedJob, changes: CallChanges = {}): Promise<Reply> {
    return this.#call(job, "progress", { stage: "probe", intent: null, ...changes });
  }

  done(job: ClaimedJob, report: Partial<Report> = {}, changes: CallChanges = {}): Promise<Reply> {
    return this.#call(job, "report", { disposition: "done", report: aReport(report), ...changes });
  }

  /** Asks a person to approve PLAN. */
  asks(job: ClaimedJob, changes: CallChanges = {}): Promise<Reply> {
    const planHash = typeof changes["planHash"] === "string" ? changes["planHash"] : PLAN_HASH;
    const report = aReport({ planHash });
    return this.#call(job, "report", {
      disposition: "ask",
      report,
      plan: PLAN,
      planHash,
      ...changes,
    });
  }

  retries(job: ClaimedJob, changes: CallChanges = {}): Promise<Reply> {
    return this.#call(job, "report", { disposition: "retry", report: aReport(), ...changes });
  }

  releases(job: ClaimedJob, changes: CallChanges = {}): Promise<Reply> {
    return this.#call(job, "report", { disposition: "release", report: null, ...changes });
  }

  #call(job: ClaimedJob, what: string, changes: CallChanges): Promise<Reply> {
    this.#seq += 1;
    const body = { protocol: 1, fence: job.fence, seq: this.#seq, ...changes };
    return ask("POST", `/v1/agent/jobs/${job.id}/${what}`, { token: this.#token, body });
  }
}

export async function anAgent(name = "agent-1", cluster = "home"): Promise<Agent> {
  return new Agent(await aToken("agent", cluster, name), name);
}
