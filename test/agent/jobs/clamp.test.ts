// The second remedy: large packets are lost, and the mangle tables of a simulated router clamp the MSS.
import { describe, expect, test } from "vitest";
import { withdraw } from "../../../agent/jobs/withdraw.ts";
import type { Policy } from "../../../agent/ports/policy.ts";
import { createClamper } from "../../../agent/router/clamp.ts";
import type { World } from "../../../agent/ports/world.ts";
import type { Family } from "../../../src/protocol/round.ts";
import type { ClaimedJob } from "../../../src/protocol/calls.ts";
import type { RouterOsOptions } from "../../../sim/routeros/server.ts";
import { aPod, pullError } from "../../support/a-pod.ts";
import { aJob, aPolicy } from "../../support/a-policy.ts";
import { aWorld, attempt, run } from "../../support/a-world.ts";
import { memoryNetwork } from "../../support/memory-adapters.ts";
import { HUB, TOKEN, type Path } from "../../support/a-round.ts";
import { aSiteInMemory } from "../../support/site-in-memory.ts";
import { aRouterWorld } from "../router/router-world.ts";

type Setting = {
  /** The largest packet that passes towards Docker Hub. */
  readonly mtu: number;
  /** Default: IPv6 alone. */
  readonly over?: readonly Family[];
  readonly router?: Partial<RouterOsOptions>;
  readonly policy?: Partial<Policy>;
};

/** The path to Docker Hub asks the router, as a SYN meets it, how large segments may be. */
async function aNarrowSite({ mtu, over = ["v6"], router: options = {}, policy }: Setting) {
  const { os, router, client } = await aRouterWorld(options);
  const site = aSiteInMemory({}, [aPod({ text: pullError("net/http: TLS handshake timeout") })]);
  const pathOver = (family: Family): Path => {
    const verdict = os.decide({ ...SYN, family, dstAddress: DST[family] });
    const mss = verdict.verdict === "accept" ? (verdict.mss ?? Infinity) : 0;
    return !over.includes(family) || mss + HEADERS[family] <= mtu ? "ok" : "large hello stall";
  };
  for (const host of [HUB, TOKEN])
    Object.defineProperty(site.paths, host, { get: () => [pathOver("v4"), pathOver("v6")] });
  const clock = { now: Date.now, sleep: async () => {} };
  const changes: Partial<World> = {
    router: { ...router, clamp: createClamper(client, clock) },
    policy: aPolicy({ mode: "auto", clamp: "allow", ...policy }),
  };
  return { os, site, job: (job: Partial<ClaimedJob> = {}) => run(site, job, changes), changes };
}

const SYN = { chain: "forward", dstPort: 443, protocol: "tcp", syn: true, ack: false } as const;
const DST = { v4: "203.0.113.10", v6: "2600:1f18:2148:bc00::10" };
const HEADERS = { v4: 40, v6: 60 };

const mssOf = (rows: Record<string, string>[]) => rows.map((row) => row["new-mss"]);

describe("large packets to the registry are lost", () => {
  test("on the router's own narrow link: the clamp by its path MTU cures it, and pods restart", async () => {
    const { os, site, job } = await aNarrowSite({ mtu: 1_280, router: { linkMtu: 1_280 } });

    const { report } = await job();

    expect(report).toMatchObject({ verdict: "path-mtu", outcome: "recovered" });
    expect(mssOf(os.mangle("v6"))).toEqual(["clamp-to-pmtu"]);
    expect(os.mangle("v4")).toEqual([]);
    expect(os.table().some((row) => row["comment"]?.includes("[backon]"))).toBe(false);
    expect(site.evicted.length).toBe(1);
    expect(report.summary).toContain("MSS clamp is in place");
    expect(report.after.every(({ family, outcome }) => family === "v6" && outcome === "ok")).toBe(
      true,
    );
  });

  test.each([
    [1_420, "1360"],
    [1_340, "1280"],
    [1_280, "1220"],
  ])(
    "further away, where %d bytes pass: the first number that fits stays, alone",
    async (mtu, mss) => {
      const { os, job } = await aNarrowSite({ mtu });

      const { report } = await job();

      expect(report.outcome).toBe("recovered");
      expect(mssOf(os.mangle("v6"))).toEqual([mss]);
    },
  );

  test("and no number fits: nothing of ours is left, no pod restarts", async () => {
    const { os, site, job } = await aNarrowSite({ mtu: 1_000 });

    const { report } = await job();

    expect(report).toMatchObject({ verdict: "path-mtu", outcome: "no-better" });
    expect(report.summary).toMatch(/still lost over IPv6/);
    expect([...os.mangle("v6"), ...os.mangle("v4")]).toEqual([]);
    expect(site.evicted).toEqual([]);
  });

  test("over IPv4: its own table is used, and IPv6 is not blocked", async () => {
    const { os, job } = await aNarrowSite({ mtu: 1_400, over: ["v4"] });

    const { report } = await job();

    expect(report.outcome).toBe("recovered");
    expect(mssOf(os.mangle("v4"))).toEqual(["1360"]);
    expect(os.mangle("v6")).toEqual([]);
  });

  test("over both families: both are clamped", async () => {
    const { os, job } = await aNarrowSite({
      mtu: 1_280,
      over: ["v4", "v6"],
      router: { linkMtu: 1_280 },
    });

    expect((await job()).report.outcome).toBe("recovered");
    expect([os.mangle("v4"), os.mangle("v6")].map(mssOf)).toEqual([
      ["clamp-to-pmtu"],
      ["clamp-to-pmtu"],
    ]);
  });
});

