// Cases in which nothing is changed, or nothing without a person.
import { describe, expect, test } from "vitest";
import { aPod, NOT_FOUND } from "../../support/a-pod.ts";
import { aPolicy, BY_PERSON } from "../../support/a-policy.ts";
import { CONTROLS, GHCR, HUB } from "../../support/a-round.ts";
import { aSite, hub } from "../../support/a-site.ts";
import { aWorld, run } from "../../support/a-world.ts";
import { aSiteInMemory } from "../../support/site-in-memory.ts";

describe("a named no", () => {
  test.each([
    ["ok", "tcp timeout", "ipv6-unreachable"],
    ["tcp timeout", "ok", "ipv4-down"],
    ["half stall", "tls stall", "inconclusive"],
    ["503", "503", "registry-down"],
    ["servfail", "servfail", "dns-failure"],
    ["ok", "slow", "ipv6-slow"],
  ] as const)("IPv4 %s, IPv6 %s: %s, stood down", async (v4, v6, verdict) => {
    const site = aSite(v4, v6);

    const { report } = await run(site);

    expect(report).toMatchObject({ outcome: "stood-down", verdict });
    expect(report.summary).toContain("Nothing was changed.");
    expect(site.writes).toEqual([]);
  });

  test("nothing failing ends an alert's job without a probe", async () => {
    const site = aSiteInMemory({}, []);

    const { report } = await run(site);

    expect(report.outcome).toBe("nothing-failing");
    expect(site.calls).toEqual(["failingPods"]);
  });

  test("nothing failing, but a person asks: Docker Hub is probed and the rule set", async () => {
    const site = aSiteInMemory(hub("ok", "tls stall"), []);

    const { report } = await run(site, { origin: BY_PERSON });

    expect(report).toMatchObject({ outcome: "recovered", verdict: "ipv6-tls-stall" });
    expect(report.rounds).toHaveLength(2);
    expect(site.writes).toEqual(["add rule"]);
  });

  test("nothing failing and all is well: a person is told so", async () => {
    const { report } = await run(aSiteInMemory({}, []), { origin: BY_PERSON });

    expect(report).toMatchObject({ outcome: "nothing-failing", verdict: "healthy-now" });
  });

  test("a registry that a person names is probed in place of Docker Hub", async () => {
    const job = { origin: BY_PERSON, kind: "diagnose", registry: GHCR } as const;

    const { report } = await run(aSiteInMemory({}, []), job);

    expect(report.verdicts.map(({ host, name }) => [host, name])).toEqual([[GHCR, "no-ipv6"]]);
  });

  test("pods whose own words name the cause are not probed", async () => {
    const site = aSiteInMemory(hub("ok", "tls stall"), [aPod({ text: NOT_FOUND })]);

    const { report } = await run(site);

    expect(report).toMatchObject({ outcome: "stood-down", verdict: "image.not_found" });
    expect(site.calls).toEqual(["failingPods"]);
  });

  test("pods that can't be read: tried again, or given up where only a person helps", async () => {
    const answers = (next: "retry" | "give-up") => {
      const message = "GET /api/v1/pods: it failed";
      const error = { next, uncertain: false, message, advice: "check the agent's token" };
      const site = aSite();
      const { cluster } = aWorld(site);
      return run(
        site,
        {},
        { cluster: { ...cluster, failingPods: async () => ({ ok: false, error }) } },
      );
    };

    expect(await answers("retry")).toMatchObject({
      disposition: "retry",
      report: { verdict: "could-not-look" },
    });
    expect(await answers("give-up")).toMatchObject({
      disposition: "done",
      report: {
        outcome: "gave-up",
        error: "GET /api/v1/pods: it failed",
        verdict: "could-not-look",
        verdicts: [{ advice: expect.stringMatching(/Check the agent's token\.$/) }],
      },
    });
  });
});

describe("a person is asked, in auto too", () => {
  test.each([
    ["503", "ipv6-http-fault"],
    ["one address stalls", "ipv6-partial"],
  ] as const)("IPv6 %s: %s", async (v6, verdict) => {
    const site = aSiteInMemory({ [HUB]: ["ok", v6] }, [aPod()]);

    const ending = await run(site);

    expect(ending).toMatchObject({ disposition: "ask", report: { verdict } });
    expect(site.writes).toEqual([]);
  });

  test.each([
    ["ask", "ask", undefined],
    ["never", "done", "stood-down"],
    ["allow", "done", "recovered"],
  ] as const)(
    "IPv6 stalls everywhere with STOP_GAP=%s: %s",
    async (stopGap, disposition, outcome) => {
      const everywhere = {
        [CONTROLS[0]]: ["ok", "tls stall"],
        [CONTROLS[1]]: ["ok", "tls stall"],
      } as const;
      const site = aSiteInMemory({ ...hub("ok", "tls stall"), ...everywhere }, [aPod()]);

      const ending = await run(site, {}, { policy: aPolicy({ stopGap }) });

      expect(ending.disposition).toBe(disposition);
      expect(ending.report.outcome).toBe(outcome);
      expect(site.writes.includes("add rule")).toBe(stopGap === "allow");
    },
  );
});
