// A simulated cluster and the adapter in front of it, for one test.
import { onTestFinished } from "vitest";
import {
  createCluster,
  type ClusterOptions,
  type KubernetesCluster,
} from "../../../agent/kubernetes/cluster.ts";
import { startKubernetes, type KubernetesOptions } from "../../../sim/kubernetes/server.ts";
import type { KubernetesSim } from "../../../sim/kubernetes/server.ts";
import type { Rule } from "../../../sim/kubernetes/rights.ts";
import type { Workload } from "../../../sim/kubernetes/workload.ts";

export const TLS_ERROR =
  'rpc error: code = Unknown desc = failed to pull and unpack image "docker.io/library/nginx:1.27": failed to do request: Head "https://registry-1.docker.io/v2/library/nginx/manifests/1.27": net/http: TLS handshake timeout';

/** What the agent's role grants: nothing but this. */
export const AGENT_RULES: readonly Rule[] = [
  { verbs: ["list"], resources: ["pods", "events"] },
  { verbs: ["create"], resources: ["pods/eviction"] },
];

export const web: Workload = {
  kind: "Deployment",
  namespace: "shop",
  name: "web",
  image: "nginx:1.27",
  failing: { sinceMs: 600_000, message: TLS_ERROR },
};

export type ClusterWorld = {
  readonly sim: KubernetesSim;
  readonly cluster: KubernetesCluster;
  /** Every pause that the adapter asked for, ms; none is waited for. */
  readonly slept: number[];
  readonly logged: string[];
};

export async function startWorld(
  simOptions: Partial<KubernetesOptions> = {},
  clusterOptions: Partial<ClusterOptions> = {},
): Promise<ClusterWorld> {
  const sim = await startKubernetes({
    token: "right-token",
    rules: AGENT_RULES,
    pull: () => Promise.resolve({ ok: false, message: TLS_ERROR }),
    removalMs: 10,
    ...simOptions,
  });
  const slept: number[] = [];
  const logged: string[] = [];
  const cluster = createCluster({
    url: sim.url,
    ca: () => sim.ca,
    token: () => "right-token",
    namespaces: [],
    timeoutMs: 2_000,
    now: Date.now,
    sleep: (ms) => (slept.push(ms), Promise.resolve()),
    log: (message) => void logged.push(message),
    ...clusterOptions,
  });
  onTestFinished(async () => {
    cluster.close();
    await sim.close();
  });
  return { sim, cluster, slept, logged };
}

/** The value of a result that must be one. */
export function valueOf<T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (!result.ok) throw new Error(`not ok: ${JSON.stringify(result.error)}`);
  return result.value;
}
