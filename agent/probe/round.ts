// One round: every host, both families, every address, three tries, all at once.
import net from "node:net";
import ipaddr from "ipaddr.js";
import type { Family, Lookup, Quota, Reading, Round } from "../../src/protocol/round.ts";
import type { ProbeTarget } from "../ports/network.ts";
import { attempt, type Try } from "./attempt.ts";
import { lookup, serversOf, withoutTranslated } from "./dns.ts";
import { shownError } from "./failure.ts";
import { sortedAsGo } from "./go-dial.ts";
import type { Trust } from "../sockets/handshake.ts";
import { pause, since } from "../sockets/limit.ts";
import { within, type NodePath, type TimedPath } from "./node-path.ts";
import { plainHttp } from "./plain-http.ts";
import { readQuota } from "./quota.ts";
import { secondOpinions } from "./second-opinion.ts";

export type RoundOptions = {
  readonly node: string | null;
  /** With it each address is tried once more. */
  readonly smallHelloTrust: Trust;
  /** Whether the path's limits let no try be cut; told in the round. */
  readonly patient: boolean;
};

const TRIES = [1, 2, 3];
/** More addresses than this add probes, not knowledge; the lookup names all of them. */
const MOST_ADDRESSES = 3;

/**
 * Ends one TLS limit plus the slack after the last name was resolved, whatever the network does; where
 * TLS stalled everywhere, or a host was reached nowhere, after one request more. The time that a slow
 * resolver takes is not taken from the tries: they would all be cut.
 */
export async function probeRound(
  targets: readonly ProbeTarget[],
  path: NodePath,
  options: RoundOptions,
): Promise<Round> {
  const at = path.now();
  const startedAt = performance.now();
  const hosts = onePerHost(targets);
  const [looks, quota] = await Promise.all([
    Promise.all(hosts.map((target) => probeHost(target, path, options))),
    withinLimits(path, (timed) => quotaOf(hosts, timed)),
  ]);
  const lookups = looks.flatMap((look) => look.lookups);
  const readings = looks.flatMap((look) => look.readings);
  const [plain, opinions] = await Promise.all([
    plainHttp(readings, path),
    withinLimits(path, (timed) => secondOpinions(readings, timed)),
  ]);
  return {
    at,
    ms: since(startedAt),
    ...(options.patient ? { patient: true } : {}),
    lookups,
    readings,
    smallHello: looks.flatMap((look) => look.smallHello),
    ...(plain.length === 0 ? {} : { plainHttp: plain }),
    ...(opinions.length === 0 ? {} : { secondOpinions: opinions }),
    quota,
    lookedFrom: await lookedFrom(lookups, path, options.node),
  };
}

/** One TLS limit plus the slack: what tries, and everything beside them, have from their start on. */
function withinLimits<T>(path: NodePath, work: (path: TimedPath) => Promise<T>): Promise<T> {
  return within(path.limits.tlsMs + path.limits.roundSlackMs, path, work);
}

/** The strictest role first: a host that is registry and control is read as a registry. */
const STRICTEST = ["registry", "token", "blob", "control"] as const;

function onePerHost(targets: readonly ProbeTarget[]): ProbeTarget[] {
  const byHost = new Map<string, ProbeTarget>();
  for (const role of STRICTEST)
    for (const target of targets) {
      const host = target.host.toLowerCase();
      if (target.role === role && !byHost.has(host)) byHost.set(host, { ...target, host });
    }
  return [...byHost.values()];
}

async function quotaOf(hosts: readonly ProbeTarget[], path: TimedPath): Promise<Quota> {
  const hub = hosts.some(({ host, only }) => host === "registry-1.docker.io" && only !== "lookup");
  return hub ? readQuota(path) : { state: "unknown", why: "not measured" };
}

type Look = Pick<Round, "lookups" | "readings" | "smallHello">;

