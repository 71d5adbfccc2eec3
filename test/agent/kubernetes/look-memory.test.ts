// What stays in memory of a look at very many pods: thousands of them must fit into the agent's heap.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import type { Cluster } from "../../../agent/ports/cluster.ts";
import { crowd } from "../../bench/crowd.ts";
import { startWorld, valueOf } from "./cluster-world.ts";

/** Bytes that are reachable now. */
function heapBytes(): number {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc");
  // What the first run lets go of goes with the second.
  gc();
  gc();
  return process.memoryUsage().heapUsed;
}

/** A function of its own: whoever awaits the pods themselves may hold them on. */
async function warmUp(cluster: Cluster): Promise<void> {
  await cluster.failingPods();
}

it("of each pod, with five texts of 4 kB, less than 4 kB stay", async () => {
  const pods = 400;
  const hour = 3_600_000;
  const { cluster, sim } = await startWorld(
    { backOffMs: hour, maxBackOffMs: hour },
    { timeoutMs: 30_000 },
  );
  // The first look warms up what stays whoever looks.
  sim.apply(...crowd({ pods, events: 5, textBytes: 4_000 }));
  await warmUp(cluster);
  const before = heapBytes();

  const failing = valueOf(await cluster.failingPods());

  const bytesAPod = (heapBytes() - before) / pods;
  expect(failing).toHaveLength(pods);
  expect(new Set(failing[0]?.containers[0]?.messages.map(({ label }) => label)).size).toBe(4);
  expect(bytesAPod).toBeLessThan(4_000);
});
