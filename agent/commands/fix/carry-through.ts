// One case by hand: the same jobs as the agent's, with a person who is asked where the Worker would ask one.
import type { ClaimedJob } from "../../../src/protocol/calls.ts";
import type { Approval } from "../../../src/protocol/job.ts";
import type { Plan, Report } from "../../../src/protocol/report.ts";
import { VERSION } from "../../../src/protocol/version.ts";
import { carryOut } from "../../loop/carry-out.ts";
import { abortOf } from "../../loop/ending.ts";
import { openJournal } from "../../loop/journal.ts";
import { reportOf } from "../../loop/report.ts";
import { planHash } from "../../plan/plan.ts";
import { LAST_ATTEMPT, NOTHING_FOUND, retry, type Stop } from "../../plan/stop.ts";
import type { World } from "../../ports/world.ts";
import { localLease } from "./local-lease.ts";
import type { LocalJob } from "./local-job.ts";

export type FixSite = Pick<
  World,
  "cluster" | "network" | "router" | "clock" | "policy" | "memory" | "log"
>;

export type Asking = {
  readonly job: LocalJob;
  /** Who is at the console. */
  readonly by: string;
  readonly registry: string | null;
  readonly stopped: AbortSignal;
  /** Aborted a while after the stop: what has not ended by then is given up. */
  readonly ending: AbortSignal;
  /** Shows the exact plan, and whether the person agrees. */
  readonly agrees: (plan: Plan, report: Report) => Promise<boolean>;
};

/** `open`: something was announced and nobody knows how it ended. */
export type FixEnd = {
  readonly kind: "done" | "declined" | "stopped" | "gave-up";
  readonly report: Report;
};

const APPROVAL_MS = 15 * 60_000;
const AGAIN_MS = 10_000;
/** The finding changed under the person's hands as often as this. */
const MOST_ASKS = 3;

/** look → probe → the person agrees → the job anew, with that approval. */
export async function carryThrough(site: FixSite, asking: Asking): Promise<FixEnd> {
  let approval: Approval | null = null;
  let asks = 0;
  for (let attempts = 1; ;) {
    const { stop, report } = await attempt(site, asking, { approval, attempts, asks });
    if (asking.stopped.aborted) return { kind: "stopped", report };
    if (stop.disposition === "done") return { kind: "done", report };
    if (stop.disposition === "ask") {
      const { plan } = stop.told;
      if (asks++ === MOST_ASKS) return { kind: "gave-up", report };
      if (!(await asking.agrees(plan, report)))
        return { kind: asking.stopped.aborted ? "stopped" : "declined", report };
      const at = site.clock.now();
      approval = { hash: planHash(plan), by: asking.by, at, until: at + APPROVAL_MS };
      continue;
    }
    if (attempts++ >= LAST_ATTEMPT) return { kind: "gave-up", report };
    site.log("tried again", { error: `${report.summary} ${report.error ?? ""}` });
    // A stop cuts the pause short, and shows in the next attempt.
    await site.clock.sleep(AGAIN_MS).catch(() => null);
  }
}

type Attempt = Pick<ClaimedJob, "approval" | "attempts" | "asks">;

async function attempt(
  site: FixSite,
  { job: local, by, registry, stopped, ending }: Asking,
  changes: Attempt,
): Promise<{ readonly stop: Stop; readonly report: Report }> {
  const job: ClaimedJob = {
    id: "fix",
    kind: "remediate",
    cluster: "here",
    origin: { via: "api", by, person: true },
    registry,
    fence: 1,
    intent: null,
    addsRule: local.addsRule(),
    restartsAt: local.restartsAt(),
    healing: null,
    ...changes,
  };
  const lease = localLease(local, stopped, site.clock.now);
  const journal = openJournal({
    clock: site.clock,
    lease,
    onStage: (stage, ms) => site.log("stage", { stage, ms }),
    onAction: (action) => site.log("did", action),
  });
  const world: World = { ...site, lease, journal, agentVersion: VERSION, lastRule: null };
  const summary = "Stopped by a person before its end.";
  const given = abortOf(ending).then(() => retry(NOTHING_FOUND, { summary }));
  const stop = await Promise.race([carryOut({ job, world }, () => stopped.aborted), given]);
  return { stop, report: reportOf(stop, world) };
}
