// The agent's world at a site in memory, and one run of a job in it.
import { openJournal, type Journal } from "../../agent/loop/journal.ts";
import type { Ending } from "../../agent/stages/ending.ts";
import { restartMemory } from "../../agent/settings/policy.ts";
import { remediate } from "../../agent/jobs/remediate.ts";
import type { Lease } from "../../agent/ports/lease.ts";
import type { World } from "../../agent/ports/world.ts";
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import { aJob, aPolicy } from "./a-policy.ts";
import { memoryCluster, memoryNetwork, memoryRouter } from "./memory-adapters.ts";
import { outside, type SiteInMemory } from "./site-in-memory.ts";

/** A lease of a Worker that says yes to every write and records the intent. */
export function memoryLease(site: SiteInMemory, changes: Partial<Lease> = {}): Lease {
  const lease: Lease = {
    cancelled: () => false,
    stillHeld: () => !lease.cancelled(),
    stage: () => {},
    mayWrite: (on, what, adds) =>
      outside(site, `mayWrite ${on}`, () => {
        if (on === "router") site.intent = what;
        site.addsRule ||= adds === "adds-rule";
        if (on === "cluster") site.restartsAt ??= site.now;
        return { ok: true, value: true };
      }),
    ...changes,
  };
  return lease;
}

/** Everything as it should be, MODE=auto; `changes` replace parts. */
export function aWorld(site: SiteInMemory, changes: Partial<World> = {}): World {
  return {
    cluster: memoryCluster(site),
    network: memoryNetwork(site),
    router: memoryRouter(site),
    lease: memoryLease(site),
    clock: {
      now: () => site.now,
      sleep: async (ms) => {
        site.now += ms;
        site.onSleep(ms);
      },
    },
    policy: aPolicy(),
    memory: restartMemory(),
    agentVersion: "0.1.0",
    lastRule: null,
    log: () => {},
    ...changes,
  };
}

export function journalOf(world: World): Journal {
  return openJournal(world.clock, world.lease, () => {});
}

/** Claims and carries out one job of an alert, with what the Worker recorded of earlier attempts. */
export function run(
  site: SiteInMemory,
  job: Partial<ClaimedJob> = {},
  changes: Partial<World> = {},
): Promise<Ending> {
  const world = aWorld(site, changes);
  const { intent, addsRule, restartsAt } = site;
  const claimed = aJob({ intent, addsRule, restartsAt, ...job });
  return remediate(claimed, world, journalOf(world));
}
