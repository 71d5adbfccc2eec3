// A router that is configured and can't be read is not a router without a rule.
import { describe, expect, test } from "vitest";
import type { Result } from "../../../agent/ports/result.ts";
import type { Router, RouterView } from "../../../agent/ports/router.ts";
import type { World } from "../../../agent/ports/world.ts";
import { aPod, NOT_FOUND } from "../../support/a-pod.ts";
import { aPolicy, BY_PERSON } from "../../support/a-policy.ts";
import { HEALTHY, type Path } from "../../support/a-round.ts";
import { aRule } from "../../support/a-rule.ts";
import { aSite, hub } from "../../support/a-site.ts";
import { aWorld, run } from "../../support/a-world.ts";
import { aSiteInMemory, type SiteInMemory } from "../../support/site-in-memory.ts";

const MESSAGE = "GET /rest/ipv6/firewall/filter: no answer";

/** A router of which so many looks go well, and no more. */
function unread(site: SiteInMemory, goodLooks = 0): Pick<World, "router"> & { router: Router } {
  const { router } = aWorld(site);
  if (router === null) throw new Error("this world has a router");
  let left = goodLooks;
  const error = { next: "give-up", uncertain: false, message: MESSAGE } as const;
  const look = async (): Promise<Result<RouterView>> =>
    left-- > 0 ? router.look() : { ok: false, error };
  return { router: { ...router, look } };
}

describe("what was measured may be the rule's doing", () => {
  const DEPENDS: readonly (readonly [Path, Path])[] = [
    ["ok", "tls stall"],
    ["ok", "unreachable"],
    ["ok", "503"],
    ["tcp timeout", "tls stall"],
    ["tcp timeout", "ok"],
    ["503", "503"],
    ["half stall", "ok"],
  ];

  test.each(DEPENDS)("IPv4 %s, IPv6 %s: retried twice, then router-failed", async (v4, v6) => {
    const site = aSite(v4, v6);
    site.rules = [aRule()];

    const endings = [];
    for (const attempts of [1, 2, 3]) endings.push(await run(site, { attempts }, unread(site)));

    expect(endings.map(({ disposition }) => disposition)).toEqual(["retry", "retry", "done"]);
    expect(endings.map(({ report }) => report.error)).toEqual([MESSAGE, MESSAGE, MESSAGE]);
    expect(endings.at(-1)?.report.outcome).toBe("router-failed");
    expect(site.writes).toEqual([]);
  });
});

describe("where nothing depends on it, the job goes on and names the error", () => {
  test.each<[Path, Path, string, string]>([
    ["ok", "ok", "healthy-now", "recovered"],
    ["ok", "slow", "ipv6-slow", "stood-down"],
    ["servfail", "servfail", "dns-failure", "stood-down"],
    ["429", "429", "rate-limited", "stood-down"],
  ])("IPv4 %s, IPv6 %s: %s, %s", async (v4, v6, verdict, outcome) => {
    const site = aSite(v4, v6);

    const { disposition, report } = await run(site, {}, unread(site));

    expect(disposition).toBe("done");
    expect(report).toMatchObject({ verdict, outcome, error: MESSAGE });
  });

  test("a clock that is a year behind", async () => {
    const behind = ["clock a year behind", "clock a year behind"] as const;
    const paths = Object.fromEntries(Object.keys(HEALTHY).map((host) => [host, behind]));

    const { disposition, report } = await run(aSiteInMemory(paths, [aPod()]), {}, unread(aSite()));

    expect(disposition).toBe("done");
    expect(report).toMatchObject({ verdict: "clock-skew", outcome: "stood-down", error: MESSAGE });
  });

  test("the pods' own words", async () => {
    const paths = hub("ok", "ok");
    const site = aSiteInMemory(paths, [aPod(), aPod({ uid: "pod-2", text: NOT_FOUND })]);

    const { report } = await run(site, {}, unread(site));

    expect(report).toMatchObject({ outcome: "recovered", error: MESSAGE });
    expect(site.evicted).toEqual(["pod-1"]);
  });

  test("a job `diagnose`", async () => {
    const site = aSite();

    const { report } = await run(site, { kind: "diagnose", origin: BY_PERSON }, unread(site));

    expect(report).toMatchObject({ outcome: "observed", error: MESSAGE });
  });

  test("MODE=observe", async () => {
    const site = aSite();
    const policy = aPolicy({ mode: "observe" });

    const { report } = await run(site, {}, { ...unread(site), policy });

    expect(report).toMatchObject({ outcome: "observed", error: MESSAGE });
  });
});

describe("in the second round", () => {
  const endingsOf = async (siteOf: () => SiteInMemory) => {
    const endings = [];
    for (const attempts of [1, 3]) {
      const site = siteOf();
      const { disposition, report } = await run(site, { attempts }, unread(site, 2));
      expect(report.rounds).toHaveLength(2);
      endings.push([disposition, report.outcome, report.error, site.writes]);
    }
    return endings;
  };

  test("before a rule: retried, the third attempt is router-failed", async () => {
    const young = () => aSiteInMemory(hub("ok", "tls stall"), [aPod({ text: null })]);

    const endings = await endingsOf(young);

    expect(endings.map(([disposition]) => disposition)).toEqual(["retry", "done"]);
    expect(endings[1]).toEqual(["done", "router-failed", MESSAGE, []]);
    expect(endings[0]?.[2]).toBe(MESSAGE);
  });

  test("of a lost IPv4: retried, the third attempt is router-failed; our rule stands", async () => {
    const lost = () => Object.assign(aSite("tcp timeout", "tls stall"), { rules: [aRule()] });

    expect(await endingsOf(lost)).toEqual([
      ["retry", undefined, MESSAGE, []],
      ["done", "router-failed", MESSAGE, []],
    ]);
  });
});
