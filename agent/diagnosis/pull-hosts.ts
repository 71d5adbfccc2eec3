import { DOCKER_HUB, tokenHostOf } from "./image-reference.ts";
import type { Policy } from "../ports/policy.ts";

/**
 * The hosts that a pull from this registry needs, as far as the settings know. What a pod's message
 * names besides is no more than that pod's affair: an image's layers may lie wherever its author says.
 */
export function pullHosts(registry: string, policy: Pick<Policy, "blobHosts">): string[] {
  const blobs = registry === DOCKER_HUB ? policy.blobHosts : [];
  return [...new Set([registry, tokenHostOf(registry), ...blobs])];
}
