// The Durable Object of one cluster: load → ask the pure functions → save, one transaction an
// event. One alarm, whose handler lets time have its effect and sets the next alarm.
import { DurableObject } from "cloudflare:workers";
import * as z from "zod/mini";
import { readConfig } from "../config.ts";
import {
  ClaimedJob,
  type ClaimReply,
  type ClaimRequest,
  ProgressReply,
  type ProgressRequest,
  ReportReply,
  type ReportRequest,
} from "../protocol/calls.ts";
import { newJobId } from "./job-id.ts";
import { jobView, type JobView } from "./job-view.ts";
import { openDoorbell } from "./doorbell.ts";
import { takeAlerts, type AlertsTaken } from "./alerts.ts";
import { openLedger, type Ledger } from "./ledger.ts";
import { type Idempotency, takeRequest } from "./requests.ts";
import { refuse, type Settled, unknownJob } from "./settled.ts";
import { clusterStatus, seenAgent, type ClusterStatus } from "./status.ts";
import { openStore, type LoggedEvent, type Store } from "./store.ts";
import { SWEEP_EVERY_MS, sweepDaily } from "./sweep.ts";
import type { Resolved, Signal, Target } from "./signal.ts";
import { VERSION } from "../protocol/version.ts";

/** Who calls, as the Worker's door has found out: the token's id and a name for the log. */
export type Caller = { readonly jti: string; readonly by: string };

export type JobStory = {
  job: JobView;
  report: string | null;
  events: LoggedEvent[];
  targets: Target[];
};

const Approver = z.object({ approvedBy: z.string() });

