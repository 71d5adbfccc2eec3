// The product: an alert comes in, the pods come back. The real Worker in workerd, the real agent as
// a process of its own, real sockets everywhere; the site is simulated.
import { afterEach, describe, expect, it } from "vitest";
import { STORIES } from "../sim/stories.ts";
import { startQuickSystem, type QuickSystem } from "./support/quick-system.ts";

let system: QuickSystem | undefined;
afterEach(async () => {
  await system?.close();
  system = undefined;
});

const OUR_COMMENT = "Block Docker Hub IPv6 - forces IPv4 fallback [backon]";

function ours(of: QuickSystem) {
  return of.site.router.table().filter(({ comment }) => comment?.includes("[backon]"));
}

describe("each story ends as it should", () => {
  it.each(STORIES.map(({ name }) => name))("%s", async (name) => {
    system = await startQuickSystem(name);
    system.startAgent();
    const job = await system.ended(await system.alert());
    const { expected } = system.story;
    expect({
      verdict: job.report.verdict,
      outcome: job.outcome ?? job.state,
      routerWrites: system.site.router.writes.length,
      evictions: system.site.cluster.evictions.length,
    }).toEqual(expected);
  });
});

describe("the main story", () => {
  it("leaves exactly one new rule, the usual one with our mark, before every other static rule", async () => {
    system = await startQuickSystem("ipv6-stall");
    const before = system.site.router.table();
    system.startAgent();
    await system.ended(await system.alert());
    const after = system.site.router.table();
    expect(after).toHaveLength(before.length + 1);
    expect(after[0]).toMatchObject({
      chain: "forward",
      action: "reject",
      "reject-with": "icmp-address-unreachable",
      "dst-address": "2600:1f18::/32",
      protocol: "tcp",
      "dst-port": "443",
      comment: OUR_COMMENT,
    });
    expect(after[0]).not.toHaveProperty("tcp-flags");
    expect(after.slice(1).map((row) => row[".id"])).toEqual(before.map((row) => row[".id"]));
  });

  it("told twice still leaves one rule", async () => {
    system = await startQuickSystem("ipv6-stall");
    system.startAgent();
    await system.ended(await system.alert());
    const request = { kind: "remediate" };
    const again = await system.call("POST", "/v1/jobs", system.tokens.operator, request);
    const job = await system.ended((again.body as { id: string }).id);
    expect(job.report.verdict).toBe("rule-active");
    expect(ours(system)).toHaveLength(1);
  });

  it("restarts each chosen pod once, and every one of them gets its image", async () => {
    system = await startQuickSystem("ipv6-stall");
    system.startAgent();
    const job = await system.ended(await system.alert());
    const uids = system.site.cluster.evictions.map(({ uid }) => uid);
    expect(new Set(uids).size).toBe(5);
    expect(uids).toHaveLength(5);
    const restarted = job.report.pods.filter(({ decision }) => decision === "restart");
    expect(restarted.map(({ became }) => became)).toEqual(Array(5).fill("pulled"));
    const left = job.report.pods.filter(({ decision }) => decision === "leave");
    expect(left.map(({ name }) => name.replace(/-\w+$/, "")).toSorted()).toEqual([
      "debug",
      "logs",
      "report",
    ]);
  });

  it("evicts the last of five pods within one TLS limit and 8 s of the alert, and tells each stage's time", async () => {
    const tlsMs = 1_000;
    system = await startQuickSystem("ipv6-stall");
    system.startAgent();
    await hungDoorbell(system);
    const alertAt = Date.now();
    const job = await system.ended(await system.alert());
    const last = Math.max(...system.site.cluster.evictions.map(({ at }) => at));
    expect(last - alertAt).toBeLessThan(tlsMs + 8_000);
    expect(job.report.stages.map(({ stage }) => stage)).toEqual([
      "look",
      "probe",
      "apply",
      "verify",
      "restart",
      "watch",
    ]);
  });

  it("never logs a token or a password", async () => {
    system = await startQuickSystem("ipv6-stall");
    system.startAgent();
    await system.ended(await system.alert());
    const log = JSON.stringify(system.lines);
    expect(log).toContain("ipv6-tls-stall");
    for (const secret of [
      ...Object.values(system.tokens),
      system.site.agentEnvironment["ROUTER_PASSWORD"] ?? "?",
    ])
      expect(log).not.toContain(secret);
  });
});

describe("a person's own copy of the usual rule", () => {
  it("is adopted, and survives withdraw", async () => {
    system = await startQuickSystem("rule-by-person");
    const before = system.site.router.table().map((row) => row[".id"]);
    system.startAgent();
    await system.ended(await system.alert());
    const withdraw = { kind: "withdraw" };
    const asked = await system.call("POST", "/v1/jobs", system.tokens.operator, withdraw);
    const job = await system.ended((asked.body as { id: string }).id);
    expect(job.outcome).toBe("withdrawn");
    expect(system.site.router.table().map((row) => row[".id"])).toEqual(before);
  });
});

