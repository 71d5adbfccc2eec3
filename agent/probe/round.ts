// One round: every host, both families, every address, three tries, all at once.
import ipaddr from "ipaddr.js";
import type { SecureContext } from "node:tls";
import type { Family, Lookup, Quota, Reading, Round } from "../../src/protocol/report.ts";
import type { ProbeTarget } from "../world.ts";
import { attempt, type Try } from "./attempt.ts";
import { lookup, serversOf } from "./dns.ts";
import { errorText } from "./failure.ts";
import { pause, since } from "./limit.ts";
import type { NodePath } from "./node-path.ts";
import { readQuota } from "./quota.ts";

export type RoundOptions = {
  readonly node: string | null;
  /** Given: each IPv6 address is also tried once with the small ClientHello, as try 0. */
  readonly smallHelloTrust: SecureContext | null;
};

const FAMILIES = ["v4", "v6"] as const;
const TRIES = [1, 2, 3];
/** More addresses than this add probes, not knowledge; the lookup names all of them. */
const MOST_ADDRESSES = 3;

/** Ends one TLS limit plus the slack after it starts, whatever the network does. */
export async function probeRound(
  targets: readonly ProbeTarget[],
  path: NodePath,
  options: RoundOptions,
): Promise<Round> {
  const at = path.now();
  const startedAt = performance.now();
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), path.limits.tlsMs + path.limits.roundSlackMs);
  try {
    const hosts = onePerHost(targets);
    const jobs = hosts.flatMap((target) => FAMILIES.map((family) => ({ ...target, family })));
    const [looks, quota] = await Promise.all([
      Promise.all(jobs.map((job) => probeFamily(job, path, options, end.signal))),
      quotaOf(hosts, path, end.signal),
    ]);
    const lookups = looks.map((look) => look.lookup);
    return {
      at,
      ms: since(startedAt),
      lookups,
      readings: looks.flatMap((look) => look.readings),
      quota,
      lookedFrom: await lookedFrom(lookups, path, options.node),
    };
  } finally {
    clearTimeout(timer);
    end.abort();
  }
}

/** The strictest role first: a host that is registry and control is read as a registry. */
const STRICTEST = ["registry", "token", "blob", "control"] as const;

function onePerHost(targets: readonly ProbeTarget[]): ProbeTarget[] {
  const byHost = new Map<string, ProbeTarget>();
  for (const role of STRICTEST)
    for (const target of targets) {
      const host = target.host.toLowerCase();
      if (target.role === role && !byHost.has(host)) byHost.set(host, { host, role });
    }
  return [...byHost.values()];
}

async function quotaOf(
  hosts: readonly ProbeTarget[],
  path: NodePath,
  end: AbortSignal,
): Promise<Quota> {
  const hub = hosts.some((target) => target.host === "registry-1.docker.io");
  return hub ? readQuota(path, end) : { state: "unknown", why: "not measured" };
}

type Look = { readonly lookup: Lookup; readonly readings: readonly Reading[] };

async function probeFamily(
  job: ProbeTarget & { readonly family: Family },
  path: NodePath,
  options: RoundOptions,
  end: AbortSignal,
): Promise<Look> {
  const found = await lookup(job, path.resolving, end);
  const readings = await Promise.all(
    found.addresses
      .slice(0, MOST_ADDRESSES)
      .map((address) => probeAddress({ ...job, address }, path, options, end)),
  );
  return { lookup: found, readings: readings.flat() };
}

async function probeAddress(
  asked: Omit<Try, "try">,
  path: NodePath,
  options: RoundOptions,
  end: AbortSignal,
): Promise<Reading[]> {
  const source = await sourceTo(asked.address, path);
  if (source === null) return TRIES.map((number) => noRoute({ ...asked, try: number }));
  const tries = TRIES.map(async (number, index) => {
    await pause(index * path.limits.tryGapMs, end);
    return attempt({ ...asked, try: number }, path, end);
  });
  if (options.smallHelloTrust !== null && asked.family === "v6")
    tries.push(smallHello(asked, path, end, options.smallHelloTrust));
  return Promise.all(tries);
}

async function smallHello(
  asked: Omit<Try, "try">,
  path: NodePath,
  end: AbortSignal,
  trust: SecureContext,
): Promise<Reading> {
  const reading = await attempt({ ...asked, try: 0 }, path, end, trust);
  const rest = reading.detail === undefined ? "" : `: ${reading.detail}`;
  return { ...reading, detail: `small ClientHello${rest}` };
}

/** Where the routing table cannot be asked, the dial itself shows what is wrong. */
async function sourceTo(address: string, path: NodePath): Promise<string | null> {
  try {
    return await path.dialer.source(address);
  } catch (error) {
    return `unknown: ${errorText(error)}`;
  }
}

function noRoute(asked: Try): Reading {
  const detail = "this node has no route or no source address for it";
  return { ...asked, reached: "nothing", outcome: "no-route", ms: {}, detail };
}

async function lookedFrom(
  lookups: readonly Lookup[],
  path: NodePath,
  node: string | null,
): Promise<Round["lookedFrom"]> {
  const towards = (family: Family): string | undefined =>
    lookups.find((found) => found.family === family && found.addresses.length > 0)?.addresses[0];
  const seen = async (address: string | undefined): Promise<string | null> =>
    address === undefined ? null : shortened(await sourceTo(address, path));
  const [v4, v6] = await Promise.all([seen(towards("v4")), seen(towards("v6"))]);
  return { node, sources: { v4, v6 }, resolvers: [...serversOf(path.resolving)] };
}

/** The network of an address, /24 or /64: reports leave the site. Null for anything else. */
function shortened(address: string | null): string | null {
  if (address === null || !ipaddr.isValid(address)) return null;
  return ipaddr.parse(address).kind() === "ipv4"
    ? `${ipaddr.IPv4.networkAddressFromCIDR(`${address}/24`).toString()}/24`
    : `${ipaddr.IPv6.networkAddressFromCIDR(`${address}/64`).toString()}/64`;
}
