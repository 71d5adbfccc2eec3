// The pods are read again right before their restart, from fresh probes and with a held lease.
import { describe, expect, test } from "vitest";
import type { World } from "../../../agent/ports/world.ts";
import { aMessage, aPod, NOT_FOUND, pullError, TLS_TIMEOUT } from "../../support/a-pod.ts";
import { aPolicy } from "../../support/a-policy.ts";
import { BLOB } from "../../support/a-round.ts";
import { aSite, FIXED, hub } from "../../support/a-site.ts";
import { aWorld, run } from "../../support/a-world.ts";
import type { SimPod, SiteInMemory } from "../../support/site-in-memory.ts";

const RETRY = { next: "retry", uncertain: false } as const;

/** Something happens at the site while the rule is being verified. */
function whileVerifying(site: SiteInMemory, happens: () => void): Pick<World, "network"> {
  const { network } = aWorld(site);
  const verify: typeof network.verify = (request) => {
    happens();
    return network.verify(request);
  };
  return { network: { ...network, verify } };
}

describe("the pods are read again right before their restart", () => {
  test("one that pulled meanwhile is not evicted", async () => {
    const site = aSite();
    const [first] = site.pods;

    const { report } = await run(
      site,
      {},
      whileVerifying(site, () => first && (first.pulled = true)),
    );

    expect(report.outcome).toBe("recovered");
    expect(report.pods.map(({ uid }) => uid)).toEqual(["pod-2"]);
    expect(site.evicted).toEqual(["pod-2"]);
  });

  test.each([
    ["has its image", (one: SimPod) => void (one.pulled = true), "it recovered by itself"],
    [
      "fails for another cause",
      (one: SimPod) => void (one.pod = aPod({ uid: "pod-2", text: NOT_FOUND })),
      "its message says image.not_found: a person must mend that",
    ],
    [
      "is terminating",
      (one: SimPod) => void (one.pod = { ...one.pod, terminating: true }),
      "it is terminating already",
    ],
  ])("one that %s when its turn comes is left", async (_what, happens, why) => {
    const site = aSite();
    const { cluster } = aWorld(site);
    const restart: typeof cluster.restart = (pod, ...rest) => {
      const second = site.pods.find((one) => one.pod.uid === "pod-2");
      if (pod.uid === "pod-2" && second !== undefined) happens(second);
      return cluster.restart(pod, ...rest);
    };

    const { report } = await run(site, {}, { cluster: { ...cluster, restart } });

    expect(site.evicted).toEqual(["pod-1"]);
    const told = report.pods.find(({ uid }) => uid === "pod-2");
    expect(told).toMatchObject({ decision: "leave", why });
    expect(told?.restarted).toBeUndefined();
  });

  test.each([
    [["pod-1", "pod-2"], "None of 2"],
    [["pod-1"], "Only 1 of 2"],
  ])(
    "restarts that are refused (%j) are in the summary, with the reason",
    async (refused, told) => {
      const site = aSite();
      const { cluster } = aWorld(site);
      const restart: typeof cluster.restart = async (pod, ...rest) =>
        refused.includes(pod.uid)
          ? { restarted: "failed", detail: "403 denied by a policy" }
          : cluster.restart(pod, ...rest);

      const { report } = await run(site, {}, { cluster: { ...cluster, restart } });

      expect(report.summary).toContain(
        `${told} restarts could be carried out; the first refusal: shop/web-pod-1: 403 denied by a policy.`,
      );
    },
  );

  test.each([
    ["is as it was: the pods are evicted all the same", false, ["pod-1", "pod-2"]],
    ["is worse: none is", true, []],
  ])(
    "where that look took over two minutes, and the path then %s",
    async (_what, dies, evicted) => {
      const site = aSite();
      const { cluster } = aWorld(site);
      let looks = 0;
      const failingPods: typeof cluster.failingPods = async () => {
        looks += 1;
        const pods = await cluster.failingPods();
        if (looks === 2) site.now += 130_000;
        if (looks === 2 && dies) site.paths = { ...site.paths, ...hub("tls stall", "tls stall") };
        return pods;
      };

      await run(site, {}, { cluster: { ...cluster, failingPods } });

      expect(site.evicted).toEqual(evicted);
    },
  );

  test("if all pulled meanwhile, none is evicted: recovered", async () => {
    const site = aSite();
    const all = () => site.pods.forEach((one) => (one.pulled = true));

    const { report } = await run(site, {}, whileVerifying(site, all));

    expect(report).toMatchObject({ outcome: "recovered", pods: [], rule: { state: "present" } });
    expect(site.writes).toEqual(["add rule"]);
  });

  test("one that failed for another cause meanwhile is left to a person", async () => {
    const site = aSite();
    const [first] = site.pods;
    const changed = aPod({ uid: "pod-1", text: NOT_FOUND });

    const { report } = await run(
      site,
      {},
      whileVerifying(site, () => first && (first.pod = changed)),
    );

    expect(site.evicted).toEqual(["pod-2"]);
    expect(report.pods).toContainEqual(
      expect.objectContaining({ uid: "pod-1", decision: "leave", label: "image.not_found" }),
    );
  });

  test("if they can't be read the job is retried, and the next attempt restarts them", async () => {
    const site = aSite();
    const { cluster } = aWorld(site);
    const answers = [() => cluster.failingPods()];
    const error = { ...RETRY, message: "GET pods: no answer" };
    const failingPods = () => (answers.shift() ?? (async () => ({ ok: false, error }) as const))();

    const first = await run(site, {}, { cluster: { ...cluster, failingPods } });
    const afterFirst = [...site.writes];
    const second = await run(site, { attempts: 2 });

    expect(first).toMatchObject({ disposition: "retry", report: { error: "GET pods: no answer" } });
    expect(first.report.rule).toMatchObject({ state: "present", ours: true });
    expect(afterFirst).toEqual(["add rule"]);
    expect(second.report.outcome).toBe("recovered");
    expect(site.writes).toEqual(FIXED);
  });
});

