// Settings → adapters. What the process needs of the outside is built here, for main.ts.
import { existsSync, readFileSync } from "node:fs";
import { ACCOUNT, type Settings } from "./config.ts";
import { createCluster, type KubernetesCluster } from "./kubernetes/cluster.ts";
import { tokenFromFile } from "./kubernetes/token.ts";
import type { Log } from "./log.ts";
import type { Dialer } from "./probe/dialer.ts";
import type { LifelineTarget } from "./probe/lifelines.ts";
import { createNetwork } from "./probe/network.ts";
import { createRouterClient } from "./router/client.ts";
import { createPrefixRouter } from "./router/prefix.ts";
import type { Clock, Network, Result, Router } from "./world.ts";

export function networkOf(settings: Settings, dialer: Dialer): Network {
  return createNetwork({
    dialer,
    dnsServers: settings.DNS_SERVERS,
    hostsFile: settings.HOSTS_FILE,
    extraCaPem: fileOf(settings.EXTRA_CA_FILE),
    node: settings.NODE_NAME ?? null,
    lifelines: lifelinesOf(settings),
    dnsTimeoutMs: settings.DNS_TIMEOUT_MS,
    tcpTimeoutMs: settings.TCP_TIMEOUT_MS,
    tlsTimeoutMs: settings.TLS_TIMEOUT_MS,
    httpTimeoutMs: settings.HTTP_TIMEOUT_MS,
    tryGapMs: settings.TRY_GAP_MS,
    verifyGapMs: settings.VERIFY_GAP_MS,
  });
}

/** Null where no router is configured. Fails for a URL that would send the password readable. */
export function routerOf(settings: Settings, clock: Clock, log: Log): Result<Router | null> {
  const { ROUTER_URL: url, ROUTER_USER: user, ROUTER_PASSWORD: password } = settings;
  if (url === undefined || user === undefined || password === undefined)
    return { ok: true, value: null };
  const client = createRouterClient({
    url,
    user,
    password,
    ca: fileOf(settings.ROUTER_CA_FILE) ?? undefined,
    spkiSha256: settings.ROUTER_SPKI_SHA256,
    servername: settings.ROUTER_SERVERNAME,
    allowHttp: settings.ROUTER_ALLOW_HTTP,
    timeoutMs: settings.ROUTER_TIMEOUT_MS,
    pauseMs: settings.ROUTER_PAUSE_MS,
    clock,
    log: ({ method, path, status, detail, ms }) =>
      log("router", { method, path, status, ms, ...(detail === "" ? {} : { detail }) }),
  });
  if (!client.ok) return client;
  const router = createPrefixRouter({ client: client.value, clock, prefix: settings.PREFIX });
  return { ok: true, value: router };
}

/** The API server from the settings, or the one whose pod we are; null if there is neither. */
export function clusterOf(settings: Settings, clock: Clock, log: Log): KubernetesCluster | null {
  const url = kubernetesUrl(settings);
  if (url === null) return null;
  const token = settings.KUBERNETES_TOKEN;
  return createCluster({
    url,
    token: token === undefined ? tokenFromFile(`${ACCOUNT}/token`, clock.now) : () => token,
    ca: fileOf(settings.KUBERNETES_CA_FILE ?? ownFile(`${ACCOUNT}/ca.crt`)),
    namespaces: settings.NAMESPACES,
    timeoutMs: 15_000,
    now: clock.now,
    sleep: clock.sleep,
    log,
  });
}

function kubernetesUrl(settings: Settings): string | null {
  if (settings.KUBERNETES_URL !== undefined) return settings.KUBERNETES_URL;
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = settings;
  if (host === undefined) return null;
  return `https://${host.includes(":") ? `[${host}]` : host}:${port ?? "443"}`;
}

function lifelinesOf(settings: Settings): LifelineTarget[] {
  const urls = [
    { what: "Worker", url: settings.WORKER_URL },
    { what: "API server", url: kubernetesUrl(settings) ?? undefined },
    { what: "router", url: settings.ROUTER_URL },
  ];
  return urls.flatMap(({ what, url }) => {
    if (url === undefined) return [];
    const { hostname, port, protocol } = new URL(url);
    const host = hostname.replace(/^\[(.*)\]$/, "$1");
    return [{ what, host, port: Number(port) || (protocol === "https:" ? 443 : 80) }];
  });
}

/** A pod's own file; outside a pod the system's authorities count. */
function ownFile(path: string): string | undefined {
  return existsSync(path) ? path : undefined;
}

/** A CA that was named but cannot be read is a fault of the settings, never a reason to go on without. */
function fileOf(path: string | undefined): string | null {
  return path === undefined ? null : readFileSync(path, "utf8");
}
