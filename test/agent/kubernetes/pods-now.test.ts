import { describe, expect, it, onTestFinished, vi } from "vitest";
import { startWorld, TLS_ERROR, valueOf, web } from "./cluster-world.ts";

describe("the pods as they are now", () => {
  it("tell the replacement that runs from the one that still waits", async () => {
    const { cluster, sim } = await startWorld({
      pull: (image) =>
        Promise.resolve(image === "ok:1" ? { ok: true } : { ok: false, message: TLS_ERROR }),
    });
    sim.apply({ ...web, kind: "StatefulSet", name: "waits" });
    sim.apply({
      kind: "StatefulSet",
      namespace: "shop",
      name: "runs",
      image: "ok:1",
      pulls: "init",
    });
    sim.apply({ ...web, namespace: "blog" });
    await vi.waitFor(() => {
      expect(sim.pods().find((pod) => pod.name === "runs-0")?.ready).toBe(true);
    });

    const pods = valueOf(await cluster.podsNow(["shop"]));

    expect(pods).toMatchObject([
      { name: "runs-0", pulled: true, waiting: [], terminating: false },
      { name: "waits-0", pulled: false, owner: { kind: "StatefulSet" } },
    ]);
    expect(pods[1]?.waiting[0]).toMatchObject({ text: TLS_ERROR });
  });

  it("are not pulled while the first pull still runs", async () => {
    const hangs = Promise.withResolvers<{ ok: true }>();
    onTestFinished(() => hangs.resolve({ ok: true }));
    const { cluster, sim } = await startWorld({ pull: () => hangs.promise });
    sim.apply({ kind: "bare", namespace: "shop", name: "alone", image: "x:1" });

    const pods = valueOf(await cluster.podsNow(["shop"]));

    expect(pods).toMatchObject([{ name: "alone", pulled: false, waiting: [] }]);
  });

  it("have the cause from the events where the kubelet's message is silent", async () => {
    const { cluster, sim } = await startWorld({ oldBackOffMessages: true });
    sim.apply(web);

    const [pod] = valueOf(await cluster.podsNow([]));

    expect(pod?.waiting[0]).toMatchObject({ text: TLS_ERROR, messages: [{ from: "event" }] });
  });
});
