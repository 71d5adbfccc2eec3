// Pods of several registries, or of the two hosts that one pull needs, in one job.
import { describe, expect, test } from "vitest";
import { aPod, pullError, type PodOf } from "../../support/a-pod.ts";
import { aPolicy, BY_PERSON } from "../../support/a-policy.ts";
import { BLOB, GHCR, HUB, TOKEN, type Path, type Paths } from "../../support/a-round.ts";
import { aRule } from "../../support/a-rule.ts";
import { hub } from "../../support/a-site.ts";
import { run } from "../../support/a-world.ts";
import { aSiteInMemory } from "../../support/site-in-memory.ts";

const OTHER = "reg.example";
const owner = (name: string) => ({ group: "apps", kind: "ReplicaSet", name, uid: `owner-${name}` });
const hubPod = (changes: PodOf = {}) => aPod({ uid: "hub", owner: owner("hub"), ...changes });
const podOf = (registry: string) =>
  aPod({ uid: registry, owner: owner(registry), image: `${registry}/a/b:1`, text: null });

describe("a pod without detail needs both its registry and the token host", () => {
  test.each<[string, Paths]>([
    ["the registry down", { [HUB]: ["503", "503"], [TOKEN]: ["ok", "ok"] }],
    ["the registry silent", { [HUB]: ["tcp timeout", "tcp timeout"], [TOKEN]: ["ok", "ok"] }],
    ["the token host down", { [HUB]: ["ok", "ok"], [TOKEN]: ["503", "503"] }],
  ])("%s, the other healthy: stood down, nothing evicted", async (_which, paths) => {
    const site = aSiteInMemory(paths, [hubPod({ text: null })]);

    const { report } = await run(site);

    expect(report.outcome).toBe("stood-down");
    expect(site.writes).toEqual([]);
  });
});

describe("never recovered while pods still fail at a host that was not fixed", () => {
  const mixed = (failsAnyway: string | null = null) => {
    const paths = { ...hub("503", "503"), [GHCR]: ["ok", "ok"] } as const;
    return Object.assign(aSiteInMemory(paths, [hubPod(), podOf(GHCR)]), { failsAnyway });
  };

  test("some pulled: partly-recovered", async () => {
    const site = mixed();

    const { report } = await run(site);

    expect(report.outcome).toBe("partly-recovered");
    expect(report.summary).toContain("Pods at other hosts still fail.");
    expect(site.writes).toEqual([`evict ${GHCR}`]);
  });

  test("none pulled: still-failing", async () => {
    const { report } = await run(mixed("EOF"));

    expect(report.outcome).toBe("still-failing");
  });

  test("none is there to be watched: still-failing", async () => {
    const site = aSiteInMemory({ ...hub("ok", "tls stall"), [OTHER]: ["503", "503"] }, [
      hubPod(),
      podOf(OTHER),
    ]);
    site.onSleep = () => {
      for (const one of site.pods) one.pulled ||= one.pod.uid === "hub";
    };

    const { report } = await run(site, {}, { policy: aPolicy({ evidenceAgeMs: 3_600_000 }) });

    expect(report).toMatchObject({ outcome: "still-failing", pods: [{ uid: OTHER }] });
    expect(site.writes).toEqual(["add rule"]);
  });
});

describe("hosts that the rule would not cover", () => {
  test("are not waited for: the rule for Docker Hub is set in auto without asking", async () => {
    const paths = { ...hub("ok", "tls stall"), [OTHER]: ["ok", "http stall"] } as const;
    const site = aSiteInMemory(paths, [hubPod(), podOf(OTHER)]);

    const { disposition, report } = await run(site);

    expect(disposition).toBe("done");
    expect(report.outcome).toBe("partly-recovered");
    expect(report.plan?.hosts).toEqual([HUB]);
    expect(report.verdicts).toContainEqual(
      expect.objectContaining({ host: OTHER, name: "ipv6-http-fault" }),
    );
    expect(site.writes).toEqual(["add rule", "evict hub"]);
  });

  test.each<[string, string, Path, object]>([
    [OTHER, "ipv6-http-fault", "http stall", {}],
    [HUB, "ipv6-http-fault", "http stall", { ruleHosts: [TOKEN] }],
    [HUB, "ipv6-http-fault", "http stall", { prefix: "2600:1f18:2148:bc00::/64" }],
  ])("alone: %s with %s stands down", async (host, verdict, v6, policy) => {
    const pod = host === HUB ? hubPod() : podOf(host);
    const site = aSiteInMemory({ [host]: ["ok", v6] }, [pod]);

    const ending = await run(site, {}, { policy: aPolicy(policy) });

    expect(ending).toMatchObject({
      disposition: "done",
      report: { outcome: "stood-down", verdict },
    });
    expect(site.writes).toEqual([]);
  });
});

