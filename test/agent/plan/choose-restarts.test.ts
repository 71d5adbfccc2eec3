// docs/design.md section 7: which failing pods get a restart, and why the others are left alone.
import { describe, expect, test } from "vitest";
import { casesOf } from "../../../agent/diagnosis/cases.ts";
import { chooseRestarts, type Choice } from "../../../agent/plan/choose-restarts.ts";
import { restartMemory } from "../../../agent/settings/policy.ts";
import type { Policy } from "../../../agent/ports/policy.ts";
import type { FailingPod } from "../../../agent/ports/cluster.ts";
import type { PodStory } from "../../../src/protocol/report.ts";
import { aPod, MINUTE, NOT_FOUND, pullError, type PodOf } from "../../support/a-pod.ts";
import { aPolicy } from "../../support/a-policy.ts";
import { BLOB, HUB, NOW, TOKEN } from "../../support/a-round.ts";

function choose(
  pods: readonly FailingPod[],
  changes: Partial<Choice> = {},
  policy: Partial<Policy> = {},
): PodStory[] {
  return chooseRestarts(
    {
      cases: casesOf(pods),
      goodHosts: [HUB, TOKEN],
      quota: { state: "unknown", why: "not measured" },
      memory: restartMemory(),
      restartsAt: null,
      now: NOW,
      serverNow: NOW,
      ...changes,
    },
    aPolicy(policy),
  );
}

const owner = (kind: string, group = "apps") => ({
  group,
  kind,
  name: "x",
  uid: `owner-${kind}`,
});
const ephemeral = { ...aPod({ kind: "ephemeral" }) };

test("a pod whose own text is a 429 is left alone, whatever quota was measured without its login", () => {
  const text = `unexpected status code https://${HUB}/v2/x/manifests/1: 429 Too Many Requests`;

  const [story] = choose([aPod({ text })], { quota: { state: "left", left: 90 } });

  expect(story).toMatchObject({ decision: "leave", label: "registry.rate_limited" });
  expect(story?.why).toContain("said 429");
});

describe("a pod is restarted", () => {
  test.each<[string, PodOf, Partial<Policy>]>([
    ["of a ReplicaSet", {}, {}],
    ["of a StatefulSet", { owner: owner("StatefulSet") }, {}],
    ["of a DaemonSet", { owner: owner("DaemonSet") }, {}],
    ["whose init container waits", { kind: "init" }, {}],
    ["without any text, where both hosts work again", { text: null }, {}],
    ["that runs, where that is allowed", { phase: "Running" }, { allowRunning: true }],
    ["of an allowed namespace", {}, { namespaces: ["shop"] }],
    ["that has failed for exactly two minutes", { failingSince: NOW - 2 * MINUTE }, {}],
  ])("%s", (_which, pod, policy) => {
    expect(choose([aPod(pod)], {}, policy)).toMatchObject([{ decision: "restart" }]);
  });
});

