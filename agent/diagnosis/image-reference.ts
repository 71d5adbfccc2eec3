import { hostAndPort } from "../classify/host.ts";

export const DOCKER_HUB = "registry-1.docker.io";
// What an image name may call Docker Hub; "index.docker.io" is the name in old configurations
// (distribution/reference, legacyDefaultDomain).
const DOCKER_HUB_NAMES: ReadonlySet<string> = new Set(["docker.io", "index.docker.io", DOCKER_HUB]);

/**
 * The host that serves an image's manifests, `host[:port]` without port 443. As in Docker's grammar
 * the first part is a host only if it has a dot or a port, or is "localhost"; else it is Docker Hub.
 */
export function registryHostOf(image: string): string {
  const slash = image.indexOf("/");
  const first = slash < 0 ? "" : image.slice(0, slash);
  const isHost = first === "localhost" || /[.:A-Z]/.test(first);
  const host = isHost ? hostAndPort(first) : null;
  return host === null || DOCKER_HUB_NAMES.has(host) ? DOCKER_HUB : host;
}

/** The host that issues pull tokens for a registry, as far as it is known without asking. */
export function tokenHostOf(registryHost: string): string {
  return registryHost === DOCKER_HUB ? "auth.docker.io" : registryHost;
}
