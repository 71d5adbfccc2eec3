import { createServer, type RequestListener } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { AGENT_RULES, startWorld, valueOf, web } from "./cluster-world.ts";

/** The URL of a server that is no API server. */
async function startOther(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

describe("the list of pods", () => {
  it("comes in pages of a hundred", async () => {
    const { cluster, sim } = await startWorld();
    sim.apply({ ...web, kind: "bare", name: "many", replicas: 250 });

    const pods = valueOf(await cluster.failingPods());

    expect(new Set(pods.map((pod) => pod.uid)).size).toBe(250);
    const pages = sim.requests.filter((line) => line.path.startsWith("/api/v1/pods"));
    expect(pages).toHaveLength(3);
    expect(pages.every((page) => page.path.includes("limit=100&"))).toBe(true);
    expect(pages.every((page) => page.path.includes("timeout=2s"))).toBe(true);
  });

  it("is started again once where it grew too old in the middle", async () => {
    let duringPause = () => {};
    const sleep = () => (duringPause(), Promise.resolve());
    const { cluster, sim } = await startWorld({}, { sleep });
    sim.apply({ ...web, kind: "bare", name: "many", replicas: 150 });
    sim.addFault({ kind: "flow-control", path: "continue=", times: 1 });
    duringPause = () => sim.compact();

    const pods = valueOf(await cluster.failingPods());

    expect(pods).toHaveLength(150);
    const pages = sim.requests.filter((line) => line.path.startsWith("/api/v1/pods"));
    expect(pages.map((page) => page.status)).toEqual([200, 429, 410, 200, 200]);
  });

  it("is asked for by namespace where namespaces are given", async () => {
    const rules = AGENT_RULES.map((rule) => ({ ...rule, namespaces: ["shop"] }));
    const { cluster, sim } = await startWorld({ rules }, { namespaces: ["shop"] });
    sim.apply(web, { ...web, namespace: "blog" });

    const pods = valueOf(await cluster.failingPods());

    expect(pods.map((pod) => pod.namespace)).toEqual(["shop"]);
  });

  it("that may not be read says which right is missing, and waits for a person", async () => {
    const { cluster } = await startWorld({ rules: [] });

    const result = await cluster.failingPods();

    expect(result).toMatchObject({ ok: false, error: { next: "give-up", uncertain: false } });
    expect(JSON.stringify(result)).toContain("lacks: list pods in all namespaces");
  });

  it("outlives a closed connection, storage that does not answer, and flow control", async () => {
    const { cluster, sim, slept } = await startWorld();
    sim.apply(web);
    sim.addFault({ kind: "closed", times: 1 });
    sim.addFault({ kind: "storage-down", times: 1 });
    sim.addFault({ kind: "flow-control", times: 1, retryAfterSeconds: 3 });

    const pods = valueOf(await cluster.failingPods());

    expect(pods).toHaveLength(1);
    expect(slept).toEqual([250, 500, 3_000]);
  });

  it("is to be tried later where the server stays down", async () => {
    const { cluster, sim } = await startWorld();
    sim.addFault({ kind: "storage-down" });

    const result = await cluster.failingPods();

    expect(result).toMatchObject({ ok: false, error: { next: "retry", uncertain: false } });
    expect(sim.requests).toHaveLength(4);
  });

  it("that a strange server sends without end is not read to its end", async () => {
    const url = await startOther((_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const more = () => response.write("x".repeat(1 << 20), () => setImmediate(more));
      more();
    });
    const { cluster } = await startWorld({}, { url, ca: () => null });

    const result = await cluster.failingPods();

    expect(result).toMatchObject({ ok: false, error: { next: "retry" } });
    expect(JSON.stringify(result)).toContain("too-large");
  });

  it("is not asked of a server whose certificate another authority signed", async () => {
    const { sim } = await startWorld();
    const other = await startWorld({}, { url: sim.url });

    const result = await other.cluster.failingPods();

    expect(result).toMatchObject({ ok: false, error: { next: "give-up" } });
    expect(JSON.stringify(result)).toContain("KUBERNETES_CA_FILE");
    expect(sim.requests).toEqual([]);
  });
});

describe("an answer that is none of the API server's", () => {
  it("is a person's matter", async () => {
    const url = await startOther((_, response) => response.end("<html>Sign in</html>"));
    const { cluster } = await startWorld({}, { url, ca: () => null });

    const result = await cluster.failingPods();

    expect(result).toMatchObject({ ok: false, error: { next: "give-up" } });
    expect(JSON.stringify(result)).toContain("KUBERNETES_URL");
  });
});
