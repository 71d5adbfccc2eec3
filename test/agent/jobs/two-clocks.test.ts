// The agent's clock and the API server's differ: only the server's is compared with pods and events.
import { describe, expect, test } from "vitest";
import { aPod, MINUTE, TLS_TIMEOUT } from "../../support/a-pod.ts";
import { NOW } from "../../support/a-round.ts";
import { hub } from "../../support/a-site.ts";
import { memoryCluster, memoryNetwork } from "../../support/memory-adapters.ts";
import { memoryLease, run } from "../../support/a-world.ts";
import { aSiteInMemory, type SiteInMemory } from "../../support/site-in-memory.ts";

const AHEAD = [-600_000, -10_000, 0, 10_000, 600_000];

/** All times of the site are the API server's; the agent's clock is `aheadMs` later. */
function at(site: SiteInMemory, aheadMs: number) {
  const network = memoryNetwork(site);
  return {
    cluster: memoryCluster(site),
    network: {
      ...network,
      probe: async (targets: Parameters<typeof network.probe>[0]) => {
        const round = await network.probe(targets);
        return { ...round, at: round.at + aheadMs };
      },
    },
    clock: {
      now: () => site.now + aheadMs,
      sleep: async (ms: number) => {
        site.now += ms;
        site.onSleep(ms);
      },
    },
  };
}

/** Fails since `ms` ago, and was seen failing all the while. */
function failingFor(ms: number) {
  const message = { text: TLS_TIMEOUT, firstAt: NOW - ms, lastAt: NOW - 1_000 };
  return aPod({ failingSince: NOW - ms, createdAt: NOW - ms, text: message.text });
}

describe.each(AHEAD)("the agent's clock %i ms ahead", (aheadMs) => {
  test("a pod that fails for a minute only is left to retry by itself", async () => {
    const site = aSiteInMemory(hub("ok", "ok"), [failingFor(MINUTE)]);

    const { report } = await run(site, {}, at(site, aheadMs));

    expect(site.evicted).toEqual([]);
    expect(report.pods[0]?.why).toMatch(/^it fails for \d+ s only/);
  });

  test("a pod that fails for ten minutes is restarted", async () => {
    const site = aSiteInMemory(hub("ok", "ok"), [failingFor(10 * MINUTE)]);

    const { report } = await run(site, {}, at(site, aheadMs));

    expect(site.evicted).toEqual(["pod-1"]);
    expect(report.outcome).toBe("recovered");
  });

  test("what this job restarted is known by the server's clock", async () => {
    const site = aSiteInMemory(hub("ok", "ok"), [failingFor(10 * MINUTE)]);
    const announced: (number | undefined)[] = [];
    const lease = memoryLease(site);
    const told: typeof lease = {
      ...lease,
      mayWrite: (write) => {
        if (write.on === "cluster") announced.push(write.at);
        return lease.mayWrite(write);
      },
    };

    await run(site, {}, { ...at(site, aheadMs), lease: told });

    expect(announced).toEqual([site.restartsAt]);
  });

  test.each([
    [30_000, 2],
    [5 * MINUTE, 1],
  ])("a kubelet's failure of %i ms ago needs %i rounds", async (ago, rounds) => {
    const seen = NOW - ago;
    const pod = aPod({ failingSince: seen, createdAt: seen - 10 * MINUTE });
    const [container] = pod.containers;
    if (container === undefined) throw new Error("a pod has a container");
    const messages = container.messages.map((one) => ({ ...one, firstAt: seen, lastAt: seen }));
    const site = aSiteInMemory(hub("ok", "tls stall"), [
      { ...pod, containers: [{ ...container, messages }] },
    ]);

    const { report } = await run(site, {}, at(site, aheadMs));

    expect(report.rounds).toHaveLength(rounds);
  });
});
