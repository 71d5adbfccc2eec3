// Do clients go through a proxy to a host? As Go's net/http reads HTTPS_PROXY and NO_PROXY
// (golang.org/x/net/http/httpproxy), which is how containerd, CRI-O and Docker are told. Pure.
import type { ProxySettings } from "../ports/policy.ts";
import ipaddr from "ipaddr.js";

/** The proxy for HTTPS to this host; null if clients go directly. */
export function proxyFor(host: string, settings: ProxySettings | null): string | null {
  if (settings === null || host === "localhost" || isLoopback(host)) return null;
  return settings.except.some((entry) => matches(host, entry.toLowerCase()))
    ? null
    : settings.proxy;
}

function isLoopback(host: string): boolean {
  return ipaddr.isValid(host) && ipaddr.parse(host).range() === "loopback";
}

/** `*`, a network, or a name that stands for itself and every name below it; a port may follow. */
function matches(host: string, entry: string): boolean {
  if (entry === "*") return true;
  if (ipaddr.isValidCIDR(entry)) return ipaddr.isValid(host) && inNetwork(host, entry);
  const [, name = entry, port = "443"] = /^(.*):(\d+)$/.exec(entry) ?? [];
  if (port !== "443") return false;
  const below = name.replace(/^\*?\./, "");
  const onlyBelow = below !== name;
  return host.endsWith(`.${below}`) || (!onlyBelow && host === below);
}

function inNetwork(host: string, entry: string): boolean {
  const [network, length] = ipaddr.parseCIDR(entry);
  const address = ipaddr.parse(host);
  return address.kind() === network.kind() && address.match(network, length);
}
