// Pods that are watched, as they are and as they become.
import type { Watched } from "../../../agent/stages/evict.ts";
import { watchPods } from "../../../agent/stages/watch.ts";
import type { World } from "../../../agent/ports/world.ts";
import type { PodNow } from "../../../agent/ports/cluster.ts";
import type { PodStory } from "../../../src/protocol/report.ts";
import { aPod, MINUTE, type PodOf } from "../../support/a-pod.ts";
import { aPolicy } from "../../support/a-policy.ts";
import { HUB, NOW, TOKEN } from "../../support/a-round.ts";
import { aStory } from "../../support/a-story.ts";
import { aWorld } from "../../support/a-world.ts";
import { aSiteInMemory } from "../../support/site-in-memory.ts";

/** A pod whose pull may fail at Docker Hub or its token host, restarted now. */
export function watched(
  pod = aPod(),
  story: Partial<PodStory> = { restarted: "evicted" },
): Watched {
  return { pod, story: aStory(pod, story), hosts: [HUB, TOKEN], registry: HUB, serverAt: NOW };
}

/** A pod as it is now: pulled, or waiting with this text seen at `at`. */
export function now(pod: PodOf, { pulled = false, at = NOW + MINUTE } = {}): PodNow {
  const made = aPod({ createdAt: NOW, ...pod });
  const waiting = made.containers.map((container) => ({
    ...container,
    messages: container.messages.map((message) => ({ ...message, firstAt: at, lastAt: at })),
  }));
  return { ...made, pulled, waiting: pulled ? [] : waiting };
}

/** Watches pods that stay as they are, for six minutes at most. */
export async function becomes(
  one: readonly Watched[],
  pods: readonly PodNow[],
  changes: Partial<World> = {},
) {
  const site = aSiteInMemory({}, []);
  const world = aWorld(site, { policy: aPolicy(), ...changes });
  const podsNow = async () => ({ ok: true, value: pods }) as const;
  const stories = await watchPods(one, { ...world, cluster: { ...world.cluster, podsNow } });
  return { became: stories.map(({ became }) => became), stories, ms: site.now - NOW };
}

export const heir = (changes: PodOf = {}): PodOf => ({
  uid: "pod-1-next",
  name: "web-next",
  ...changes,
});
