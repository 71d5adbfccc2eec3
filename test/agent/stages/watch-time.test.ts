// How long is watched, and by which looks.
import { describe, expect, test } from "vitest";
import { watchPods } from "../../../agent/stages/watch.ts";
import type { Cluster } from "../../../agent/ports/cluster.ts";
import { aPod, MINUTE } from "../../support/a-pod.ts";
import { aPolicy } from "../../support/a-policy.ts";
import { aWorld } from "../../support/a-world.ts";
import { aSiteInMemory } from "../../support/site-in-memory.ts";
import { becomes, heir, now, watched } from "./watched-pods.ts";
describe("how long is watched", () => {
  test("a failure is not believed before a minute has passed: an old attempt may still run", async () => {
    const { became, ms } = await becomes([watched()], [now(heir())]);

    expect(became).toEqual(["still-failing"]);
    expect(ms).toBe(MINUTE);
  });

  test("each fourth look, and the last, is at whole namespaces; the others at the watched pods", async () => {
    const site = aSiteInMemory({}, []);
    const world = aWorld(site, { policy: aPolicy({ watchMs: 60_000, watchEveryMs: 10_000 }) });
    const asked: (string | undefined)[] = [];
    const podsNow: Cluster["podsNow"] = async (_namespaces, only) => {
      asked.push(only?.map(({ name }) => name).join());
      return { ok: true, value: [] };
    };
    const pod = aPod();

    await watchPods([watched(pod)], { ...world, cluster: { ...world.cluster, podsNow } });

    const { name } = pod;
    expect(asked).toEqual([name, name, name, undefined, name, name, undefined]);
  });

  test("what stays unknown is watched for six minutes", async () => {
    const { ms } = await becomes([watched()], []);

    expect(ms).toBe(6 * MINUTE);
  });

  test("a cancel ends it", async () => {
    const site = aSiteInMemory({}, []);
    const { lease } = aWorld(site);

    const { ms } = await becomes([watched()], [], { lease: { ...lease, cancelled: () => true } });

    expect(ms).toBe(0);
  });

  test("an API server that does not answer makes it unknown, with the reason", async () => {
    const site = aSiteInMemory({}, []);
    const world = aWorld(site);
    const error = { next: "retry", uncertain: false, message: "GET pods: no answer" } as const;
    const podsNow = async () => ({ ok: false, error }) as const;

    const stories = await watchPods([watched()], {
      ...world,
      cluster: { ...world.cluster, podsNow },
    });

    expect(stories).toMatchObject([{ became: "unknown", detail: "GET pods: no answer" }]);
  });
});