describe("a pod is left alone", () => {
  test.each<[string, PodOf, Partial<Policy>, string]>([
    ["whose words name the image", { text: NOT_FOUND }, {}, "its message says image.not_found"],
    ["of a host that was not fixed", { text: pullError("EOF", BLOB) }, {}, `${BLOB} was not fixed`],
    [
      "of another registry",
      { text: null, image: "ghcr.io/a/b" },
      {},
      "ghcr.io or ghcr.io was not fixed",
    ],
    ["that is the agent itself", { uid: "me" }, { ownPodUid: "me" }, "it is the agent itself"],
    ["that is terminating", { terminating: true }, {}, "it is terminating already"],
    ["that is static", { mirror: true }, {}, "it is a static pod"],
    ["of kube-system", { namespace: "kube-system" }, {}, "namespace kube-system is not allowed"],
    [
      "of a namespace that is not listed",
      {},
      { namespaces: ["blog"] },
      "namespace shop is not allowed",
    ],
    ["that is bare", { owner: null }, {}, "it is a bare pod"],
    [
      "of a Job",
      { owner: owner("Job", "batch") },
      {},
      "its owner is a Job of batch; it retries by itself",
    ],
    [
      "of an unknown owner",
      { owner: owner("Rollout", "argoproj.io") },
      {},
      "its owner is a Rollout of argoproj.io",
    ],
    ...(["ReplicaSet", "StatefulSet", "DaemonSet"] as const).flatMap((kind) =>
      ["example.com", "apps.example.com", "Apps", "extensions", ""].map(
        (group): [string, PodOf, Partial<Policy>, string] => [
          `of a ${kind} of the API group "${group}"`,
          { owner: owner(kind, group) },
          {},
          `its owner is a ${kind} of ${group === "" ? "the core API" : group}`,
        ],
      ),
    ),
    ["that runs", { phase: "Running" }, {}, "other containers of it run"],
    ["of an unknown phase", { phase: "Unknown" }, { allowRunning: true }, "its phase is unknown"],
    [
      "that has failed for a minute only",
      { failingSince: NOW - MINUTE },
      {},
      "it fails for 60 s only",
    ],
    [
      "of which only an ephemeral container waits",
      ephemeral,
      {},
      "only an ephemeral container waits",
    ],
  ])("%s", (_which, pod, policy, why) => {
    const [story] = choose([aPod(pod)], {}, policy);

    expect(story).toMatchObject({ decision: "leave", why: expect.stringContaining(why) });
    expect(story?.retriesAt).toBe(NOW + 4 * MINUTE);
  });

  test("a denied namespace stays denied where it is listed too", () => {
    const policy = { namespaces: ["shop"], deniedNamespaces: ["shop"] };

    expect(choose([aPod()], {}, policy)).toMatchObject([{ decision: "leave" }]);
  });

  test("of whose two containers one only a person can mend", () => {
    const [main] = aPod().containers;
    const [broken] = aPod({ text: NOT_FOUND }).containers;
    const pod = aPod({ containers: [main, broken].filter((one) => one !== undefined) });

    expect(choose([pod])).toMatchObject([{ decision: "leave", label: "image.not_found" }]);
  });

  test("whose owner was restarted for this host less than six hours ago", () => {
    const memory = restartMemory();
    memory.remember("owner-web", HUB, NOW - 5 * 3_600_000);
    const later = NOW + 3_600_000;

    expect(choose([aPod()], { memory })).toMatchObject([{ decision: "leave" }]);
    expect(choose([aPod()], { memory, now: later })).toMatchObject([{ decision: "restart" }]);
  });

  test("whose owner was restarted for the same registry, though another host failed then", () => {
    const memory = restartMemory();
    memory.remember("owner-web", HUB, NOW - MINUTE);
    const text = pullError("net/http: TLS handshake timeout", TOKEN);

    expect(choose([aPod({ text })], { memory })).toMatchObject([
      { host: TOKEN, decision: "leave", why: expect.stringContaining(`was restarted for ${HUB}`) },
    ]);
  });

  test.each([
    ["made since an earlier attempt announced restarts", NOW - 3 * MINUTE, "leave"],
    ["made in the very second of that announcement", NOW - 4 * MINUTE, "leave"],
    ["made before that", NOW - 4 * MINUTE - 1_000, "restart"],
  ])("%s", (_which, createdAt, decision) => {
    const [story] = choose([aPod({ createdAt })], { restartsAt: NOW - 4 * MINUTE + 999 });

    expect(story?.decision).toBe(decision);
    if (decision === "leave")
      expect(story?.why).toBe("an earlier attempt of this job made it by a restart");
  });

  test("a restart for another registry, or of another owner, does not count", () => {
    const memory = restartMemory();
    memory.remember("owner-web", "ghcr.io", NOW);
    memory.remember("owner-db", HUB, NOW);

    expect(choose([aPod()], { memory })).toMatchObject([{ decision: "restart" }]);
  });
});

describe("how many", () => {
  const many = Array.from({ length: 60 }, (_, index) =>
    aPod({ uid: `pod-${index}`, failingSince: NOW - (index + 10) * MINUTE }),
  );
  const restarted = (stories: readonly PodStory[]): number =>
    stories.filter(({ decision }) => decision === "restart").length;

  test("at most 50 a job, those that have failed longest first", () => {
    const stories = choose(many);

    expect(restarted(stories)).toBe(50);
    expect(stories[0]?.uid).toBe("pod-59");
    expect(stories.at(-1)).toMatchObject({ uid: "pod-0", why: expect.stringContaining("quota") });
  });

  test.each([
    [{ state: "left", left: 3 }, 3],
    [{ state: "left", left: 0 }, 0],
    [{ state: "unlimited" }, 50],
  ] as const)("with the quota %j: %i", (quota, count) => {
    expect(restarted(choose(many, { quota }))).toBe(count);
  });

  test("a pod that is left alone takes no room", () => {
    const stories = choose(
      [aPod({ uid: "job", owner: owner("Job", "batch") }), ...many],
      {},
      { maxPods: 60 },
    );

    expect(restarted(stories)).toBe(60);
  });

  test("two waiting containers are one pod", () => {
    const pod = aPod();

    expect(choose([{ ...pod, containers: [...pod.containers, ...pod.containers] }])).toHaveLength(
      1,
    );
  });
});
