// Settings → adapters. What the process needs of the outside is built here, for main.ts.
import { existsSync } from "node:fs";
import { ACCOUNT, type Settings } from "./config.ts";
import { createCluster, type KubernetesCluster } from "./kubernetes/cluster.ts";
import { tokenFromFile } from "./kubernetes/token.ts";
import type { Log } from "./log.ts";
import { createAddressListRouter } from "./router/address-list.ts";
import { createRouterClient } from "./router/client.ts";
import { createPrefixRouter } from "./router/prefix.ts";
import { fileOf, kubernetesUrl } from "./network-of.ts";
import type { Clock, Result, Router } from "./world.ts";

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
  const at = { client: client.value, clock, prefix: settings.PREFIX };
  const { ADDRESS_LIST: list, ENTRY_LIFETIME_MS: lifetimeMs } = settings;
  const router =
    settings.PROFILE === "prefix"
      ? createPrefixRouter(at)
      : createAddressListRouter({ ...at, list, lifetimeMs });
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

/** A pod's own file; outside a pod the system's authorities count. */
function ownFile(path: string): string | undefined {
  return existsSync(path) ? path : undefined;
}
