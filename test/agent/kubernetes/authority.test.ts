// The CA file is replaced while the agent runs, and is read again like the token.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { authorityFromFile } from "../../../agent/kubernetes/authority.ts";
import { createServerCertificate } from "../../../sim/kubernetes/certificate.ts";
import { startWorld } from "./cluster-world.ts";

const { caPem: other } = await createServerCertificate();

/** A cluster whose CA file holds `pem` first; nothing but a failure asks for it again. */
async function withFile(pem: string) {
  const path = join(mkdtempSync(join(tmpdir(), "authority-")), "ca.crt");
  writeFileSync(path, pem);
  let now = 0;
  const world = await startWorld({}, { ca: authorityFromFile(path, () => 0), now: () => now });
  const write = (next: string) => writeFileSync(path, next);
  return { ...world, path, write, later: (ms: number) => void (now += ms) };
}

describe("the cluster's CA file", () => {
  it("that was replaced is read again when a certificate is refused", async () => {
    const { cluster, sim, write } = await withFile(other);
    expect(await cluster.failingPods()).toMatchObject({
      ok: false,
      error: { advice: expect.stringContaining("KUBERNETES_CA_FILE") },
    });

    write(sim.ca);

    expect(await cluster.failingPods()).toEqual({ ok: true, value: [] });
  });

  it.each([
    ["", "is empty"],
    ["no certificate\n", "holds no certificate in PEM"],
  ])("with %j is named as the fault, and nothing is sent", async (pem, told) => {
    const { cluster, sim, path } = await withFile(pem);

    const looked = await cluster.failingPods();

    expect(looked).toMatchObject({
      ok: false,
      error: { next: "give-up", message: expect.stringContaining(`${path} ${told}`) },
    });
    expect(sim.requests).toEqual([]);
  });
});

describe("trouble with the API server", () => {
  it("begins with a request that fails and ends with one that does not", async () => {
    const { cluster, sim, write } = await withFile(other);
    await cluster.failingPods();
    expect(cluster.trouble()).toContain("certificate");

    write(sim.ca);
    await cluster.failingPods();

    expect(cluster.trouble()).toBeNull();
  });

  it("is noticed, and its end too, by a quiet agent that is only asked for its health", async () => {
    const { cluster, sim, write, later } = await withFile(other);
    cluster.trouble();
    await vi.waitFor(() => expect(cluster.trouble()).toContain("certificate"));
    expect(sim.requests).toEqual([]);

    write(sim.ca);
    later(30_000);
    cluster.trouble();

    await vi.waitFor(() => expect(cluster.trouble()).toBeNull());
    expect(sim.requests.map(({ path }) => path)).toEqual(["/version?timeout=2s"]);
  });

  it("is not an eviction that the server cannot carry out", async () => {
    const { cluster, sim } = await startWorld();
    sim.addFault({ kind: "storage-down", method: "POST" });
    await cluster.missingRights("evict");

    expect(cluster.trouble()).toBeNull();
  });
});
