// Settings → the network adapter: all that `diagnose` needs, without the router and the cluster.
import { readFileSync } from "node:fs";
import { routerUrlsOf, type Settings } from "./environment.ts";
import type { Dialer } from "../probe/dialer.ts";
import type { LifelineTarget } from "../probe/lifelines.ts";
import { createNetwork } from "../probe/network.ts";
import type { Network } from "../ports/network.ts";

/** `named`: registries that a person at this console names, dialled wherever they are. */
export function networkOf(
  settings: Settings,
  dialer: Dialer,
  named: readonly string[] = [],
): Network {
  return createNetwork({
    dialer,
    dnsServers: settings.DNS_SERVERS,
    hostsFile: settings.HOSTS_FILE,
    extraCaPem: fileOf(settings.EXTRA_CA_FILE),
    node: settings.NODE_NAME ?? null,
    lifelines: lifelinesOf(settings),
    privateNetworks: settings.PRIVATE_REGISTRIES,
    ownHosts: [...namedHosts(settings), ...named],
    secondResolver: settings.SECOND_RESOLVER,
    dnsTimeoutMs: settings.DNS_TIMEOUT_MS,
    tcpTimeoutMs: settings.TCP_TIMEOUT_MS,
    tlsTimeoutMs: settings.TLS_TIMEOUT_MS,
    httpTimeoutMs: settings.HTTP_TIMEOUT_MS,
    tryGapMs: settings.TRY_GAP_MS,
    verifyGapMs: settings.VERIFY_GAP_MS,
  });
}

function namedHosts(settings: Settings): string[] {
  const { RULE_HOSTS, BLOB_HOSTS, IPV6_CONTROLS, IPV4_CONTROL, SECOND_RESOLVER: second } = settings;
  const resolver = second === null ? [] : [new URL(second).hostname];
  return [...RULE_HOSTS, ...BLOB_HOSTS, ...IPV6_CONTROLS, IPV4_CONTROL.toLowerCase(), ...resolver];
}

/** The API server that the settings name, or the one of the pod we are in; null without either. */
export function kubernetesUrl(settings: Settings): string | null {
  if (settings.KUBERNETES_URL !== undefined) return settings.KUBERNETES_URL;
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = settings;
  if (host === undefined) return null;
  return `https://${host.includes(":") ? `[${host}]` : host}:${port ?? "443"}`;
}

function lifelinesOf(settings: Settings): LifelineTarget[] {
  const urls = [
    { what: "Worker", url: settings.WORKER_URL },
    { what: "API server", url: kubernetesUrl(settings) ?? undefined },
    ...routerUrlsOf(settings).map((url) => ({ what: "router", url })),
  ];
  return urls.flatMap(({ what, url }) => {
    if (url === undefined) return [];
    const { hostname, port, protocol } = new URL(url);
    const host = hostname.replace(/^\[(.*)\]$/, "$1");
    return [{ what, host, port: Number(port) || (protocol === "https:" ? 443 : 80) }];
  });
}

/** A CA that was named but cannot be read is a fault of the settings, never a reason to go on without. */
export function fileOf(path: string | undefined): string | null {
  return path === undefined ? null : readFileSync(path, "utf8");
}
