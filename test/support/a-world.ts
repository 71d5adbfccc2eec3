// The agent's world at a site in memory, and one run of a job in it.
import { openJournal } from "../../agent/loop/journal.ts";
import { reportOf } from "../../agent/loop/report.ts";
import { planHash } from "../../agent/plan/plan.ts";
import type { CarryOut } from "../../agent/plan/stop.ts";
import { restartMemory } from "../../agent/settings/policy.ts";
import { remediate } from "../../agent/jobs/remediate.ts";
import type { Lease } from "../../agent/ports/lease.ts";
import type { Work, World } from "../../agent/ports/world.ts";
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import type { Plan, Report } from "../../src/protocol/report.ts";
import { aJob, aPolicy } from "./a-policy.ts";
import { memoryCluster, memoryNetwork, memoryRouter } from "./memory-adapters.ts";
import { outside, type SiteInMemory } from "./site-in-memory.ts";

/** A lease of a Worker that says yes to every write and records the intent. */
export function memoryLease(site: SiteInMemory, changes: Partial<Lease> = {}): Lease {
  const lease: Lease = {
    cancelled: () => false,
    stillHeld: () => !lease.cancelled(),
    stage: () => {},
    waits: () => {},
    mayWrite: ({ on, what, adds = false }) =>
      outside(site, `mayWrite ${on}`, () => {
        if (on === "router") site.intent = what;
        site.addsRule ||= adds;
        if (on === "cluster") site.restartsAt ??= site.now;
        return { ok: true, value: true };
      }),
    ...changes,
  };
  return lease;
}

/** Everything as it should be, MODE=auto; `changes` replace parts. */
export function aWorld(site: SiteInMemory, changes: Partial<World> = {}): World {
  const lease = changes.lease ?? memoryLease(site);
  const clock = changes.clock ?? {
    now: () => site.now,
    sleep: async (ms: number) => {
      site.now += ms;
      site.onSleep(ms);
    },
  };
  return {
    cluster: memoryCluster(site),
    network: memoryNetwork(site),
    router: memoryRouter(site),
    lease,
    clock,
    journal: openJournal({ clock, lease, onStage: () => {} }),
    policy: aPolicy(),
    memory: restartMemory(),
    agentVersion: "0.1.0",
    lastRule: null,
    log: () => {},
    ...changes,
  };
}

/** What restarts rest on, proven as long as they take. */
export const PROVEN = { stale: () => null, renew: async () => {} };

/** How an attempt ended: its disposition, and the report that the loop makes of it. */
export type Ending =
  | { readonly disposition: "done" | "retry"; readonly report: Report }
  | {
      readonly disposition: "ask";
      readonly report: Report;
      readonly plan: Plan;
      readonly planHash: string;
    };

/** One attempt at a job, and its report; throws what the job throws. */
export async function attempt(carryOut: CarryOut, work: Work): Promise<Ending> {
  const stop = await carryOut(work);
  const report = reportOf(stop, work.world);
  if (stop.disposition !== "ask") return { disposition: stop.disposition, report };
  const { plan } = stop.told;
  return { disposition: "ask", report, plan, planHash: planHash(plan) };
}

/** Claims and carries out one job of an alert, with what the Worker recorded of earlier attempts. */
export function run(
  site: SiteInMemory,
  job: Partial<ClaimedJob> = {},
  changes: Partial<World> = {},
): Promise<Ending> {
  const world = aWorld(site, changes);
  const { intent, addsRule, restartsAt } = site;
  return attempt(remediate, { job: aJob({ intent, addsRule, restartsAt, ...job }), world });
}
