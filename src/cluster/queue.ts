// The Durable Object of one cluster: load → ask the pure functions → save, one transaction an
// event. One alarm, whose handler lets time have its effect, sends the next message that is due, and
// sets the next alarm.
import { DurableObject } from "cloudflare:workers";
import { readConfig } from "../config/config.ts";
import { newJobId } from "../jobs/job-id.ts";
import { jobView, type JobView } from "../jobs/job-view.ts";
import { refuse, type Result } from "../jobs/result.ts";
import type { Signal } from "../jobs/signal.ts";
import { openOutbox, type Outbox } from "../messages/outbox.ts";
import type {
  ClaimReply,
  ClaimRequest,
  ProgressRequest,
  ReportRequest,
} from "../protocol/calls.ts";
import type { ProgressReply, ReportReply } from "../protocol/replies.ts";
import type { JobRecord } from "../story/story.ts";
import { advanceTime, callsForAgentOf, nextMomentOf } from "./advance-time.ts";
import { type AgentCall, claim, progress, report } from "./agent-calls.ts";
import { takeAlerts, type AlertsTaken, type Notified } from "./alerts.ts";
import { openCluster, type ClusterState } from "./cluster-state.ts";
import { openNotifier, type Notifier } from "./notifier.ts";
import { decide, type Decided, type Decision, jobRecord } from "./person-calls.ts";
import { takeRequest, type PersonRequest } from "./requests.ts";
import { closeSocketsOf, openSockets, type Sockets } from "./sockets.ts";
import { clusterStatus, type ClusterStatus } from "./status.ts";
import { reopenAfterFault } from "./store/reopen.ts";
import { migrate } from "./store/schema.ts";
import { openStore, type Store } from "./store/store.ts";
import { SWEEP_EVERY_MS, sweepDaily } from "./sweep.ts";
import { takeUndo } from "./undo.ts";

/** Who calls, as the Worker has found out: the token's id and a name for the log. */
export type Caller = { readonly jti: string; readonly by: string };

/** An agent, and for a moment the one before it; a person with several windows. */
const DOORBELLS = { most: 4, close: "all" } as const;
const PAGES = { most: 16, close: "oldest" } as const;

