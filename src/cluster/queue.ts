// The Durable Object of one cluster: load → ask the pure functions → save, one transaction an
// event. One alarm, whose handler lets time have its effect, sends the next message that is due, and
// sets the next alarm.
import { DurableObject } from "cloudflare:workers";
import { readConfig } from "../config/config.ts";
import { openTeller } from "./notifier.ts";
import type {
  ClaimReply,
  ClaimRequest,
  ProgressReply,
  ProgressRequest,
  ReportReply,
  ReportRequest,
} from "../protocol/calls.ts";
import { newJobId } from "../jobs/job-id.ts";
import { jobView, type JobView } from "../jobs/job-view.ts";
import { type AgentCall, claim, progress, report } from "./agent-calls.ts";
import { type Bell, openBell, takeDown } from "./sockets.ts";
import { decide, type Decided, type Decision, jobStory, type JobStory } from "./person-calls.ts";
import { takeAlerts, type AlertsTaken, type Notified } from "./alerts.ts";
import { openLedger, type Ledger } from "./apply-event.ts";
import { openOutbox, type Outbox } from "../messages/outbox.ts";
import { type Idempotency, takeRequest } from "./requests.ts";
import { refuse, type Settled } from "../jobs/result.ts";
import { clusterStatus, type ClusterStatus } from "./status.ts";
import { reopenAfterFault } from "./store/reopen.ts";
import { migrate } from "./store/schema.ts";
import { openStore, type Store } from "./store/store.ts";
import { SWEEP_EVERY_MS, sweepDaily } from "./sweep.ts";
import { takeUndo } from "./undo.ts";
import type { Signal } from "../jobs/signal.ts";

/** Who calls, as the Worker's door has found out: the token's id and a name for the log. */
export type Caller = { readonly jti: string; readonly by: string };

/** An agent, and for a moment the one before it; a person with several windows. */
const DOORBELLS = { most: 4, ends: "all" } as const;
const PAGES = { most: 16, ends: "oldest" } as const;

