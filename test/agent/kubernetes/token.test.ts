import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { tokenFromFile } from "../../../agent/kubernetes/token.ts";
import { startWorld, valueOf, web } from "./cluster-world.ts";

describe("a 403", () => {
  it("of an API server that has just started is not believed", async () => {
    const { cluster, sim, slept } = await startWorld();
    sim.apply(web);
    sim.addFault({ kind: "starting", times: 6 });

    const pods = valueOf(await cluster.failingPods());

    expect(pods).toHaveLength(1);
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(10_000);
  });

  it("is believed after ten seconds, or at once from a server that is ready", async () => {
    const { cluster, sim, slept } = await startWorld();
    const starting = sim.addFault({ kind: "starting" });

    const first = await cluster.failingPods();
    const waited = slept.splice(0).reduce((sum, ms) => sum + ms, 0);
    starting();
    sim.addFault({ kind: "forbidden", path: "/pods" });
    const second = await cluster.failingPods();

    expect(waited).toBe(10_000);
    expect(first).toMatchObject({ ok: false, error: { next: "give-up" } });
    expect(second).toMatchObject({ ok: false, error: { next: "give-up" } });
    expect(slept).toEqual([]);
  });
});

describe("the token", () => {
  function tokenFile(token: string): string {
    const folder = mkdtempSync(join(tmpdir(), "token-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "token");
    writeFileSync(path, `${token}\n`);
    return path;
  }

  it("is read again when the server refuses it", async () => {
    const path = tokenFile("right-token");
    const { cluster, sim } = await startWorld({}, { token: tokenFromFile(path, () => 0) });
    sim.apply(web);
    valueOf(await cluster.failingPods());
    sim.setToken("rotated");
    writeFileSync(path, "rotated\n");

    const pods = valueOf(await cluster.failingPods());

    expect(pods).toHaveLength(1);
    expect(sim.requests.filter((line) => line.status === 401)).toHaveLength(1);
  });

  it("that stays refused is a person's matter, tried twice and never shown", async () => {
    const { cluster, sim } = await startWorld({}, { token: () => "wrong-secret" });

    const result = await cluster.failingPods();

    expect(result).toMatchObject({ ok: false, error: { next: "give-up" } });
    expect(JSON.stringify(result)).not.toContain("wrong-secret");
    expect(sim.requests.map((line) => line.status)).toEqual([401, 401]);
  });

  it("is read from its file at most once a minute", () => {
    let now = 0;
    const path = tokenFile("first");
    const token = tokenFromFile(path, () => now);
    expect(token(false)).toBe("first");
    writeFileSync(path, "second");

    const tokens = [59_999, 60_000].map((at) => ((now = at), token(false)));

    expect(tokens).toEqual(["first", "second"]);
  });

  it("whose file is missing is named as the trouble, and nothing is sent", async () => {
    const token = tokenFromFile("/nowhere/token", () => 0);
    const { cluster, sim } = await startWorld({}, { token });

    const result = await cluster.failingPods();

    expect(result).toMatchObject({ ok: false, error: { next: "give-up" } });
    expect(JSON.stringify(result)).toContain("/nowhere/token");
    expect(sim.requests).toEqual([]);
  });
});