/** IPv6 waits for the A record too: only with it a translated address can be told from a real one. */
async function probeHost(
  target: ProbeTarget,
  path: NodePath,
  options: RoundOptions,
): Promise<Look> {
  const { host, role } = target;
  const ask = (family: Family): Promise<Lookup> => lookup({ host, role, family }, path.resolving);
  const v4 = ask("v4");
  const v6 = ask("v6").then(async (found) => withoutTranslated(found, (await v4).addresses));
  if (target.only === "lookup")
    return { lookups: await Promise.all([v4, v6]), readings: [], smallHello: [] };
  const [lookups, ofV4, ofV6, smallHello] = await Promise.all([
    Promise.all([v4, v6]).then(([a, aaaa]) => withPreference(a, aaaa, path)),
    v4.then((found) => withinLimits(path, (timed) => probeAddresses(found, timed))),
    v6.then((found) => withinLimits(path, (timed) => probeAddresses(found, timed))),
    Promise.all(
      [v4, v6].map(async (found) => smallHellos(await found, path, options.smallHelloTrust)),
    ),
  ]);
  return { lookups, readings: [...ofV4, ...ofV6], smallHello: smallHello.flat() };
}

/** Which family a client here dials first; it matters only where both could be dialled. */
async function withPreference(v4: Lookup, v6: Lookup, path: NodePath): Promise<Lookup[]> {
  if (v6.addresses.length === 0) return [v4, v6];
  const [first = ""] = await sortedAsGo(v4.addresses, v6.addresses, path.dialer);
  return [v4, { ...v6, preferred: net.isIPv6(first) }];
}

function addressesOf({ host, role, family, addresses }: Lookup): Omit<Try, "try">[] {
  return addresses.slice(0, MOST_ADDRESSES).map((address) => ({ host, role, family, address }));
}

async function probeAddresses(found: Lookup, path: TimedPath): Promise<Reading[]> {
  const readings = addressesOf(found).map((asked) => probeAddress(asked, path));
  return (await Promise.all(readings)).flat();
}

async function probeAddress(asked: Omit<Try, "try">, path: TimedPath): Promise<Reading[]> {
  const source = await sourceTo(asked.address, path);
  if (source === null) return TRIES.map((number) => noRoute({ ...asked, try: number }));
  const tries = TRIES.map(async (number, index) => {
    await pause(index * path.limits.tryGapMs, path.end);
    return attempt({ ...asked, try: number }, path);
  });
  return Promise.all(tries);
}

async function smallHellos(found: Lookup, usual: NodePath, trust: Trust): Promise<Reading[]> {
  return withinLimits({ ...usual, trust }, async (path) => {
    const tries = addressesOf(found).map(async (asked) => {
      const source = await sourceTo(asked.address, path);
      return source === null ? [] : [await attempt({ ...asked, try: 1 }, path)];
    });
    return (await Promise.all(tries)).flat();
  });
}

/** Where the routing table cannot be asked, the dial itself shows what is wrong. */
async function sourceTo(address: string, path: NodePath): Promise<string | null> {
  try {
    return await path.dialer.source(address);
  } catch (error) {
    return `unknown: ${shownError(error)}`;
  }
}

function noRoute(asked: Try): Reading {
  const detail = "this node has no route or no source address for it";
  return { ...asked, reached: "nothing", outcome: "no-route", ms: {}, detail };
}

/** Where no name resolved: any address of the Internet shows the way out. Nothing is sent to it. */
const ANYWHERE = { v4: "192.0.2.1", v6: "2001:db8::1" } as const;

async function lookedFrom(
  lookups: readonly Lookup[],
  path: NodePath,
  node: string | null,
): Promise<Round["lookedFrom"]> {
  const towards = (family: Family): string =>
    lookups.find((found) => found.family === family && found.addresses.length > 0)?.addresses[0] ??
    ANYWHERE[family];
  const seen = async (family: Family): Promise<string | null> =>
    shorten(await sourceTo(towards(family), path));
  const [v4, v6] = await Promise.all([seen("v4"), seen("v6")]);
  return { node, sources: { v4, v6 }, resolvers: [...serversOf(path.resolving)] };
}

/** The network of an address, /24 or /64: reports leave the site. Null for anything else. */
function shorten(address: string | null): string | null {
  if (address === null || !ipaddr.isValid(address)) return null;
  return ipaddr.parse(address).kind() === "ipv4"
    ? `${ipaddr.IPv4.networkAddressFromCIDR(`${address}/24`).toString()}/24`
    : `${ipaddr.IPv6.networkAddressFromCIDR(`${address}/64`).toString()}/64`;
}
