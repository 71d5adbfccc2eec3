// The agent's world at a site in memory, and one run of a job in it.
import { openJournal, type Journal } from "../../agent/journal.ts";
import type { Ending } from "../../agent/ending.ts";
import { restartMemory } from "../../agent/policy.ts";
import { remediate } from "../../agent/remediate.ts";
import type { Lease, World } from "../../agent/world.ts";
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import { aJob, aPolicy } from "./a-policy.ts";
import { memoryCluster, memoryNetwork, memoryRouter } from "./memory-adapters.ts";
import { outside, type SiteInMemory } from "./site-in-memory.ts";

/** A lease of a Worker that says yes to every write and records the intent. */
export function memoryLease(site: SiteInMemory, changes: Partial<Lease> = {}): Lease {
  return {
    cancelled: () => false,
    stage: () => {},
    mayWrite: (on, what) =>
      outside(site, `mayWrite ${on}`, () => {
        if (on === "router") site.intent = what;
        return { ok: true, value: true };
      }),
    ...changes,
  };
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

/** Claims and carries out one job of an alert, with what the Worker recorded as its intent. */
export function run(
  site: SiteInMemory,
  job: Partial<ClaimedJob> = {},
  changes: Partial<World> = {},
): Promise<Ending> {
  const world = aWorld(site, changes);
  return remediate(aJob({ intent: site.intent, ...job }), world, journalOf(world));
}
