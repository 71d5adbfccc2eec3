// Whom a host stands in for. containerd asks a mirror (hosts.toml, registries.yaml, Spegel, a cache)
// for https://MIRROR/v2/…?ns=REGISTRY; CRI-O and Podman tell of theirs as
// "(Mirrors also failed: [MIRROR/name: …]): REGISTRY/name: …".
import { hostInUrl } from "./host.ts";

const ASKED_FOR = /(https?:\/\/[^\s"'?\\]{1,300})\?ns=([a-z0-9.-]{1,253}(?::\d{1,5})?)/gi;
const ALSO_FAILED =
  /\(mirrors also failed: (\[[\s\S]{1,4000}\])\): ([a-z0-9.-]{1,253}(?::\d{1,5})?)\//i;
const MOST_CHARS = 16_000;

/** The registry that a host (as `hostAndPort` spells it) is a mirror of, by a message; else null. */
export function mirroredBy(host: string, message: string): string | null {
  const text = message.slice(0, MOST_CHARS);
  for (const [, url, registry] of text.matchAll(ASKED_FOR)) {
    const isOther = registry !== undefined && registry.toLowerCase() !== host;
    if (url !== undefined && isOther && hostInUrl(url) === host) return registry.toLowerCase();
  }
  const [, mirrors, registry] = ALSO_FAILED.exec(text) ?? [];
  return mirrors?.toLowerCase().includes(`[${host}/`) === true ? (registry ?? null) : null;
}

// Harbor ("artifact proxy/library/a:1 not found") and rpardini's proxy, of what they could not fetch.
const CACHE_MISS = /\bartifact \S{1,300} not found\b|\bunknown blob\b/i;

/** True for the words in which a pull-through cache misses an image. */
export function isCacheMiss(message: string): boolean {
  return CACHE_MISS.test(message.slice(0, MOST_CHARS));
}
