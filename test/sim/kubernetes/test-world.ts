import { onTestFinished } from "vitest";
import {
  startKubernetes,
  type KubernetesOptions,
  type KubernetesSim,
} from "../../../sim/kubernetes/server.ts";
import type { Workload } from "../../../sim/kubernetes/workload.ts";

export const TOKEN = "right-token";
export const TLS = "net/http: TLS handshake timeout";
/** A runtime whose pulls all fail. */
export const never = () => Promise.resolve({ ok: false as const, message: TLS });
const FAST = {
  backOffMs: 20,
  maxBackOffMs: 80,
  resyncMs: 5,
  removalMs: 10,
  jobDelayMs: 5,
  conflictHoldMs: 20,
};

/** A simulated cluster for one test, closed with it. */
export async function startSim(options: Partial<KubernetesOptions> = {}): Promise<KubernetesSim> {
  const sim = await startKubernetes({ token: TOKEN, pull: never, ...FAST, ...options });
  onTestFinished(() => sim.close());
  return sim;
}

/** A Deployment that has failed for ten minutes. */
export const web: Workload = {
  kind: "Deployment",
  namespace: "shop",
  name: "web",
  image: "nginx:1.27",
  failing: { sinceMs: 600_000, message: TLS },
};