export class ClusterQueue extends DurableObject<Env> {
  readonly #store: Store;
  readonly #ledger: Ledger;
  readonly #doorbell: ReturnType<typeof openDoorbell>;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const read = readConfig(env);
    if (!read.ok) throw new Error(read.message);
    this.#store = openStore(ctx.storage.sql);
    this.#ledger = openLedger(this.#store, {
      cluster: ctx.id.name ?? "",
      limits: read.config.limits,
      holds: read.config.holds,
      healing: read.config.healing,
      newId: newJobId,
    });
    this.#doorbell = openDoorbell(ctx);
  }

  /** One Alertmanager notification: resolved alerts are recorded, live ones become one signal. */
  receiveAlerts(
    caller: Caller,
    signal: Signal | null,
    resolved: readonly Resolved[],
  ): Promise<Settled<AlertsTaken>> {
    return this.#call(caller, (now) =>
      takeAlerts(this.#store, this.#ledger, { signal, resolved }, now),
    );
  }

  /** A person's request; an idempotency key is one token's own. */
  request(
    caller: Caller,
    signal: Signal,
    idempotency: Idempotency | null,
  ): Promise<Settled<{ job: JobView; repeated: boolean }>> {
    const named =
      idempotency === null ? null : { ...idempotency, key: `${caller.jti}/${idempotency.key}` };
    return this.#call(caller, (now) =>
      takeRequest(this.#store, this.#ledger, { signal, idempotency: named }, now),
    );
  }

  claim(caller: Caller, request: ClaimRequest): Promise<Settled<ClaimReply>> {
    return this.#call<ClaimReply>(caller, (now) => {
      seenAgent(this.#store, request, now);
      const { agent, claimId, kinds } = request;
      const job = this.#ledger.claim({ at: now, agent, claimId, kinds });
      const leaseMs = job === null ? 0 : Math.max(0, job.until - now);
      const healing = job?.kind === "recheck" ? this.#ledger.ruleBook.healing() : null;
      const claimed = job === null ? null : ClaimedJob.parse({ ...job, healing });
      const rule = this.#ledger.ruleBook.rule();
      return { ok: true, value: { job: claimed, leaseMs, rule, worker: VERSION } };
    });
  }

  progress(
    caller: Caller,
    id: string,
    request: ProgressRequest,
    digest: string,
  ): Promise<Settled<ProgressReply>> {
    return this.#call<ProgressReply>(caller, (now) => {
      const job = this.#store.job(id);
      if (job === null) return unknownJob(id);
      const { fence, seq, intent } = request;
      const onRouter = intent?.on === "router" ? intent.what : null;
      const adds = intent?.adds ?? false;
      const restarts = intent?.on === "cluster";
      const call = { at: now, fence, seq, digest };
      const event = { ...call, kind: "progress", intent: onRouter, adds, restarts } as const;
      const done = this.#ledger.apply(job, event, "");
      if (!done.ok) return done;
      const isRepeat = done.value.job === job;
      if (intent !== null && !isRepeat) this.#ledger.intend(id, intent.what, now);
      if (onRouter !== null && !isRepeat) this.#ledger.ruleBook.ruleUnknown(now);
      return { ok: true, value: ProgressReply.parse(done.value.answer) };
    });
  }

  report(
    caller: Caller,
    id: string,
    request: ReportRequest,
    digest: string,
  ): Promise<Settled<ReportReply>> {
    return this.#call<ReportReply>(caller, (now) => {
      const job = this.#store.job(id);
      if (job === null) return unknownJob(id);
      const done = this.#ledger.report(job, request, digest, now);
      if (!done.ok) return done;
      return { ok: true, value: ReportReply.parse(done.value.answer) };
    });
  }

  /** A person's word on one job. Approve carries the hash of the plan that the person has read. */
  decide(
    caller: Caller,
    id: string,
    decision: { kind: "approve"; hash: string } | { kind: "dismiss" | "cancel" },
  ): Promise<Settled<{ job: JobView; approvedBy: string | null }>> {
    return this.#call<{ job: JobView; approvedBy: string | null }>(caller, (now) => {
      const job = this.#store.job(id);
      if (job === null) return unknownJob(id);
      const done = this.#ledger.decide(job, { ...decision, at: now, by: caller.by });
      if (!done.ok) return done;
      const approvedBy = Approver.safeParse(done.value.answer).data?.approvedBy ?? null;
      return { ok: true, value: { job: jobView(done.value.job), approvedBy } };
    });
  }

  job(caller: Caller, id: string): Promise<Settled<JobStory>> {
    return this.#call<JobStory>(caller, () => {
      const job = this.#store.job(id);
      if (job === null) return unknownJob(id);
      const report = this.#store.report(id);
      const events = this.#store.events(id);
      const targets = this.#store.targets(id);
      return { ok: true, value: { job: jobView(job), report, events, targets } };
    });
  }

  jobs(caller: Caller, before: string | null, limit: number): Promise<Settled<JobView[]>> {
    return this.#call<JobView[]>(caller, () => {
      return { ok: true, value: this.#store.page(before, limit).map(jobView) };
    });
  }

  status(caller: Caller): Promise<Settled<ClusterStatus>> {
    return this.#call<ClusterStatus>(caller, () => {
      const pingedAt = this.#doorbell.pingedAt();
      return { ok: true, value: clusterStatus(this.#store, this.#ledger, pingedAt) };
    });
  }

  /** Only asks whether the caller's token was revoked. */
  admits(caller: Caller): Promise<Settled<null>> {
    return this.#call<null>(caller, () => ({ ok: true, value: null }));
  }

  /** Writes to the audit trail what happened outside this object: a token was minted. */
  note(caller: Caller, what: string, detail: string): Promise<Settled<null>> {
    return this.#call<null>(caller, (now) => {
      this.#store.log({ at: now, job: null, what, by: caller.by, detail });
      return { ok: true, value: null };
    });
  }

  revoke(caller: Caller, jti: string): Promise<Settled<null>> {
    return this.#call<null>(caller, (now) => {
      this.#store.revoke(jti, now);
      this.#store.log({ at: now, job: null, what: "token revoked", by: caller.by, detail: jti });
      this.#doorbell.takeDown(jti);
      return { ok: true, value: null };
    });
  }

  /** The doorbell: the Worker's door has checked the token and names its id in the query. */
  override async fetch(request: Request): Promise<Response> {
    const jti = new URL(request.url).searchParams.get("jti") ?? "";
    const allowed = await this.admits({ jti, by: "agent" });
    if (!allowed.ok) return new Response(allowed.detail, { status: allowed.status });
    return this.#doorbell.hang(jti);
  }

  override webSocketMessage(): void {
    // The doorbell carries nothing towards us: pings are answered without waking this object.
  }

  override webSocketClose(ws: WebSocket): void {
    ws.close();
  }

  /** tick: let time have its effect, sweep what is old, set the next alarm. */
  override async alarm(): Promise<void> {
    const now = Date.now();
    this.ctx.storage.transactionSync(() => {
      this.#ledger.settle(now);
      sweepDaily(this.#store, now);
    });
    if (this.#ledger.callsForAgent(now).length > 0) this.#doorbell.ring();
    await this.#setAlarm(now);
  }

  async #call<T>(caller: Caller, step: (now: number) => Settled<T>): Promise<Settled<T>> {
    const now = Date.now();
    const before = this.#ledger.callsForAgent(now);
    const settled = this.ctx.storage.transactionSync((): Settled<T> => {
      if (this.#store.isRevoked(caller.jti))
        return refuse(401, "this token was revoked; ask for a new one: npm run token");
      this.#ledger.settle(now);
      return step(now);
    });
    // Only what is new rings: an agent that cannot take a job would else hear its own claims.
    if (this.#ledger.callsForAgent(now).some((what) => !before.includes(what)))
      this.#doorbell.ring();
    await this.#setAlarm(now);
    return settled;
  }

  async #setAlarm(now: number): Promise<void> {
    const next = this.#ledger.nextMoment(now) ?? now + SWEEP_EVERY_MS;
    const alarm = await this.ctx.storage.getAlarm();
    if (alarm === null || alarm > next) await this.ctx.storage.setAlarm(Math.max(next, now + 1));
  }
}
