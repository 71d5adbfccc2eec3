import { describe, expect, test } from "vitest";
import { restartMemory } from "../../../agent/settings/policy.ts";
import { restartPods } from "../../../agent/stages/evict.ts";
import type { Cluster, RestartResult } from "../../../agent/ports/cluster.ts";
import { aPod } from "../../support/a-pod.ts";
import { GHCR, HUB, NOW, TOKEN } from "../../support/a-round.ts";
import { aStory } from "../../support/a-story.ts";
import { PROVEN, aWorld, memoryLease } from "../../support/a-world.ts";
import { aSiteInMemory } from "../../support/site-in-memory.ts";

type Restarted = RestartResult["restarted"];

/** Restarts one pod a result; after `heldFor` of them the right to write has run out. */
async function restart(results: readonly Restarted[], heldFor = Infinity) {
  const pods = results.map((_, index) => aPod({ uid: `pod-${index}` }));
  const site = aSiteInMemory({}, pods);
  const waits: number[] = [];
  site.onSleep = (ms) => waits.push(ms);
  const tried: string[] = [];
  const lease = memoryLease(site, { stillHeld: () => tried.length < heldFor });
  const world = aWorld(site, { lease });
  const rest = [...results];
  const cluster = {
    ...world.cluster,
    restart: async ({ uid }: { readonly uid: string }) => {
      tried.push(uid);
      return { restarted: rest.shift() ?? "failed", detail: "as told" } as const;
    },
  };
  const done = await restartPods(
    {
      chosen: pods.map((pod) => ({ pod, story: aStory(pod), hosts: [TOKEN], registry: HUB })),
      goodHosts: [HUB, TOKEN],
      proof: PROVEN,
    },
    { ...world, cluster },
  );
  return { waits, tried, done, actions: world.journal.actions, memory: world.memory };
}

test("five a second", async () => {
  expect((await restart(["evicted", "evicted", "evicted"])).waits).toEqual([200, 200]);
});

test("each is an action of the report, also those that did not work", async () => {
  const { actions } = await restart(["evicted", "blocked-by-budget", "already-replaced"]);

  expect(actions.map(({ ok, detail }) => [ok, detail])).toEqual([
    [true, "evicted: as told"],
    [false, "blocked-by-budget: as told"],
    [false, "already-replaced: as told"],
  ]);
});

test.each([0, 1, 2])(
  "the right to write is asked for before each single restart: %i were made when it ran out",
  async (count) => {
    const { tried, done, actions } = await restart(["evicted", "evicted", "evicted"], count);

    expect(tried).toEqual(["pod-0", "pod-1", "pod-2"].slice(0, count));
    expect(done.map(({ pod }) => pod.uid)).toEqual(tried);
    expect(actions).toHaveLength(count);
  },
);

describe("what failed", () => {
  const reset = {
    restarted: "failed",
    detail: "closed (ECONNRESET)",
    again: "maybe-done",
  } as const;
  const early = { restarted: "failed", detail: "403", again: "not-done" } as const;
  const gone = { restarted: "evicted", detail: "201" } as const;

  test("is asked for once more at the end, told whether the first request may have been carried out", async () => {
    const { asked, done, waits } = await restartInTurn([reset, early, gone, gone, gone]);

    expect(asked).toEqual([
      ["pod-0", false],
      ["pod-1", false],
      ["pod-2", false],
      ["pod-0", true],
      ["pod-1", false],
    ]);
    expect(waits).toEqual([200, 200, 5_000, 200]);
    expect(done.map(({ pod, story }) => [pod.uid, story.restarted])).toEqual([
      ["pod-0", "evicted"],
      ["pod-1", "evicted"],
      ["pod-2", "evicted"],
    ]);
  });

  test("is not asked for a third time, and not at all where it would fail again", async () => {
    const refused = { restarted: "failed", detail: "a policy" } as const;
    const { asked, done } = await restartInTurn([reset, refused, gone, reset]);

    expect(asked.map(([uid]) => uid)).toEqual(["pod-0", "pod-1", "pod-2", "pod-0"]);
    expect(done.map(({ story }) => story.restarted)).toEqual(["failed", "failed", "evicted"]);
  });

  test("and has recovered meanwhile is left, with nothing of the first request", async () => {
    const left = { restarted: "left", detail: "it recovered by itself" } as const;
    const { done } = await restartInTurn([early, gone, gone, left]);

    expect(done[0]?.story).toMatchObject({ decision: "leave", why: "it recovered by itself" });
    expect(done[0]?.story.restarted).toBeUndefined();
  });
});

/** Three pods; each request is answered by the next result. */
async function restartInTurn(results: readonly RestartResult[]) {
  const pods = ["pod-0", "pod-1", "pod-2"].map((uid) => aPod({ uid }));
  const site = aSiteInMemory({}, pods);
  const waits: number[] = [];
  site.onSleep = (ms) => waits.push(ms);
  const world = aWorld(site);
  const asked: [string, boolean][] = [];
  const rest = [...results];
  const cluster: Cluster = {
    ...world.cluster,
    restart: async ({ uid, mayBeOurs }) => {
      asked.push([uid, mayBeOurs ?? false]);
      return rest.shift() ?? { restarted: "failed", detail: "asked too often" };
    },
  };
  const chosen = pods.map((pod) => ({ pod, story: aStory(pod), hosts: [TOKEN], registry: HUB }));
  const done = await restartPods(
    { chosen, goodHosts: [HUB, TOKEN], proof: PROVEN },
    { ...world, cluster },
  );
  return { asked, done, waits };
}

describe("the memory of restarts", () => {
  test.each([
    ["evicted", NOW],
    ["deleted", NOW],
    ["blocked-by-budget", null],
    ["failed", null],
  ] as const)("%s: the owner's last restart is %s", async (result, remembered) => {
    const { memory } = await restart([result]);

    expect(memory.lastRestart("owner-web", HUB)).toBe(remembered);
  });

  test("is kept by owner and registry, not by the host that failed", async () => {
    const { memory } = await restart(["evicted"]);

    expect(memory.lastRestart("owner-web", TOKEN)).toBeNull();
    expect(memory.lastRestart("owner-db", HUB)).toBeNull();
  });

  test("keeps registries and owners apart", () => {
    const memory = restartMemory();

    memory.remember("owner-web", HUB, NOW);
    memory.remember("owner-web", GHCR, NOW + 1);
    memory.remember("owner-db", HUB, NOW + 2);

    expect(memory.lastRestart("owner-web", HUB)).toBe(NOW);
    expect(memory.lastRestart("owner-web", GHCR)).toBe(NOW + 1);
    expect(memory.lastRestart("owner-db", HUB)).toBe(NOW + 2);
  });
});
