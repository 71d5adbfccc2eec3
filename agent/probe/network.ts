// The network as the core asks for it: one round of probes, the look after a rule, the lifelines.
import type { Role } from "../../src/protocol/round.ts";
import type { Network } from "../ports/network.ts";
import type { Dialer } from "./dialer.ts";
import { failingOverIpv4 } from "./failing-over-ipv4.ts";
import { dialerTowards, placesOf } from "./guard.ts";
import { smallHelloTrustOf, trustOf } from "../sockets/handshake.ts";
import { ipv6Addresses } from "./ipv6-addresses.ts";
import { findLifelines, reachedOver, type LifelineTarget } from "./lifelines.ts";
import type { NodePath } from "./node-path.ts";
import { probeRound } from "./round.ts";
import { throughTestPorts } from "./through-test-ports.ts";
import { verifyPath } from "./verify.ts";

export type NetworkOptions = {
  readonly dialer: Dialer;
  /** Empty: the system's resolvers. */
  readonly dnsServers: readonly string[];
  readonly hostsFile: string;
  /** A CA (PEM) that counts besides Node's own roots. */
  readonly extraCaPem: string | null;
  /** The node's name for the report. */
  readonly node: string | null;
  readonly lifelines: readonly LifelineTarget[];
  /** Networks inside the site that hold registries (CIDR); left out: none. */
  readonly privateNetworks?: readonly string[];
  /** Hosts that settings or a person name: dialled wherever they are; left out: none. */
  readonly ownHosts?: readonly string[];
  /** The URL of a resolver that gives second opinions; left out: none is asked. */
  readonly secondResolver?: string | null;
  readonly dnsTimeoutMs: number;
  readonly tcpTimeoutMs: number;
  readonly tlsTimeoutMs: number;
  readonly httpTimeoutMs: number;
  readonly tryGapMs: number;
  readonly verifyGapMs: number;
  /** Default 1,000: a round ends this long after one TLS limit. */
  readonly roundSlackMs?: number;
  /** Default 3,000: how long a blocked address has to stay silent. */
  readonly verifyConnectMs?: number;
  /** Default 300, Go's net.Dialer. */
  readonly fallbackDelayMs?: number;
  /** Hosts that hand out tokens and have no /v2/. Default: auth.docker.io. */
  readonly tokenHosts?: readonly string[];
  readonly now?: () => number;
};

/** Opens nothing until it is asked to. */
export function createNetwork(options: NetworkOptions): Network {
  const path = pathOf(options);
  const smallHelloTrust = smallHelloTrustOf(options.extraCaPem);
  const tokenHosts = options.tokenHosts ?? ["auth.docker.io"];
  const roleOf = (host: string): Role => (tokenHosts.includes(host) ? "token" : "registry");
  return {
    probe: (targets, { patient } = { patient: false }) =>
      probeRound(targets, patient ? patiently(path) : path, {
        node: options.node,
        smallHelloTrust,
        patient,
      }),
    verify: ({ blocked, hosts, controls }) =>
      verifyPath(
        { blocked, controls, hosts: hosts.map((host) => ({ host, role: roleOf(host) })) },
        path,
      ),
    throughTestPorts: (hosts) =>
      throughTestPorts(
        hosts.map((host) => ({ host, role: roleOf(host) })),
        path,
      ),
    failingOverIpv4: (hosts) =>
      failingOverIpv4(
        hosts.map((host) => ({ host, role: roleOf(host) })),
        path,
      ),
    ipv6Addresses: (hosts) => ipv6Addresses(hosts, path),
    lifelines: () => findLifelines(options.lifelines, path),
    reachedOver: (family) => reachedOver(family, options.lifelines, path),
  };
}

/** Each stage keeps its limit, which is the image client's; only the round no longer cuts a try. */
function patiently(path: NodePath): NodePath {
  const { tcpMs, httpMs, tryGapMs, roundSlackMs } = path.limits;
  const more = 2 * (tcpMs + httpMs + tryGapMs);
  return { ...path, limits: { ...path.limits, roundSlackMs: roundSlackMs + more } };
}

function pathOf(options: NetworkOptions): NodePath {
  const { dialer } = options;
  const resolving = {
    hostsFile: options.hostsFile,
    servers: options.dnsServers,
    timeoutMs: options.dnsTimeoutMs,
  };
  const guard = {
    ownHosts: options.ownHosts ?? [],
    privateNetworks: options.privateNetworks ?? [],
    keptFrom: placesOf(
      options.lifelines.filter(({ what }) => what !== "Worker"),
      resolving,
    ),
  };
  return {
    dialer,
    towards: (host) => dialerTowards(host, dialer, guard),
    resolving,
    trust: trustOf(options.extraCaPem),
    secondResolver: options.secondResolver ?? null,
    limits: {
      tcpMs: options.tcpTimeoutMs,
      tlsMs: options.tlsTimeoutMs,
      httpMs: options.httpTimeoutMs,
      tryGapMs: options.tryGapMs,
      roundSlackMs: options.roundSlackMs ?? 1_000,
      verifyGapMs: options.verifyGapMs,
      verifyConnectMs: options.verifyConnectMs ?? 3_000,
      fallbackDelayMs: options.fallbackDelayMs ?? 300,
    },
    now: options.now ?? Date.now,
  };
}