test("healthy in the first round, down in the second: its pods are not restarted", async () => {
  const paths = { ...hub("ok", "tls stall"), [GHCR]: ["ok", "ok"] } as const;
  const site = aSiteInMemory(paths, [hubPod({ text: null }), podOf(GHCR)]);
  site.onSleep = (ms) => {
    if (ms === 60_000) site.paths[GHCR] = ["503", "503"];
  };

  const { report } = await run(site);

  expect(report.rounds).toHaveLength(2);
  expect(report.outcome).toBe("partly-recovered");
  expect(site.writes).toEqual(["add rule", "evict hub"]);
});

test("what is not measured is said: another port, or the thirteenth host", async () => {
  const many = Array.from({ length: 13 }, (_, index) => podOf(`r${index}.example`));
  const site = aSiteInMemory({}, [...many, podOf("reg.example:5000")]);

  const { report } = await run(site);

  const unmeasured = report.verdicts.filter(({ sentence }) =>
    sentence.includes("was not measured"),
  );
  expect(unmeasured.map(({ host, name }) => [host, name])).toEqual([
    ["r12.example", "inconclusive"],
    ["reg.example:5000", "inconclusive"],
  ]);
  expect(site.writes).toEqual([]);
});

describe("a job that names a registry", () => {
  test.each([
    "169.254.169.254",
    "10.0.0.12",
    "[::1]",
    "reg.example:5000",
    "reg.example/a",
    "localhost",
    "",
    "a".repeat(300),
  ])("%j is no host name: refused, nothing is measured", async (registry) => {
    const site = aSiteInMemory(hub("ok", "tls stall"), [hubPod()]);
    site.rules = [aRule()];

    for (const kind of ["remediate", "diagnose"] as const) {
      const { disposition, report } = await run(site, { kind, registry, origin: BY_PERSON });

      expect([disposition, report.outcome]).toEqual(["done", "refused"]);
      expect(report.summary).toContain("is no registry's host name");
    }
    expect(site.calls).toEqual([]);
  });
});

describe("a host that no pod names", () => {
  const blobPod = () => aPod({ text: pullError("EOF", BLOB) });

  test("but stalls is ruled all the same, after a second round: a pull needs it", async () => {
    const site = aSiteInMemory({ ...hub("ok", "tls stall"), [BLOB]: ["ok", "ok"] }, [blobPod()]);

    const { report } = await run(site);

    expect(report).toMatchObject({ verdict: "ipv6-tls-stall", outcome: "recovered" });
    expect(report.rounds).toHaveLength(2);
  });

  test.each<[Path, Path]>([
    ["tcp timeout", "tcp timeout"],
    ["tcp timeout", "tls stall"],
    ["503", "503"],
  ])("the blob host at IPv4 %s, IPv6 %s: named, and no pod is restarted", async (v4, v6) => {
    const site = aSiteInMemory({ ...hub("ok", "ok"), [BLOB]: [v4, v6] }, [hubPod()]);

    const { report } = await run(site);

    expect(report.outcome).toBe("stood-down");
    expect(report.verdicts.map(({ host }) => host)).toContain(BLOB);
    expect(site.writes).toEqual([]);
  });

  test("cannot take our rule away", async () => {
    const site = aSiteInMemory({ ...hub("ok", "tls stall"), [OTHER]: ["tcp timeout", "ok"] }, [
      podOf(OTHER),
    ]);
    site.rules = [aRule({ networks: ["::/0"] })];

    const { report } = await run(site);

    expect(report.verdict).toBe("ipv4-lost");
    expect(site.writes).toEqual([]);
  });
});
