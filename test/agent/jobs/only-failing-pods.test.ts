// Every way from a finding to an eviction, against the simulated API server:
//
// 1. IPv6 is proven to stall → a rule → verified → restart      (remediate, auto, or approved)
// 2. the path is healthy, the pods still back off → restart     (`healthy-now`)
// 3. a rule stands already and clients get through → restart    (`rule-active`, ours or a person's)
// 4. after a crash, the same again from the start               (`restartsAt`, `addsRule`)
//
// All go through restartAndWatch → restartPods → Cluster.restart, the only caller of an eviction or a
// DELETE; `observe`, a plan that nobody approved, `diagnose`, `recheck` and `withdraw` have no way.
// Whatever the pods, the policy, and what happens while the job runs: a pod that is evicted fails at
// that moment, for a cause that the path explains, and somebody replaces it.
import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { createCluster } from "../../../agent/kubernetes/cluster.ts";
import type { Policy } from "../../../agent/ports/policy.ts";
import type { ClaimedJob } from "../../../src/protocol/calls.ts";
import { pullError } from "../../support/a-pod.ts";
import { aPolicy } from "../../support/a-policy.ts";
import { GHCR } from "../../support/a-round.ts";
import { aRule } from "../../support/a-rule.ts";
import { hub } from "../../support/a-site.ts";
import { run } from "../../support/a-world.ts";
import { aSiteInMemory } from "../../support/site-in-memory.ts";
import { startKubernetes, type KubernetesSim } from "../../../sim/kubernetes/server.ts";
import type { Eviction } from "../../../sim/kubernetes/pod-routes.ts";
import type { Pull } from "../../../sim/kubernetes/kubelet.ts";
import type { Workload } from "../../../sim/kubernetes/workload.ts";

/** So that as many pods are evicted in each run of the test as its last line asks for. */
const SEED = 7;

const STALL = pullError("net/http: TLS handshake timeout");
const OTHER =
  'failed to resolve reference "docker.io/library/nginx:1.27": docker.io/library/nginx:1.27: not found';
const FAILING = ["ErrImagePull", "ImagePullBackOff"];
const REPLACED = ["ReplicaSet", "StatefulSet", "DaemonSet"];

/** What happens to a pod, and right before which of the requests that name it. */
const CHANGES = ["touched", "recovers", "pulls", "kubelet starts anew", "fails otherwise"] as const;
type Change = {
  readonly pod: number;
  readonly what: (typeof CHANGES)[number];
  readonly before: "look" | "events" | "eviction";
};

/** Four times of five the first, so that many pods may be restarted but for one thing. */
function mostly<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );
}

const workloads = fc.array(
  fc.record({
    kind: fc.oneof(
      fc.constantFrom("Deployment", "StatefulSet", "DaemonSet"),
      mostly<Workload["kind"]>("Deployment", "Job", "bare", "mirror"),
    ),
    namespace: mostly("shop", "blog", "kube-system"),
    image: mostly("nginx:1.27", `${GHCR}/shop/web:1`),
    pulls: mostly<NonNullable<Workload["pulls"]>>("container", "init", "sidecar", "ephemeral"),
    sinceMs: mostly(600_000, 30_000, 7_200_000),
    message: mostly(STALL, OTHER, "429 Too Many Requests"),
    ownerApiVersion: mostly(undefined, "apps/v2", "example.com/v1", "v1"),
  }),
  { minLength: 1, maxLength: 5 },
);

const changes = fc.array(
  fc.record<Change>({
    pod: fc.nat(7),
    what: fc.constantFrom(...CHANGES),
    before: fc.constantFrom("look", "events", "eviction"),
  }),
  { maxLength: 6 },
);

const policies = fc.record<Partial<Policy>>({
  mode: mostly("auto", "approve", "observe"),
  method: fc.constantFrom("evict", "delete"),
  allowRunning: fc.boolean(),
  namespaces: fc.constantFrom([], [], ["shop"], ["shop", "kube-system"]),
  deniedNamespaces: fc.constantFrom(["kube-system"], ["blog", "kube-system"], []),
  maxPods: fc.constantFrom(1, 50),
});

const ways = fc.constantFrom("rule", "healthy", "rule stands");
const kinds = fc.constantFrom<ClaimedJob["kind"]>(
  "remediate",
  "remediate",
  "remediate",
  "diagnose",
);

let sim: KubernetesSim;
/** Right before a request is carried out. */
let before: (method: string, path: string) => Promise<void> = async () => {};

async function startOnce(): Promise<void> {
  sim = await startKubernetes({
    token: "token",
    parallelPulls: true,
    removalMs: 60_000,
    pull: () => Promise.resolve({ ok: false, message: STALL }),
    before: ({ method, path }) => before(method, decodeURIComponent(path)),
  });
}

