// Settings → the router, the cluster and the time, as `run`, `withdraw` and `doctor` use them. The
// network is in network-of.ts: `diagnose` needs nothing else.
import { existsSync } from "node:fs";
import * as z from "zod";
import { ACCOUNT, routerUrlsOf, type Settings } from "./environment.ts";
import { authorityFromFile } from "../kubernetes/authority.ts";
import {
  createCluster,
  type ClusterOptions,
  type KubernetesCluster,
} from "../kubernetes/cluster.ts";
import { tokenFromFile } from "../kubernetes/token.ts";
import type { Log } from "../ports/log.ts";
import { createAddressListRouter } from "../router/address-list.ts";
import { createClamper } from "../router/clamp.ts";
import { createRouterClient, type RouterClient } from "../router/client.ts";
import { identifiedRouter } from "../router/identified.ts";
import { pairedRouters, type Member } from "../router/pair.ts";
import { createMarkers } from "../router/markers.ts";
import { createPrefixRouter } from "../router/prefix.ts";
import { parseJson } from "../basics/json.ts";
import { sharedRouter } from "../router/shared.ts";
import type { Others } from "../router/unlike-settings.ts";
import { newestOf } from "./secrets.ts";
import { fileOf, kubernetesUrl } from "./network.ts";
import type { Clock } from "../ports/clock.ts";
import type { Result } from "../ports/result.ts";
import type { Router } from "../ports/router.ts";

type Asking = {
  readonly clock: Clock;
  readonly log: Log;
  /** How long a caller waits at most for the router; left out: until it answers. */
  readonly stopWaitingMs?: number;
};

/** Null where no router is configured. Fails for a URL that would send the password readable. */
export function routerClientOf(
  settings: Settings,
  { log, ...asking }: Asking,
): Result<RouterClient | null> {
  const { ROUTER_URL: url, ROUTER_USER: user, ROUTER_PASSWORD: password } = settings;
  if (url === undefined || user === undefined || password === undefined)
    return { ok: true, value: null };
  return createRouterClient({
    url,
    user,
    password: newestOf(settings, "ROUTER_PASSWORD"),
    ca: fileOf(settings.ROUTER_CA_FILE) ?? undefined,
    spkiSha256: settings.ROUTER_SPKI_SHA256,
    servername: settings.ROUTER_SERVERNAME,
    allowHttp: settings.ROUTER_ALLOW_HTTP,
    timeoutMs: settings.ROUTER_TIMEOUT_MS,
    pauseMs: settings.ROUTER_PAUSE_MS,
    ...asking,
    log: ({ method, path, status, detail, ms }) =>
      log("router", { method, path, status, ms, ...(detail === "" ? {} : { detail }) }),
  });
}

/** The router as the policy's profile writes to it; null or a failure as for its client. */
export function routerOf(settings: Settings, clock: Clock, log: Log): Result<Router | null> {
  const members: Member[] = [];
  for (const url of routerUrlsOf(settings)) {
    const router = oneRouterOf({ ...settings, ROUTER_URL: url }, clock, log);
    if (!router.ok) return router;
    if (router.value !== null) members.push({ on: new URL(url).host, router: router.value });
  }
  const [first, ...others] = members;
  if (first === undefined) return { ok: true, value: null };
  return {
    ok: true,
    value: others.length === 0 ? first.router : pairedRouters([first, ...others]),
  };
}

function oneRouterOf(settings: Settings, clock: Clock, log: Log): Result<Router | null> {
  const client = routerClientOf(settings, { clock, log });
  if (!client.ok) return client;
  if (client.value === null) return { ok: true, value: null };
  const markers = createMarkers({ client: client.value, clock }, clusterNameOf(settings));
  const others: Others = async () => {
    const users = await markers.read();
    return users.ok ? { ok: true, value: users.value.others } : users;
  };
  const at = { client: client.value, clock, prefix: settings.PREFIX, others };
  const { ADDRESS_LIST: list, ENTRY_LIFETIME_MS: lifetimeMs } = settings;
  const router =
    settings.PROFILE === "prefix"
      ? createPrefixRouter(at)
      : createAddressListRouter({ ...at, list, lifetimeMs });
  const clamping = { ...router, clamp: createClamper(client.value, clock) };
  return { ok: true, value: identifiedRouter(sharedRouter(clamping, markers), client.value) };
}

/** The cluster that this agent's token is for, unless a name is set; null where there is neither. */
function clusterNameOf({ CLUSTER_NAME: name, WORKER_TOKEN: token }: Settings): string | null {
  if (name !== undefined) return name;
  const payload = token?.split(".")[1] ?? "";
  const claims = TokenClaims.safeParse(Buffer.from(payload, "base64url").toString("utf8"));
  return claims.success ? claims.data.cluster : null;
}

/** The Worker checks it; here it only tells where this agent belongs. */
const TokenClaims = z
  .string()
  .transform((text) => parseJson(text))
  .pipe(z.object({ cluster: z.string().min(1).max(100) }));

/** The API server from the settings, or the one whose pod we are; null if there is neither. */
export function kubernetesAccessOf(
  settings: Settings,
  clock: Clock,
): Pick<ClusterOptions, "url" | "token" | "ca" | "sleep"> | null {
  const url = kubernetesUrl(settings);
  if (url === null) return null;
  const token = settings.KUBERNETES_TOKEN;
  const caFile = settings.KUBERNETES_CA_FILE ?? ownFile(`${ACCOUNT}/ca.crt`);
  return {
    url,
    token: token === undefined ? tokenFromFile(`${ACCOUNT}/token`, clock.now) : () => token,
    ca: caFile === undefined ? () => null : authorityFromFile(caFile, clock.now),
    sleep: clock.sleep,
  };
}

/** The cluster at that API server; null without one. */
export function clusterOf(settings: Settings, clock: Clock, log: Log): KubernetesCluster | null {
  const access = kubernetesAccessOf(settings, clock);
  if (access === null) return null;
  const namespaces = namespacesToRead(settings);
  return createCluster({ ...access, namespaces, timeoutMs: 15_000, now: clock.now, log });
}

/**
 * Where pods are looked for, with one list each; empty: everywhere, with one list of all. A namespace in
 * which nothing is ever restarted needs no right for it.
 */
export function namespacesToRead({
  NAMESPACES: wanted,
  DENIED_NAMESPACES: denied,
}: Pick<Settings, "NAMESPACES" | "DENIED_NAMESPACES">): readonly string[] {
  const allowed = wanted.filter((name) => !denied.includes(name));
  return allowed.length === 0 ? wanted : allowed;
}

/** This machine's time, for a command that runs to its end. */
export function ownClock(): Clock {
  return {
    now: Date.now,
    sleep: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
  };
}

/** A pod's own file; outside a pod the system's authorities count. */
function ownFile(path: string): string | undefined {
  return existsSync(path) ? path : undefined;
}
