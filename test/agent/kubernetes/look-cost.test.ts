// What the looks of a watch cost, in bytes that the API server sends.
import { describe, expect, it } from "vitest";
import type { FailingPod } from "../../../agent/ports/cluster.ts";
import { ask } from "../../../sim/kubernetes/ask.ts";
import { startWorld, valueOf, web, type ClusterWorld } from "./cluster-world.ts";

/** A namespace of two hundred pods, two of which are watched. */
async function aFullNamespace(): Promise<ClusterWorld> {
  const world = await startWorld();
  world.sim.apply(web, { ...web, kind: "StatefulSet", name: "db" });
  for (let index = 0; index < 200; index++)
    world.sim.apply({ ...web, kind: "Deployment", name: `other-${index}` });
  return world;
}

async function watchedIn({ cluster }: ClusterWorld): Promise<FailingPod[]> {
  const failing = valueOf(await cluster.failingPods());
  return failing.filter(({ name }) => name === "db-0" || name.startsWith("web-"));
}

/** What one plain list of the whole namespace holds. */
async function wholeNamespace({ sim }: ClusterWorld): Promise<number> {
  const path = "/api/v1/namespaces/shop/pods";
  const listed = await ask(sim, { method: "GET", path, token: "right-token" });
  return Buffer.byteLength(listed?.text ?? "");
}

function bytesSince({ sim }: ClusterWorld, from: number): number {
  return sim.requests.slice(from).reduce((sum, { bytes }) => sum + bytes, 0);
}

describe("a look at a few pods", () => {
  it("costs less than a twentieth of a list of their namespace, and shows them all", async () => {
    const world = await aFullNamespace();
    const watched = await watchedIn(world);
    const whole = await wholeNamespace(world);
    const before = world.sim.requests.length;

    const few = valueOf(await world.cluster.podsNow(["shop"], watched));

    expect(few.map(({ uid }) => uid).toSorted()).toEqual(watched.map(({ uid }) => uid).toSorted());
    expect(bytesSince(world, before)).toBeLessThan(whole / 20);
  });

  it("shows what replaces them", async () => {
    const world = await aFullNamespace();
    const watched = await watchedIn(world);
    for (const pod of watched) await world.cluster.restart(pod, "evict", () => null);

    await expect
      .poll(async () => {
        const few = valueOf(await world.cluster.podsNow(["shop"], watched));
        return few.filter(
          ({ uid, terminating }) => !terminating && !watched.some((one) => one.uid === uid),
        ).length;
      })
      .toBe(watched.length);
  });
});

it("a look at a whole namespace is sent compressed, to a fifth at most", async () => {
  const world = await aFullNamespace();
  const whole = await wholeNamespace(world);
  const before = world.sim.requests.length;

  const all = valueOf(await world.cluster.podsNow(["shop"]));

  expect(all).toHaveLength(202);
  expect(bytesSince(world, before)).toBeLessThan(whole / 5);
});