describe("the pods do not pull after the rule", () => {
  /** After the restarts the named pods fail with these texts; others have none yet. */
  async function failing(texts: Readonly<Record<string, string>>) {
    const site = aSite();
    site.failsAnyway = "unused";
    const { cluster } = aWorld(site);
    const podsNow: typeof cluster.podsNow = async (namespaces) => {
      const pods = await cluster.podsNow(namespaces);
      if (!pods.ok) return pods;
      const value = pods.value.map((pod) => {
        const text = texts[pod.uid];
        const times = { firstAt: site.now, lastAt: site.now };
        const messages = text === undefined ? [] : [aMessage(text, times)];
        return { ...pod, waiting: pod.waiting.map((one) => ({ ...one, messages })) };
      });
      return { ok: true, value };
    };
    const { report } = await run(site, {}, { cluster: { ...cluster, podsNow } });
    return { outcome: report.outcome, rules: site.rules.length };
  }
  const [one, two] = ["pod-1-next", "pod-2-next"] as const;
  const atBlob = pullError("net/http: TLS handshake timeout", BLOB);

  test.each<[string, string, number, Readonly<Record<string, string>>]>([
    ["both fail again", "no-better", 0, { [one]: TLS_TIMEOUT, [two]: TLS_TIMEOUT }],
    ["one again, of the other nothing is known", "no-better", 0, { [one]: TLS_TIMEOUT }],
    ["one again, one otherwise", "still-failing", 1, { [one]: TLS_TIMEOUT, [two]: NOT_FOUND }],
    ["both at the blob host", "still-failing", 1, { [one]: atBlob, [two]: atBlob }],
    ["of both nothing is known", "still-failing", 1, {}],
  ])("%s: %s, %i rule(s) stay", async (_what, outcome, rules, texts) => {
    expect(await failing(texts)).toEqual({ outcome, rules });
  });
});

describe("more pods than one job may restart", () => {
  test("those that are left are in the sentence of the outcome", async () => {
    const { report } = await run(aSite(), {}, { policy: aPolicy({ maxPods: 1 }) });

    expect(report.outcome).toBe("recovered");
    expect(report.summary).toContain(
      "1 of 1 pod has its image. 1 more pod was left at MAX_PODS or the pull quota; it retries by itself.",
    );
  });

  test("without any the sentence says nothing of it", async () => {
    const { report } = await run(aSite());

    expect(report.summary).not.toContain("MAX_PODS");
  });
});
