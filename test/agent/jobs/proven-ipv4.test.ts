// A rule moves clients to IPv4. It is written only where every IPv4 try of this job that was given its
// full time was answered, at every host that it would move, and the newest round was all of that.
//
// Each way from a finding to a write on the router:
//   ensure    the hosts of the plan: `confirm` asks every precondition first        (here)
//   ensure    ours is disabled and a person asks for it: by the same way             (here)
//   refresh   entries that stand get their lifetime again: keep-entries.test.ts
//   tidy      copies of ours go: nothing is blocked that was not                      (ensure-rule)
//   withdraw  ours goes: nothing is blocked                                           (withdraw)
import { describe, expect, test } from "vitest";
import { aPod, pullError } from "../../support/a-pod.ts";
import { aPolicy } from "../../support/a-policy.ts";
import { HUB, TOKEN, type Path, type Paths } from "../../support/a-round.ts";
import { hub } from "../../support/a-site.ts";
import { run } from "../../support/a-world.ts";
import { aSiteInMemory, type SiteInMemory } from "../../support/site-in-memory.ts";

const OTHER = "reg.example";
const INSIDE = "2600:1f18:77::7";
const otherPod = (text: string | null) =>
  aPod({ uid: "other", image: `${OTHER}/a/b:1`, text, owner: { ...OWNER, uid: "owner-other" } });
const OWNER = { group: "apps", kind: "ReplicaSet", name: "web", uid: "owner-web" };

/** A site where the other registry has an address inside what the rule blocks. */
function siteWithOther(v4: Path, text: string | null): SiteInMemory {
  const paths = { ...hub("ok", "tls stall"), [OTHER]: [v4, "ok"] } as Paths;
  return Object.assign(aSiteInMemory(paths, [aPod(), otherPod(text)]), {
    addresses: { [OTHER]: [INSIDE] },
  });
}

describe("a registry inside what the rule would block", () => {
  test.each<[Path, string | null]>([
    ["no record", null],
    ["no record", pullError("x509: certificate signed by unknown authority", OTHER)],
    ["no record", `Failed to pull image "${OTHER}/a/b:1": ${OTHER}/a/b:1: not found`],
    ["tcp timeout", null],
    ["half stall", null],
  ])("whose IPv4 is %s, its pod says %s: refused by name", async (v4, text) => {
    const site = siteWithOther(v4, text);

    const { report } = await run(site);

    expect(site.writes).toEqual([]);
    expect(report).toMatchObject({ outcome: "refused" });
    expect(report.summary).toContain(`${OTHER} lies inside 2600:1f18::/32 too and`);
  });

  test("and that answers over IPv4 is no reason against it", async () => {
    const site = siteWithOther("ok", null);

    await run(site);

    expect(site.writes).toContain("add rule");
  });

  test("is looked up even where there are too many hosts to measure", async () => {
    const site = siteWithOther("no record", null);
    const many = Array.from({ length: 30 }, (_, index) =>
      aPod({ uid: `r${index}`, image: `r${index}.example/a/b:1`, text: null }),
    );
    site.pods = [...aSiteInMemory({}, many).pods, ...site.pods];

    const { report } = await run(site);

    expect(site.writes).toEqual([]);
    expect(report.summary).toContain(`${OTHER} lies inside`);
  });

  test("in RULE_HOSTS alone: measured though no pod names it", async () => {
    const site = siteWithOther("no record", null);
    site.pods = site.pods.filter(({ pod }) => pod.uid !== "other");

    const { report } = await run(site, {}, { policy: aPolicy({ ruleHosts: [HUB, TOKEN, OTHER] }) });

    expect(site.writes).toEqual([]);
    expect(report.summary).toContain(`${OTHER} lies inside`);
  });
});

describe("IPv4 that is not steady", () => {
  /** Every third IPv4 connection to the registry stalls, whoever opens it. */
  const unsteady = (changes: Partial<SiteInMemory>) =>
    Object.assign(aSiteInMemory(hub("ok", "tls stall"), [aPod()]), changes);

  test("the quota's own connection stalled: refused", async () => {
    const site = unsteady({
      quota: { state: "unknown", why: "a TLS time-out", unanswered: HUB },
    });

    const { report } = await run(site);

    expect(site.writes).toEqual([]);
    expect(report).toMatchObject({ outcome: "refused" });
    expect(report.summary).toContain(
      `${HUB} did not answer over IPv4 when the pull quota was read`,
    );
  });

  test("inconclusive at the registry, proven at the token host: refused", async () => {
    const paths = { [HUB]: ["half stall", "tls stall"], [TOKEN]: ["ok", "tls stall"] } as const;
    const site = aSiteInMemory(paths, [
      aPod({ text: pullError("EOF", TOKEN) }),
      aPod({ uid: "2" }),
    ]);

    const { report } = await run(site);

    expect(site.writes).toEqual([]);
    expect(report).toMatchObject({ outcome: "refused" });
  });

  test("in the first of two rounds only: refused", async () => {
    const paths = { [HUB]: ["ok", "tls stall"], [TOKEN]: ["half stall", "tls stall"] } as const;
    const site = aSiteInMemory(paths, [aPod({ text: null })]);
    site.onSleep = (ms) => {
      if (ms === 60_000) site.paths[TOKEN] = ["ok", "tls stall"];
    };

    const { report } = await run(site);

    expect(report.rounds.length).toBeGreaterThan(1);
    expect(site.writes).toEqual([]);
    expect(report.summary).toContain(`${TOKEN} did not answer every IPv4 try of this job`);
  });
});

describe("a second round that finds more than the first", () => {
  const widening = () => {
    const paths = { [HUB]: ["ok", "tls stall"], [TOKEN]: ["ok", "ok"] } as const;
    const site = aSiteInMemory(paths, [aPod({ text: null })]);
    site.onSleep = (ms) => {
      if (ms === 60_000) site.paths[TOKEN] = ["ok", "tls stall"];
    };
    return site;
  };

  test("is confirmed by a third, and the plan names what that one found", async () => {
    const site = widening();

    const { report } = await run(site);

    expect(report.rounds).toHaveLength(3);
    expect(report.plan?.hosts).toEqual(expect.arrayContaining([HUB, TOKEN]));
    expect(site.writes).toContain("add rule");
  });

  test("is asked about where what it found needs a person", async () => {
    const paths = { [HUB]: ["ok", "tls stall"], [TOKEN]: ["ok", "ok"] } as const;
    const site = aSiteInMemory(paths, [aPod({ text: null })]);
    site.onSleep = (ms) => {
      if (ms === 60_000) site.paths[TOKEN] = ["ok", "http stall"];
    };

    const { disposition } = await run(site);

    expect(disposition).toBe("ask");
    expect(site.writes).toEqual([]);
  });
});
