// A pod's line in the report, before anything became of it.
import type { FailingPod } from "../../agent/ports/cluster.ts";
import type { PodStory } from "../../src/protocol/report.ts";
import { HUB } from "./a-round.ts";

/** A pod that failed with a TLS time-out at Docker Hub and was chosen for a restart. */
export function aStory(pod: FailingPod, changes: Partial<PodStory> = {}): PodStory {
  return {
    namespace: pod.namespace,
    name: pod.name,
    uid: pod.uid,
    node: pod.node,
    owner: "ReplicaSet/web",
    image: "nginx:1.27",
    host: HUB,
    label: "network.tls_timeout",
    decision: "restart",
    why: "",
    retriesAt: null,
    ...changes,
  };
}
