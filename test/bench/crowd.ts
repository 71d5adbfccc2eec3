// Very many failing pods, each with several long and different texts: what a large cluster shows
// after an hour of an outage.
import { randomBytes } from "node:crypto";
import type { Workload } from "../../sim/kubernetes/workload.ts";

export type Crowd = {
  readonly pods: number;
  /** Events of failed pulls a pod, each with a text of its own. */
  readonly events: number;
  readonly textBytes: number;
};

/** A pod weighs about 15 kB on a real cluster; half of it says who wrote which field. */
const MANAGED_BYTES = 8_000;
const PODS_A_WORKLOAD = 50;
const CAUSES = [
  "net/http: TLS handshake timeout",
  "read: connection reset by peer",
  "EOF",
  "context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
  "dial tcp: lookup registry-1.docker.io: i/o timeout",
] as const;

/** Deployments of Docker Hub's images that have failed for ten minutes. */
export function crowd({ pods, events, textBytes }: Crowd): Workload[] {
  return Array.from({ length: pods }, (_, index): Workload => {
    const name = `app-${index}`;
    const image = `example/${name}:1.27`;
    const texts = Array.from({ length: events }, (_each, at) => {
      const cause = CAUSES[(events - 1 - at) % CAUSES.length] ?? CAUSES[0];
      return pullError(image, cause, textBytes);
    });
    return {
      kind: "Deployment",
      namespace: `team-${Math.floor(index / PODS_A_WORKLOAD) % 20}`,
      name,
      image,
      nodes: [index % 2 === 0 ? "node-a" : "node-b"],
      managedBytes: MANAGED_BYTES,
      failing: { sinceMs: 600_000, message: texts.at(-1) ?? "", earlier: texts.slice(0, -1) },
    };
  });
}

/** As containerd words it; a proxy's or registry's own page may stand in the middle. */
function pullError(image: string, cause: string, bytes: number): string {
  const path = image.replace(":", "/manifests/");
  const before = `failed to resolve reference "docker.io/${image}": failed to do request: Head "https://registry-1.docker.io/v2/${path}": `;
  const room = Math.max(0, bytes - before.length - cause.length - 2);
  return `${before}${randomBytes(Math.ceil(room / 2))
    .toString("hex")
    .slice(0, room)}: ${cause}`;
}
