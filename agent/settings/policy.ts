// Settings → policy: what this cluster's agent may do.
import type { Settings } from "./environment.ts";
import type { ProxySettings } from "../ports/policy.ts";
import type { Policy } from "../ports/policy.ts";
import type { RestartMemory } from "../ports/world.ts";

export function policyOf(settings: Settings): Policy {
  return {
    mode: settings.MODE,
    stopGap: settings.STOP_GAP,
    clamp: settings.CLAMP,
    profile: settings.PROFILE,
    prefix: settings.PREFIX,
    addressList: settings.ADDRESS_LIST,
    entryLifetimeMs: settings.ENTRY_LIFETIME_MS,
    entriesMost: settings.ENTRIES_MOST,
    life: settings.RULE_LIFE,
    ruleMaxAgeMs: settings.RULE_MAX_AGE_MS,
    rejectWith:
      settings.REJECT_WITH ??
      (settings.PROFILE === "prefix" ? "icmp-address-unreachable" : "tcp-reset"),
    newOnly: settings.NEW_ONLY,
    ruleHosts: settings.RULE_HOSTS,
    ipv6Controls: settings.IPV6_CONTROLS,
    ipv4Control: settings.IPV4_CONTROL,
    blobHosts: settings.BLOB_HOSTS,
    proxy: proxyOf(settings),
    method: settings.RESTART_METHOD,
    allowRunning: settings.RESTART_RUNNING,
    namespaces: settings.NAMESPACES,
    deniedNamespaces: settings.DENIED_NAMESPACES,
    maxPods: settings.MAX_PODS,
    restartsPerSecond: settings.RESTARTS_PER_SECOND,
    failingForMs: settings.FAILING_FOR_MS,
    restartAgainMs: settings.RESTART_AGAIN_MS,
    evidenceAgeMs: settings.EVIDENCE_AGE_MS,
    secondRoundMs: settings.SECOND_ROUND_MS,
    verifyAgainMs: settings.VERIFY_AGAIN_MS,
    watchMs: settings.WATCH_MS,
    watchEveryMs: settings.WATCH_EVERY_MS,
    clientAttemptMs: settings.TCP_TIMEOUT_MS + settings.TLS_TIMEOUT_MS,
    // Four times IPv4's median and half a second more: a lost SYN (1 s) or a handshake of seconds.
    slowFactor: 4,
    slowMs: 500,
    ownPodUid: settings.POD_UID ?? null,
    ownNode: settings.NODE_NAME ?? null,
  };
}

/** What the agent allows itself, whatever jobs come. */
export function limitsOf(settings: Settings) {
  return {
    routerLooksPerMinute: settings.ROUTER_LOOKS_PER_MINUTE,
    routerWritesPerHour: settings.ROUTER_WRITES_PER_HOUR,
    restartsPerHour: settings.RESTARTS_PER_HOUR,
  };
}

/** The value may lack a scheme, and may hold a user and a password, which go no further. */
function proxyOf({ HTTPS_PROXY: proxy, NO_PROXY: except }: Settings): ProxySettings | null {
  if (proxy === undefined) return null;
  return { proxy: new URL(proxy.includes("://") ? proxy : `http://${proxy}`).host, except };
}

/**
 * Lives as long as the process. Within one job the Worker remembers too (`restartsAt`); between jobs
 * its hold keeps restarts apart.
 */
export function restartMemory(): RestartMemory {
  const restarts = new Map<string, number>();
  const key = (owner: string, host: string): string => `${owner} ${host}`;
  return {
    lastRestart: (owner, host) => restarts.get(key(owner, host)) ?? null,
    remember: (owner, host, at) => void restarts.set(key(owner, host), at),
  };
}
