// What a person must know where a mirror or a cache stands between node and registry. Pure.
import type { Case } from "./cases.ts";
import type { VerdictName } from "./verdicts.ts";

type Told = { readonly host: string | null; readonly name: VerdictName };

/** A further sentence of advice on a verdict; null where no mirror or cache plays a part. */
export function mirrorNote({ host, name }: Told, cases: readonly Case[]): string | null {
  if (name === "image.not_found") return cacheNote(host, cases);
  const registry = cases.find(({ hosts, mirrorOf }) => mirrorOf !== null && hosts[0] === host);
  if (host === null || registry === undefined) return null;
  return `${host} is a mirror that the nodes' runtime asks instead of ${registry.mirrorOf} (hosts.toml, registries.yaml, registries.conf): mend it, or take it out there.`;
}

/**
 * A cache that cannot reach the registry behind it says "not found" too. It is suspected where it is
 * known to be one, or where another pod of the same registry fails on the path.
 */
function cacheNote(registry: string | null, cases: readonly Case[]): string | null {
  const missing = cases.filter(
    (one) => one.label === "image.not_found" && one.registry === registry,
  );
  const mirror = missing.find(({ mirrorOf }) => mirrorOf !== null);
  if (mirror !== undefined)
    return `The answer is from ${mirror.hosts[0]}, a mirror of ${mirror.mirrorOf}: look first whether it can reach ${mirror.mirrorOf}.`;
  const alsoOnPath = cases.some((one) => one.registry === registry && one.kind === "path");
  if (!alsoOnPath && !missing.some(({ cacheSays }) => cacheSays)) return null;
  return `If ${registry} is a cache (Harbor, Nexus, Artifactory), the image may be there and the cache cut off from its upstream: look at the cache's own way out before you change the image.`;
}