type Drawn = {
  readonly drawn: typeof workloads extends fc.Arbitrary<infer T> ? T : never;
  readonly happens: readonly Change[];
  readonly policy: Partial<Policy>;
  readonly way: string;
  readonly kind: ClaimedJob["kind"];
};

/** Runs one job at a new cluster; the evictions, and the policy they were made under. */
async function evictionsOf({ drawn, happens, policy: asked, way, kind }: Drawn) {
  await startOnce();
  for (const [index, { sinceMs, message, ownerApiVersion, ...workload }] of drawn.entries())
    sim.apply({
      ...workload,
      ...(ownerApiVersion === undefined ? {} : { ownerApiVersion }),
      name: `w${index}`,
      failing: { sinceMs, message },
    });
  const pods = sim.pods();
  const policy = aPolicy({
    ...asked,
    watchMs: 0,
    ownPodUid: drawn.length > 3 ? (pods[0]?.uid ?? null) : null,
  });
  let open = [...happens];
  before = async (method, path) => {
    const at = method !== "GET" ? "eviction" : path.includes("/events") ? "events" : "look";
    for (const change of open.filter((one) => one.before === at)) {
      const pod = pods[change.pod % pods.length];
      if (pod === undefined || !(path.includes(pod.name) || path.includes(pod.uid))) continue;
      open = open.filter((one) => one !== change);
      // A pull that begins between the events and the eviction changes nothing that could be seen.
      if (at === "eviction" && change.what === "pulls") continue;
      await carryOut(change.what, pod.uid);
    }
  };
  const site = aSiteInMemory(way === "healthy" ? {} : hub("ok", "tls stall"), []);
  site.now = Date.now();
  if (way === "rule stands") site.rules = [aRule()];
  const cluster = createCluster({
    url: sim.url,
    ca: () => sim.ca,
    token: () => "token",
    namespaces: [],
    timeoutMs: 5_000,
    now: () => site.now,
    sleep: () => Promise.resolve(),
    log: () => {},
  });
  await run(site, { kind }, { cluster, policy });
  const { evictions } = sim;
  cluster.close();
  await sim.close();
  return { evictions, policy };
}

async function carryOut(what: Change["what"], uid: string): Promise<void> {
  const outcome = {
    recovers: { ok: true },
    "fails otherwise": { ok: false, message: OTHER },
  } as const;
  const pull: Pull = (_image, pod) =>
    pod.metadata.uid === uid && (what === "recovers" || what === "fails otherwise")
      ? Promise.resolve(outcome[what])
      : new Promise(() => undefined);
  sim.setPull(pull);
  if (what === "touched") return sim.touch(uid);
  if (what === "kubelet starts anew") return sim.restartKubelets();
  sim.pullAgain(uid);
  // The pull and what the kubelet writes of it end within a few turns of the event loop.
  for (let turns = 0; turns < 5; turns++) await new Promise(setImmediate);
}

/** Why this pod must not have been evicted; empty if it may. */
function against({ pod, pulling }: Eviction, policy: Policy): string[] {
  const { namespace, owner } = pod;
  const listed = policy.namespaces.length === 0 || policy.namespaces.includes(namespace);
  const reasons: Record<string, boolean> = {
    "it did not fail": pod.ready || !FAILING.includes(pod.reason ?? ""),
    "no broken path explains its cause": !(pod.message ?? "").includes("TLS handshake timeout"),
    "it was being pulled": pulling,
    "it was terminating": pod.terminating,
    "nobody replaces it":
      !REPLACED.includes(owner?.kind ?? "") || !owner?.apiVersion.startsWith("apps/"),
    "its namespace is not allowed": !listed || policy.deniedNamespaces.includes(namespace),
    "other containers of it ran": pod.phase === "Running" && !policy.allowRunning,
    "it is the agent": pod.uid === policy.ownPodUid,
    "the mode forbids it": policy.mode !== "auto",
  };
  return Object.keys(reasons).filter((reason) => reasons[reason]);
}

const RUNS = 60;

test("every pod that is evicted fails then, for the path's sake, and may be restarted", async () => {
  let evicted = 0;
  onTestFinished(() => void (before = async () => {}));
  const drawn = fc.record({
    drawn: workloads,
    happens: changes,
    policy: policies,
    way: ways,
    kind: kinds,
  });
  await fc.assert(
    fc.asyncProperty(drawn, async (one) => {
      const { evictions, policy } = await evictionsOf(one);
      evicted += evictions.length;
      expect(evictions.flatMap((eviction) => against(eviction, policy))).toEqual([]);
      expect(new Set(evictions.map(({ uid }) => uid)).size).toBe(evictions.length);
      expect(evictions.length).toBeLessThanOrEqual(policy.maxPods);
      if (one.kind === "diagnose") expect(evictions).toEqual([]);
    }),
    { numRuns: RUNS, seed: SEED },
  );
  // Without evictions nothing was proven.
  expect(evicted).toBeGreaterThan(RUNS / 4);
}, 120_000);
