import { describe, expect, test } from "vitest";
import { diagnose } from "../../../agent/diagnosis/diagnose.ts";
import { explain } from "../../../agent/words/explain.ts";
import type { NetworkOptions } from "../../../agent/probe/network.ts";
import type { ProbeTarget } from "../../../agent/ports/network.ts";
import type { NetworkSim } from "../../../sim/network/start.ts";
import { aPolicy } from "../../support/a-policy.ts";
import { aSite, HUB, probe } from "./simulated-site.ts";

const ASKED = { secondResolver: "https://one.one.one.one/dns-query" };
const CONTROL: ProbeTarget = { host: "one.one.one.one", role: "control" };
/** Nobody of the simulated Internet. */
const ELSEWHERE = { a: ["198.51.100.7"], aaaa: ["2001:db8:dead::7"] };
const WRONG = [
  { to: "198.51.100.7", kind: "tcp-refuse" },
  { to: "2001:db8:dead::7", kind: "tcp-refuse" },
] as const;

async function poisonedSite(): Promise<NetworkSim> {
  const sim = await aSite();
  sim.dns.place(HUB.host, ELSEWHERE);
  for (const fault of WRONG) sim.gateway.faults.add(fault);
  return sim;
}

const look = (sim: NetworkSim, changes: Partial<NetworkOptions> = ASKED) =>
  probe(sim, [HUB, CONTROL], changes);

async function verdictOn(sim: NetworkSim, changes?: Partial<NetworkOptions>) {
  const round = await look(sim, changes);
  const policy = aPolicy();
  const name = diagnose({
    host: HUB.host,
    registry: HUB.host,
    siblings: [],
    round,
    earlier: [],
    rules: [],
    policy,
    proxy: null,
    failsOnThisNode: null,
    toldRateLimited: false,
  });
  return explain({ name, host: HUB.host }, round, policy);
}

const queries = (sim: NetworkSim): string[] =>
  sim.servers.hits.map(({ path }) => path).filter((path) => path.includes("dns-query"));

describe("a name that leads to another network", () => {
  test("is poisoned where a second resolver leads to the registry, and both answers are named", async () => {
    const verdict = await verdictOn(await poisonedSite());

    expect(verdict.name).toBe("dns-poisoned");
    expect(verdict.sentence).toMatch(/answers 198\.51\.100\.7, 2001:db8:dead::7, where/);
    expect(verdict.sentence).toMatch(/one\.one\.one\.one answers 203\.0\.113\.10, 2600:1f18:/);
    expect(verdict.advice).not.toContain("Wait:");
  });

  test("shows itself by a stranger's certificate too", async () => {
    const sim = await aSite();
    sim.dns.place(HUB.host, { a: ["198.51.100.7"], aaaa: [] });
    sim.gateway.faults.add({ to: "198.51.100.7", kind: "wrong-certificate" });

    expect((await verdictOn(sim)).name).toBe("dns-poisoned");
  });

  test("is only said where the second resolver does not lead there either", async () => {
    const sim = await poisonedSite();
    for (const to of ["203.0.113.10", "2600:1f18::/32"])
      sim.gateway.faults.add({ to, kind: "tcp-refuse" });

    const verdict = await verdictOn(sim);

    expect(verdict.name).toBe("registry-unreachable");
    expect(verdict.advice).toMatch(/may be poisoned: .* 198\.51\.100\.7.* 203\.0\.113\.10/);
  });

  test.each([
    ["is not asked", async () => {}],
    [
      "answers 503",
      async (sim: NetworkSim) => void sim.servers.behaviour.status.set(CONTROL.host, 503),
    ],
    [
      "shows a stranger's certificate",
      async (sim: NetworkSim) => {
        sim.gateway.faults.add({ to: "203.0.113.60", kind: "wrong-certificate" });
        sim.gateway.faults.add({ to: "2606:4700:4700::1111", kind: "wrong-certificate" });
      },
    ],
  ])("is an outage where the second resolver %s", async (how, change) => {
    const sim = await poisonedSite();
    await change(sim);

    const verdict = await verdictOn(sim, how === "is not asked" ? { secondResolver: null } : ASKED);

    expect(verdict.name).toBe("registry-unreachable");
    expect(verdict.advice).not.toContain("poisoned");
  });
});

describe("the second resolver is not asked", () => {
  test("about a host that answers in one family", async () => {
    const sim = await aSite();
    sim.gateway.faults.add({ to: "203.0.113.10", kind: "tcp-refuse" });

    expect((await look(sim)).secondOpinions).toBeUndefined();
    expect(queries(sim)).toEqual([]);
  });

  test("about a name with an address inside the site", async () => {
    const sim = await aSite();
    const host = "registry.corp.example";
    sim.dns.place(host, { a: ["10.10.0.9"], aaaa: [] });
    sim.gateway.faults.add({ to: "10.10.0.9", kind: "tcp-refuse" });

    await probe(sim, [{ host, role: "registry" }, CONTROL], {
      ...ASKED,
      privateNetworks: ["10.10.0.0/24"],
    });

    expect(queries(sim)).toEqual([]);
  });

  test("where nothing answers", async () => {
    const sim = await aSite();
    for (const to of ["::/0", "0.0.0.0/0"]) sim.gateway.faults.add({ to, kind: "tcp-refuse" });

    expect((await look(sim)).secondOpinions).toBeUndefined();
  });
});

test("an outage of the registry stays one: the second resolver names the same network", async () => {
  const sim = await aSite();
  for (const to of ["203.0.113.10", "2600:1f18::/32"])
    sim.gateway.faults.add({ to, kind: "tcp-refuse" });

  const verdict = await verdictOn(sim);

  expect(queries(sim).length).toBe(2);
  expect(verdict.name).toBe("registry-unreachable");
  expect(verdict.advice).not.toContain("poisoned");
});