describe("a clamp is asked for", () => {
  test("by default, with its lines; nothing is written before", async () => {
    const { os, job } = await aNarrowSite({ mtu: 1_280, policy: { clamp: "ask" } });

    const ending = await job();

    expect(ending.disposition).toBe("ask");
    expect(ending.report.plan?.rule).toBe(null);
    expect(ending.report.plan?.commands).toEqual([
      expect.stringMatching(/^\/ipv6 firewall mangle add .*new-mss=clamp-to-pmtu .*\[backon\]/),
    ]);
    expect(os.writes).toEqual([]);
  });

  test("and written once that very plan is approved", async () => {
    const { os, site, job } = await aNarrowSite({ mtu: 1_280, policy: { clamp: "ask" } });
    const asked = await job();
    if (asked.disposition !== "ask") throw new Error("nobody was asked");

    const { report } = await job({
      approval: { hash: asked.planHash, by: "ana", at: site.now, until: site.now + 600_000 },
    });

    expect(report.outcome).toBe("recovered");
    expect(mssOf(os.mangle("v6"))).toEqual(["1220"]);
  });

  test("never with CLAMP=never: the stop-gap is planned as before", async () => {
    const { job } = await aNarrowSite({ mtu: 1_280, policy: { clamp: "never" } });

    const ending = await job();

    expect(ending.disposition).toBe("ask");
    expect(ending.report.plan).toMatchObject({ rule: { action: "reject" } });
    expect(ending.report.plan?.clamps).toBeUndefined();
  });
});

test("a clamp that a person disabled is not put back by an alert", async () => {
  const { os, site, job } = await aNarrowSite({ mtu: 1_280 });
  await job();
  for (const pod of site.pods) pod.pulled = false;
  const [row] = os.mangle("v6");
  os.operator.unclamp("v6", row?.[".id"] ?? "");
  const fields = Object.fromEntries(
    Object.entries(row ?? {}).filter(
      ([name]) => !/^(\.id|bytes|packets|dynamic|invalid)$/.test(name),
    ),
  );
  os.operator.clamp("v6", { ...fields, disabled: "true" });
  const writes = os.writes.length;

  const { report } = await job();

  expect(report.outcome).toBe("held-by-person");
  expect(os.writes.length).toBe(writes);
});

test("a router that is cut off over the clamped family gets rid of it", async () => {
  const { os, site, job, changes } = await aNarrowSite({ mtu: 1_280, router: { linkMtu: 1_280 } });
  const reachedOver = async () => (os.mangle("v6").length === 0 ? ["router (router.lan)"] : []);
  Object.assign(changes, { network: { ...memoryNetwork(site), reachedOver } });

  const { report } = await job();

  expect(report.outcome).toBe("no-better");
  expect(report.summary).toMatch(/router \(router\.lan\) over IPv6 answered before it/);
  expect(os.mangle("v6")).toEqual([]);
});

test("one undo takes off the rule and the clamps, and leaves what a person typed", async () => {
  const { os, site, job, changes } = await aNarrowSite({ mtu: 1_280 });
  await job();
  const typed = { chain: "forward", action: "change-mss", "new-mss": "1300", protocol: "tcp" };
  os.operator.clamp("v4", { ...typed, comment: "mine [backon]" });

  const world = aWorld(site, changes);
  const { report } = await attempt(withdraw, { job: aJob({ kind: "withdraw" }), world });

  expect(report.outcome).toBe("withdrawn");
  expect(os.mangle("v6")).toEqual([]);
  expect(os.mangle("v4").map((row) => row["comment"])).toEqual(["mine [backon]"]);
  expect(report.summary).toContain("mine [backon]");
});