describe("killed in the middle and started again", () => {
  // Each stage's line is logged when the stage has ended: the kill comes right after it.
  it.each(["look", "probe", "apply", "verify", "restart"])(
    "after %s: one rule, no pod evicted twice, the job recovered",
    async (stage) => {
      // Pods that are left alone retry by themselves; without evictions to watch, they are watched.
      system = await startQuickSystem("ipv6-stall", { maxBackOffMs: 4_000 });
      const killed = Promise.withResolvers<void>();
      const first = system.startAgent((line) => {
        if (line.msg === "stage" && line["stage"] === stage) killed.resolve(first.kill());
      });
      const id = await system.alert();
      await killed.promise;
      system.startAgent();
      const job = await system.ended(id);
      expect(job.outcome).toBe("recovered");
      expect(ours(system)).toHaveLength(1);
      const uids = system.site.cluster.evictions.map(({ uid }) => uid);
      expect(new Set(uids).size).toBe(uids.length);
    },
  );
});

describe("killed between two evictions", () => {
  it("the rest is restarted once, and nobody twice", async () => {
    system = await startQuickSystem("ipv6-stall", { maxBackOffMs: 4_000 });
    const { evictions } = system.site.cluster;
    const first = system.startAgent();
    const id = await system.alert();
    while (evictions.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await first.kill();
    system.startAgent();
    const job = await system.ended(id);
    expect(job.outcome).toBe("recovered");
    const uids = evictions.map(({ uid }) => uid);
    expect(new Set(uids).size).toBe(uids.length);
    expect(ours(system)).toHaveLength(1);
  });
});

describe("the emergency exit", () => {
  it("takes the rule off with one command; no alert brings it back, a person's request does", async () => {
    system = await startQuickSystem("ipv6-stall", { worker: { HOLD_MS: "1" } });
    system.startAgent();
    await system.ended(await system.alert());
    expect(await system.command("withdraw")).toBe(0);
    expect(ours(system)).toEqual([]);

    system.site.cluster.apply(...system.story.workloads.map((w) => ({ ...w, namespace: "late" })));
    const held = await system.ended(await system.alert());
    expect(held.outcome).toBe("held-by-person");
    expect(ours(system)).toEqual([]);

    const fix = { kind: "remediate" };
    const asked = await system.call("POST", "/v1/jobs", system.tokens.operator, fix);
    const job = await system.ended((asked.body as { id: string }).id);
    expect(job.report.rule).toMatchObject({ state: "present", ours: true });
    expect(ours(system)).toHaveLength(1);
  });
});

describe("modes", () => {
  it("observe stops before the first write and reports the plan with the lines to paste", async () => {
    system = await startQuickSystem("ipv6-stall", { agent: { MODE: "observe" } });
    system.startAgent();
    const job = await system.ended(await system.alert());
    expect(job.outcome).toBe("observed");
    expect(system.site.router.writes).toEqual([]);
    expect(system.site.cluster.evictions).toEqual([]);
    expect(JSON.stringify(job.report)).toContain("/ipv6 firewall filter add chain=forward");
  });

  it("a plan that waits names the pods that it would restart, and those that it would not", async () => {
    system = await startQuickSystem("ipv6-stall", { agent: { MODE: "approve" } });
    system.startAgent();
    const { report } = await system.ended(await system.alert());
    const named = (decision: string): string[] =>
      report.pods
        .filter((pod) => pod.decision === decision)
        .map(({ name }) => name.replace(/-\w+$/, ""))
        .toSorted();
    expect(named("restart")).toHaveLength(5);
    expect(named("leave")).toEqual(["debug", "logs", "report"]);
  });

  it("a no names the pods that it is about", async () => {
    system = await startQuickSystem("not-found");
    system.startAgent();
    const { report } = await system.ended(await system.alert());
    expect(report.pods.map(({ decision }) => decision)).toEqual(["leave", "leave"]);
  });

  it("an approved plan is carried out after probing again", async () => {
    system = await startQuickSystem("ipv6-stall", { agent: { MODE: "approve" } });
    system.startAgent();
    const waiting = await system.ended(await system.alert());
    expect(system.site.router.writes).toEqual([]);
    const approve = { planHash: waiting.planHash };
    await system.call("POST", `/v1/jobs/${waiting.id}/approve`, system.tokens.operator, approve);
    const job = await system.ended(waiting.id);
    expect(job.outcome).toBe("recovered");
    expect(ours(system)).toHaveLength(1);
  });
});

async function hungDoorbell(of: QuickSystem): Promise<void> {
  while (!of.lines.some(({ msg }) => msg === "doorbell connected"))
    await new Promise((resolve) => setTimeout(resolve, 20));
}