export class ClusterQueue extends DurableObject<Env> {
  readonly #store: Store;
  readonly #outbox: Outbox;
  readonly #ledger: Ledger;
  readonly #teller: ReturnType<typeof openTeller>;
  readonly #doorbell: Bell;
  readonly #pages: Bell;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const read = readConfig(env);
    if (!read.ok) throw new Error(read.message);
    ctx.storage.transactionSync(() => migrate(ctx.storage.sql));
    this.#store = openStore(ctx.storage.sql, () => Date.now());
    this.#outbox = openOutbox(ctx.storage.sql);
    this.#doorbell = openBell(ctx, "doorbell", DOORBELLS);
    this.#pages = openBell(ctx, "page", PAGES);
    const cluster = ctx.id.name ?? "";
    this.#teller = openTeller({
      cluster,
      store: this.#store,
      outbox: this.#outbox,
      to: read.config.messages,
      pages: this.#pages,
      transaction: (step) => ctx.storage.transactionSync(step),
    });
    this.#ledger = openLedger(this.#store, {
      cluster,
      limits: read.config.limits,
      holds: read.config.holds,
      healing: read.config.healing,
      newId: newJobId,
      tell: this.#teller.tell,
      retouch: this.#teller.retouch,
    });
  }

  /** One Alertmanager notification: resolved alerts are recorded, live ones become one signal. */
  receiveAlerts(caller: Caller, notified: Notified): Promise<Settled<AlertsTaken>> {
    return this.#call(caller, (now) => takeAlerts(this.#store, this.#ledger, notified, now));
  }

  /**
   * A person's request; an idempotency key is one token's own. `replyTo`: where the command that it
   * was is answered, if nothing else can.
   */
  request(
    caller: Caller,
    signal: Signal,
    idempotency: Idempotency | null,
    replyTo: string | null = null,
  ): Promise<Settled<{ job: JobView; repeated: boolean }>> {
    const named =
      idempotency === null ? null : { ...idempotency, key: `${caller.jti}/${idempotency.key}` };
    return this.#call(caller, (now) => {
      const taken = takeRequest(this.#store, this.#ledger, { signal, idempotency: named }, now);
      if (taken.ok && replyTo !== null) this.#outbox.replyTo(taken.value.job.id, replyTo);
      return taken;
    });
  }

  /** A person takes back what one job did; `first` names who asked for that before. */
  undo(
    caller: Caller,
    id: string,
    signal: Signal,
  ): Promise<Settled<{ job: JobView; first: string | null }>> {
    return this.#call(caller, (now) =>
      takeUndo(this.#store, this.#ledger, { id, signal, by: caller.by }, now),
    );
  }

  claim(caller: Caller, request: ClaimRequest): Promise<Settled<ClaimReply>> {
    return this.#call(caller, (now) => claim(this.#store, this.#ledger, request, now));
  }

  progress(caller: Caller, call: AgentCall<ProgressRequest>): Promise<Settled<ProgressReply>> {
    return this.#call(caller, (now) => progress(this.#store, this.#ledger, call, now));
  }

  report(caller: Caller, call: AgentCall<ReportRequest>): Promise<Settled<ReportReply>> {
    return this.#call(caller, (now) => report(this.#store, this.#ledger, call, now));
  }

  /** A person's word on one job. Approve carries the hash of the plan that the person has read. */
  decide(caller: Caller, id: string, decision: Decision): Promise<Settled<Decided>> {
    return this.#call(caller, (now) =>
      decide(this.#store, this.#ledger, { id, decision, by: caller.by }, now),
    );
  }

  job(caller: Caller, id: string): Promise<Settled<JobStory>> {
    return this.#call(caller, () => jobStory(this.#store, id));
  }

  jobs(caller: Caller, before: string | null, limit: number): Promise<Settled<JobView[]>> {
    const page = (): JobView[] => this.#store.page(before, limit).map(jobView);
    return this.#call<JobView[]>(caller, () => ({ ok: true, value: page() }));
  }

  status(caller: Caller): Promise<Settled<ClusterStatus>> {
    return this.#call<ClusterStatus>(caller, (now) => {
      const books = { store: this.#store, ledger: this.#ledger };
      const told = { pingedAt: this.#doorbell.pingedAt(), messages: this.#teller.state() };
      return { ok: true, value: clusterStatus(books, told, now) };
    });
  }

  /** Only asks whether the caller's token was revoked. */
  admits(caller: Caller): Promise<Settled<null>> {
    return this.#call<null>(caller, () => ({ ok: true, value: null }));
  }

  /** A code that signs in once: the first to show it may, nobody after. */
  redeem(caller: Caller, code: string): Promise<Settled<null>> {
    return this.#call<null>(caller, (now) => {
      if (!this.#store.useCode(code, now))
        return refuse(401, "this code was used before; ask for a new link");
      const what = "signed in by a link";
      this.#store.log({ at: now, job: null, what, by: caller.by, detail: "" });
      return { ok: true, value: null };
    });
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
      takeDown(this.ctx, jti);
      return { ok: true, value: null };
    });
  }

  /** A bell: the Worker's door has checked who may hang it, and names the token's id in the query. */
  override async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const jti = searchParams.get("jti") ?? "";
    const allowed = await this.admits({ jti, by: "a bell" });
    if (!allowed.ok) return new Response(allowed.detail, { status: allowed.status });
    return (pathname === "/page" ? this.#pages : this.#doorbell).hang(jti);
  }

  override webSocketMessage(): void {
    // A bell carries nothing towards us: pings are answered without waking this object.
  }

  override webSocketClose(ws: WebSocket): void {
    ws.close();
  }

  /** tick: let time have its effect, sweep what is old, send what is due first, set the next alarm. */
  override alarm(): Promise<void> {
    return reopenAfterFault(this.ctx, async () => {
      const now = Date.now();
      this.ctx.storage.transactionSync(() => {
        this.#settle(now);
        if (sweepDaily(this.#store, now)) this.#outbox.sweep();
      });
      if (this.#ledger.callsForAgent(now).length > 0) this.#doorbell.ring();
      this.#teller.ringPages();
      await this.#teller.deliverNext();
      await this.#setAlarm(Date.now());
    });
  }

  #call<T>(caller: Caller, step: (now: number) => Settled<T>): Promise<Settled<T>> {
    return reopenAfterFault(this.ctx, async () => {
      const now = Date.now();
      const before = this.#ledger.callsForAgent(now);
      const settled = this.ctx.storage.transactionSync((): Settled<T> => {
        if (this.#store.isRevoked(caller.jti))
          return refuse(401, "this token was revoked; ask for a new one: npm run token");
        this.#settle(now);
        return step(now);
      });
      // Only what is new rings: an agent that cannot take a job would else hear its own claims.
      if (this.#ledger.callsForAgent(now).some((what) => !before.includes(what)))
        this.#doorbell.ring();
      this.#teller.ringPages();
      await this.#setAlarm(now);
      return settled;
    });
  }

  #settle(now: number): void {
    this.#outbox.settle(now);
    this.#ledger.settle(now);
  }

  async #setAlarm(now: number): Promise<void> {
    const moments = [this.#ledger.nextMoment(now), this.#outbox.dueAt(), now + SWEEP_EVERY_MS];
    const next = Math.max(now + 1, Math.min(...moments.filter((at) => at !== null)));
    const alarm = await this.ctx.storage.getAlarm();
    // Set anew it costs a row: one that is overdue goes off by itself.
    if (alarm === null || alarm > next) await this.ctx.storage.setAlarm(next);
  }
}
