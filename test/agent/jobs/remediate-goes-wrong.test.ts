// Docker Hub stalls over IPv6, and the remedy does not go as wished.
import { describe, expect, test } from "vitest";
import { NOT_FOUND, pullError, TLS_TIMEOUT } from "../../support/a-pod.ts";
import { aRule } from "../../support/a-rule.ts";
import { aSite, FIXED, hub } from "../../support/a-site.ts";
import { aWorld, run } from "../../support/a-world.ts";

describe("the rule, or what follows it, does not go as wished", () => {
  test("only one of two pods pulls: partly-recovered, with the other's cause", async () => {
    const site = aSite();
    site.onSleep = () => {
      const second = site.pods.find(({ pod }) => pod.uid === "pod-2-next");
      if (second && !second.pulled) site.failsAnyway = NOT_FOUND;
    };
    const world = aWorld(site);
    const restart = world.cluster.restart.bind(world.cluster);
    const cluster = {
      ...world.cluster,
      restart: async (...args: Parameters<typeof restart>) => {
        const done = await restart(...args);
        await world.cluster.podsNow(["shop"]);
        site.failsAnyway = NOT_FOUND;
        return done;
      },
    };

    const { report } = await run(site, {}, { cluster });

    expect(report.outcome).toBe("partly-recovered");
    expect(report.pods.map(({ became }) => became)).toEqual(["pulled", "other-cause"]);
    expect(report.summary).toContain("Another cause: db-0 fails with image.not_found");
    expect(site.rules).toHaveLength(1);
  });

  test.each(["tcp timeout", "no route", "tls stall"] as const)(
    "IPv4 dies (%s) while the pods are watched: the rule goes, as nothing works under it",
    async (v4) => {
      const site = aSite();
      const { cluster } = aWorld(site);
      const restart: typeof cluster.restart = async (...args) => {
        const done = await cluster.restart(...args);
        Object.assign(site.paths, hub(v4, "ok"));
        site.failsAnyway = pullError("dial tcp [2600:1f18::1]:443: connect: no route to host");
        for (const one of site.pods) one.retriesAt = site.now;
        return done;
      };

      const { report } = await run(site, {}, { cluster: { ...cluster, restart } });

      expect(report).toMatchObject({ verdict: "ipv4-lost", outcome: "withdrawn" });
      expect(report.pods.map(({ uid }) => uid)).toEqual(["pod-1", "pod-2"]);
      expect(site.rules).toEqual([]);
    },
  );

  test("the pods fail for another cause: the rule stays, still-failing", async () => {
    const site = aSite();
    site.failsAnyway = NOT_FOUND;

    const { report } = await run(site);

    expect(report.outcome).toBe("still-failing");
    expect(report.summary).toContain("image.not_found");
    expect(site.rules).toHaveLength(1);
  });

  test("the pods fail again at the same host with the same words: withdrawn, no-better", async () => {
    const site = aSite();
    site.failsAnyway = TLS_TIMEOUT;

    const { report } = await run(site);

    expect(report).toMatchObject({ outcome: "no-better", rule: { state: "absent" } });
    expect(site.writes).toEqual([...FIXED, "remove rule"]);
  });

  test("the rule is verified twice, 10 s apart, before it is called useless and withdrawn", async () => {
    const site = aSite();
    site.ruleWorks = false;
    const waits: number[] = [];
    site.onSleep = (ms) => waits.push(ms);

    const { report } = await run(site);

    expect(report).toMatchObject({ outcome: "no-better", rule: { state: "absent" } });
    expect(report.summary).toContain("still answers over IPv6");
    expect(site.writes).toEqual(["add rule", "remove rule"]);
    expect(waits).toEqual([10_000]);
  });

  test("IPv6 is silent, but not through our rule: withdrawn", async () => {
    const site = aSite();
    const { network } = aWorld(site);
    const verify: typeof network.verify = async (request) => {
      const seen = await network.verify(request);
      site.rules = site.rules.map((rule) => ({ ...rule, packets: "0" }));
      return seen;
    };

    const { report } = await run(site, {}, { network: { ...network, verify } });

    expect(report.outcome).toBe("no-better");
    expect(report.summary).toContain("the rule counted no packet");
    expect(site.rules).toEqual([]);
  });

  test("the router cannot be read after the rule was written: nobody knows that it is our doing", async () => {
    const site = aSite();
    const { router } = aWorld(site);
    if (router === null) throw new Error("this world has a router");
    const error = { next: "give-up", uncertain: false, message: "GET: no answer" } as const;
    const look: typeof router.look = async (seen) =>
      site.writes.includes("add rule") ? { ok: false, error } : router.look(seen);

    const { report } = await run(site, {}, { router: { ...router, look } });

    expect(report.outcome).toBe("no-better");
    expect(report.summary).toContain("the router could not be read: GET: no answer");
    expect(site.writes).toEqual(["add rule", "remove rule"]);
  });

  test("the rule is gone from the router while clients get through: no pod is restarted on it", async () => {
    const site = aSite();
    const { network } = aWorld(site);
    const verify: typeof network.verify = async (request) => {
      site.rules = [aRule()];
      const seen = await network.verify(request);
      site.rules = [];
      return seen;
    };

    const { report } = await run(site, {}, { network: { ...network, verify } });

    expect(report.outcome).toBe("no-better");
    expect(report.summary).toContain("the rule is not on the router any more");
    expect(site.evicted).toEqual([]);
  });

  test("a rule that works only at the second look is kept", async () => {
    const site = aSite();
    site.ruleWorks = false;
    site.onSleep = () => (site.ruleWorks = true);

    const { report } = await run(site);

    expect(report.outcome).toBe("recovered");
    expect(site.writes).toEqual(FIXED);
  });

  test("a precondition that does not hold is refused by its name", async () => {
    const site = aSite();
    const worker = { what: "Worker", host: "w.example", v6: ["2600:1f18::5"], v4Works: false };
    const { network } = aWorld(site);

    const { report } = await run(
      site,
      {},
      { network: { ...network, lifelines: async () => [worker] } },
    );

    expect(report.outcome).toBe("refused");
    expect(report.summary).toContain("Worker (w.example) lies inside 2600:1f18::/32");
    expect(site.writes).toEqual([]);
  });
});
