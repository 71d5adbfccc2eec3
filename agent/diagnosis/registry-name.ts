// A registry as a person types it on the command line → the host that is asked for images.
import { registryHostOf } from "./image-reference.ts";

type Read =
  | { readonly ok: true; readonly host: string }
  | { readonly ok: false; readonly detail: string };

/** A host name, at most 253 characters; a last label of digits alone would be an IPv4 address. */
const HOST = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9-]{2,63}$/;

/** True for a host name with a dot: never an address, a port or a path. */
export function isRegistryName(word: string): boolean {
  return HOST.test(word);
}

export function readRegistry(word: string): Read {
  const host = word.toLowerCase();
  if (!HOST.test(host))
    return {
      ok: false,
      detail: `diagnose takes registries such as docker.io or ghcr.io, not ${JSON.stringify(word)}`,
    };
  return { ok: true, host: registryHostOf(`${host}/x/x`) };
}
