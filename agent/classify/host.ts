import { isIPv4, isIPv6 } from "node:net";

/** The IP family of a peer; `none` where the text names no address. */
export type PeerFamily = "v4" | "v6" | "none";

const HTTPS_PORT = "443";
const HTTP_PORT = "80";
const AUTHORITY =
  /^(\[[0-9a-f:.]{2,45}(?:%[a-z0-9._-]{1,32})?\]|[a-z0-9._-]{1,253})(?::(\d{1,5}))?$/;

/**
 * `host[:port]` in lower case, without port 443 and without the root dot; an IPv6 literal keeps its
 * brackets. Null if it is no host.
 */
export function hostAndPort(authority: string): string | null {
  const [, name, port] = AUTHORITY.exec(authority.toLowerCase()) ?? [];
  if (name === undefined || !/[a-z0-9]/.test(name)) return null;
  const host = name.endsWith(".") ? name.slice(0, -1) : name;
  return port === undefined || port === HTTPS_PORT ? host : `${host}:${port}`;
}

/**
 * The host of an http(s) URL as `hostAndPort` spells it, with port 80 if that is the scheme's; null
 * for the API of a local Docker.
 */
export function hostInUrl(url: string): string | null {
  const afterScheme = url.slice(url.indexOf("://") + 3);
  const end = afterScheme.search(/[/?#]/);
  const authority = end < 0 ? afterScheme : afterScheme.slice(0, end);
  if (end >= 0 && /^(?:\/v\d\.\d{1,3})?\/images\/create/.test(afterScheme.slice(end))) return null;
  const host = hostAndPort(authority.slice(authority.lastIndexOf("@") + 1));
  const isPlain = url.startsWith("http://") && !/:\d{1,5}$/.test(authority);
  return host !== null && isPlain ? `${host}:${HTTP_PORT}` : host;
}

// Loopback, "this host" and IPv4's link-local range (metadata services) end on the node itself.
const LOCAL_V4 = /^(?:127\.|0\.0\.0\.0$|169\.254\.)/;
const LOCAL_V6 = /^(?:0{0,4}:){2,7}0{0,3}[01]?$/;

/** True for a host, with or without port, that no packet leaves the node for. */
export function isLocalHost(host: string): boolean {
  const bracketed = /^\[([^\]%]{2,45})/.exec(host)?.[1];
  if (bracketed !== undefined)
    return LOCAL_V6.test(bracketed) || LOCAL_V4.test(bracketed.replace(/^::ffff:/, ""));
  const name = host.replace(/:\d{1,5}$/, "");
  return name === "localhost" || name.endsWith(".localhost") || LOCAL_V4.test(name);
}

/** The family of a host that is an address literal, with or without brackets and port. */
export function familyOf(host: string): PeerFamily {
  const bracketed = /^\[([^\]%]{2,45})/.exec(host)?.[1];
  if (bracketed !== undefined) return isIPv6(bracketed) ? "v6" : "none";
  return isIPv4(host.replace(/:\d{1,5}$/, "")) ? "v4" : "none";
}