export class ClusterQueue extends DurableObject<Env> {
  readonly #store: Store;
  readonly #outbox: Outbox;
  readonly #cluster: ClusterState;
  readonly #notifier: Notifier;
  readonly #doorbell: Sockets;
  readonly #pages: Sockets;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const read = readConfig(env);
    if (!read.ok) throw new Error(read.message);
    ctx.storage.transactionSync(() => migrate(ctx.storage.sql));
    this.#store = openStore(ctx.storage, () => Date.now());
    this.#outbox = openOutbox(ctx.storage.sql);
    this.#doorbell = openSockets(ctx, "doorbell", DOORBELLS);
    this.#pages = openSockets(ctx, "page", PAGES);
    const name = ctx.id.name ?? "";
    this.#notifier = openNotifier({
      cluster: name,
      store: this.#store,
      outbox: this.#outbox,
      to: read.config.messages,
      pages: this.#pages,
      transaction: (step) => this.#store.transaction(step),
    });
    const { limits, holds: holdTimes, healing: healingTimes } = read.config;
    this.#cluster = openCluster(
      this.#store,
      { name, limits, holdTimes, healingTimes },
      { newId: newJobId, notify: this.#notifier },
    );
  }

  /** One Alertmanager notification: resolved alerts are recorded, live ones become one signal. */
  receiveAlerts(caller: Caller, notified: Notified): Promise<Result<AlertsTaken>> {
    return this.#call(caller, (now) => takeAlerts(this.#cluster, notified, now));
  }

  /**
   * A person's request; an idempotency key is one token's own. `replyTo`: where the command that it
   * was is answered, if nothing else can.
   */
  request(
    caller: Caller,
    asked: PersonRequest,
    replyTo: string | null = null,
  ): Promise<Result<{ job: JobView; repeated: boolean }>> {
    const { idempotency } = asked;
    const named =
      idempotency === null ? null : { ...idempotency, key: `${caller.jti}/${idempotency.key}` };
    return this.#call(caller, (now) => {
      const taken = takeRequest(this.#cluster, { ...asked, idempotency: named }, now);
      if (taken.ok && replyTo !== null) this.#outbox.replyTo(taken.value.job.id, replyTo);
      return taken;
    });
  }

  /** A person takes back what one job did; `first` names who asked for that before. */
  undo(
    caller: Caller,
    id: string,
    signal: Signal,
  ): Promise<Result<{ job: JobView; first: string | null }>> {
    return this.#call(caller, (now) => takeUndo(this.#cluster, { id, signal, by: caller.by }, now));
  }

  claim(caller: Caller, request: ClaimRequest): Promise<Result<ClaimReply>> {
    return this.#call(caller, (now) => claim(this.#cluster, request, now));
  }

  progress(caller: Caller, call: AgentCall<ProgressRequest>): Promise<Result<ProgressReply>> {
    return this.#call(caller, (now) => progress(this.#cluster, call, now));
  }

  report(caller: Caller, call: AgentCall<ReportRequest>): Promise<Result<ReportReply>> {
    return this.#call(caller, (now) => report(this.#cluster, call, now));
  }

  /** A person's word on one job. Approve carries the hash of the plan that the person has read. */
  decide(caller: Caller, id: string, decision: Decision): Promise<Result<Decided>> {
    return this.#call(caller, (now) => decide(this.#cluster, { id, decision, by: caller.by }, now));
  }

  job(caller: Caller, id: string): Promise<Result<JobRecord>> {
    return this.#call(caller, () => jobRecord(this.#store, id));
  }

  jobs(caller: Caller, before: string | null, limit: number): Promise<Result<JobView[]>> {
    const page = (): JobView[] => this.#store.jobs.page(before, limit).map(jobView);
    return this.#call<JobView[]>(caller, () => ({ ok: true, value: page() }));
  }

  status(caller: Caller): Promise<Result<ClusterStatus>> {
    return this.#call<ClusterStatus>(caller, (now) => {
      const told = { pingedAt: this.#doorbell.pingedAt(), messages: this.#notifier.state() };
      return { ok: true, value: clusterStatus(this.#cluster, told, now) };
    });
  }

  /** Only asks whether the caller's token was revoked. */
  admits(caller: Caller): Promise<Result<null>> {
    return this.#call<null>(caller, () => ({ ok: true, value: null }));
  }

  /** A code that signs in once: the first to show it may, nobody after. */
  redeem(caller: Caller, code: string): Promise<Result<null>> {
    return this.#call<null>(caller, (now) => {
      if (!this.#store.credentials.useCode(code, now))
        return refuse(401, "this code was used before; ask for a new link");
      const what = "signed in by a link";
      this.#store.events.log({ at: now, job: null, what, by: caller.by, detail: "" });
      return { ok: true, value: null };
    });
  }

  /** Writes to the audit trail what happened outside this object: a token was minted. */
  note(caller: Caller, what: string, detail: string): Promise<Result<null>> {
    return this.#call<null>(caller, (now) => {
      this.#store.events.log({ at: now, job: null, what, by: caller.by, detail });
      return { ok: true, value: null };
    });
  }

  revoke(caller: Caller, jti: string): Promise<Result<null>> {
    return this.#call<null>(caller, (now) => {
      this.#store.credentials.revoke(jti, now);
      this.#store.events.log({
        at: now,
        job: null,
        what: "token revoked",
        by: caller.by,
        detail: jti,
      });
      closeSocketsOf(this.ctx, jti);
      return { ok: true, value: null };
    });
  }

  /** A WebSocket: the Worker has checked who may connect, and names the token's id in the query. */
  override async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const jti = searchParams.get("jti") ?? "";
    const allowed = await this.admits({ jti, by: "a socket" });
    if (!allowed.ok) return new Response(allowed.detail, { status: allowed.status });
    return (pathname === "/page" ? this.#pages : this.#doorbell).accept(jti);
  }

  override webSocketMessage(): void {
    // Nothing is sent towards us: pings are answered without waking this object.
  }

  override webSocketClose(ws: WebSocket): void {
    ws.close();
  }

  /** tick: let time have its effect, sweep what is old, send what is due first, set the next alarm. */
  override alarm(): Promise<void> {
    return reopenAfterFault(this.ctx, async () => {
      const now = Date.now();
      this.#store.transaction(() => {
        this.#advanceTime(now);
        if (sweepDaily(this.#store, now)) this.#outbox.sweep();
      });
      if (callsForAgentOf(this.#cluster, now).length > 0) this.#doorbell.notify();
      this.#notifier.notifyPages();
      await this.#notifier.deliverNext();
      await this.#setAlarm(Date.now());
    });
  }

  #call<T>(caller: Caller, step: (now: number) => Result<T>): Promise<Result<T>> {
    return reopenAfterFault(this.ctx, async () => {
      const now = Date.now();
      const before = callsForAgentOf(this.#cluster, now);
      const answer = this.#store.transaction((): Result<T> => {
        if (this.#store.credentials.isRevoked(caller.jti))
          return refuse(401, "this token was revoked; ask for a new one: npm run token");
        this.#advanceTime(now);
        return step(now);
      });
      if (!answer.ok) this.#store.forget();
      // Only what is new is told: an agent that cannot take a job would else hear its own claims.
      if (callsForAgentOf(this.#cluster, now).some((what) => !before.includes(what)))
        this.#doorbell.notify();
      this.#notifier.notifyPages();
      await this.#setAlarm(now);
      return answer;
    });
  }

  #advanceTime(now: number): void {
    this.#outbox.afterClockStep(now);
    advanceTime(this.#cluster, now);
  }

  async #setAlarm(now: number): Promise<void> {
    const moments = [nextMomentOf(this.#cluster, now), this.#outbox.dueAt(), now + SWEEP_EVERY_MS];
    const next = Math.max(now + 1, Math.min(...moments.filter((at) => at !== null)));
    const alarm = await this.ctx.storage.getAlarm();
    // Set anew it costs a row: one that is overdue goes off by itself.
    if (alarm === null || alarm > next) await this.ctx.storage.setAlarm(next);
  }
}
