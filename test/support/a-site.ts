// The usual site: Docker Hub on one path in both families of both hosts, and two pods that wait.
import { aPod } from "./a-pod.ts";
import { HUB, TOKEN, type Path, type Paths } from "./a-round.ts";
import { aSiteInMemory, type SiteInMemory } from "./site-in-memory.ts";

const DATABASE = { group: "apps", kind: "StatefulSet", name: "db", uid: "owner-db" };

/** What is written to the site where the rule helps. */
export const FIXED = ["add rule", "evict pod-1", "evict pod-2"];

export const hub = (v4: Path, v6: Path): Paths => ({ [HUB]: [v4, v6], [TOKEN]: [v4, v6] });

/** Both pods have failed with TLS time-outs for six minutes. */
export function aSite(v4: Path = "ok", v6: Path = "tls stall"): SiteInMemory {
  return aSiteInMemory(hub(v4, v6), [
    aPod({ uid: "pod-1" }),
    aPod({ uid: "pod-2", name: "db-0", owner: DATABASE }),
  ]);
}
