// Which alerts are about one pod.
import { expect, test } from "vitest";
import { mergeTargets } from "../../../src/jobs/merge-targets.ts";
import type { Target } from "../../../src/jobs/signal.ts";

function aTarget(changes: Partial<Target> = {}): Target {
  return {
    namespace: "shop",
    pod: "web-0",
    uid: null,
    container: null,
    reason: null,
    episode: null,
    unverified: false,
    ...changes,
  };
}

test("two containers of one pod are one target with the first one's story", () => {
  const episode = { fingerprint: "5d78f53533c0fa26", startsAt: "2026-11-23T00:20:06Z" };
  const web = aTarget({ uid: "u-1", container: "web", reason: "ErrImagePull", episode });
  const db = aTarget({ uid: "u-1", container: "db", episode: { ...episode, fingerprint: "02" } });

  expect(mergeTargets([web, db])).toEqual([web]);
});

test("an alert without a uid belongs to the pod of that name, whichever came first", () => {
  const named = aTarget({ uid: "u-1" });

  expect(mergeTargets([aTarget(), named])).toEqual([named]);
  expect(mergeTargets([named, aTarget()])).toEqual([named]);
});

test("two uids under one name are two pods", () => {
  const pods = [aTarget({ uid: "u-1" }), aTarget(), aTarget({ uid: "u-2" })];

  expect(mergeTargets(pods).map(({ uid }) => uid)).toEqual(["u-1", "u-2"]);
});

test("the same pod name in two namespaces is two pods", () => {
  const pods = [aTarget(), aTarget({ namespace: "test" })];

  expect(mergeTargets(pods).map(({ namespace }) => namespace)).toEqual(["shop", "test"]);
});

test("one alert that says pull makes an unverified target verified", () => {
  expect(mergeTargets([aTarget({ unverified: true }), aTarget()])).toEqual([aTarget()]);
});

test("10,000 uids under one name are merged in under half a second", () => {
  const pods = Array.from({ length: 10_000 }, (_, at) => aTarget({ uid: `u-${at}` }));
  const started = performance.now();

  const merged = mergeTargets([...pods, ...pods]);

  expect(performance.now() - started).toBeLessThan(500);
  expect(merged).toHaveLength(10_000);
});
