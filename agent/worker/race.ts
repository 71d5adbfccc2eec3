// The agent's own way to the Worker. Node races the families on TCP only; here the first to finish
// TLS wins, so that an IPv6 path whose TLS stalls does not silence the agent.
import dns from "node:dns/promises";
import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import type tls from "node:tls";
import { errorText } from "../basics/error-text.ts";
import { dialWith, openTcp, openTls } from "../sockets/dial.ts";
import { trustOf } from "../sockets/handshake.ts";

type IpFamily = 4 | 6;
export type RacingOptions = {
  /** True for https: and wss:, false for http: and ws:. */
  readonly secure: boolean;
  /** From the question to a connection that can be used; default 10,000. */
  readonly connectTimeoutMs?: number;
  /** How long IPv6 is ahead of IPv4; default 300, as Go's dialer. */
  readonly headStartMs?: number;
  /** A CA (PEM) that counts besides Node's own roots. */
  readonly extraCaPem?: string | null;
  /** Addresses of a name in one family; default: the system's resolver. */
  readonly lookup?: (host: string, family: IpFamily) => Promise<readonly string[]>;
};

type Race = {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
  readonly headStartMs: number;
  readonly lookup: NonNullable<RacingOptions["lookup"]>;
  /** Aborts once one has won, or the time is up. */
  readonly over: AbortSignal;
  /** Null: plain TCP. */
  readonly trust: tls.SecureContext | null;
};

/** For `agent` of node:https, node:http and ws. One connection a request; none is kept. */
export function racingAgent(options: RacingOptions): http.Agent {
  const base = {
    timeoutMs: options.connectTimeoutMs ?? 10_000,
    headStartMs: options.headStartMs ?? 300,
    lookup: options.lookup ?? systemLookup,
    trust: options.secure ? trustOf(options.extraCaPem ?? null).context : null,
  };
  const agent = options.secure ? new https.Agent() : new http.Agent();
  dialWith(agent, (wanted) => {
    const host = (wanted.host ?? "localhost").replace(/^\[(.*)\]$/, "$1");
    const port = Number(wanted.port ?? wanted.defaultPort ?? (options.secure ? 443 : 80));
    return race({ ...base, host, port });
  });
  return agent;
}

async function systemLookup(host: string, family: IpFamily): Promise<readonly string[]> {
  const found = await dns.lookup(host, { family, all: true });
  return found.map((entry) => entry.address);
}

/** Rejects with one error that names every try. The loser is destroyed. */
async function race(wanted: Omit<Race, "over">): Promise<net.Socket> {
  const over = new AbortController();
  const asked = { ...wanted, over: over.signal };
  const timer = setTimeout(() => over.abort(), asked.timeoutMs);
  const started = Promise.withResolvers<void>();
  const headStart = setTimeout(started.resolve, asked.headStartMs);
  // An IPv6 side that has failed, or has no address, gives the way free at once.
  const v6 = dialFamily(asked, 6, Promise.resolve());
  const v4 = dialFamily(asked, 4, started.promise);
  const ends = [v6.finally(started.resolve), v4];
  try {
    return await Promise.any(ends);
  } catch (cause) {
    const tries =
      cause instanceof AggregateError ? cause.errors.map(errorText) : [errorText(cause)];
    const message = `connecting to ${asked.host}:${asked.port} failed: ${tries.join("; ")}`;
    throw new Error(message, { cause });
  } finally {
    clearTimeout(timer);
    clearTimeout(headStart);
    started.resolve();
    over.abort();
  }
}

/** More addresses than this only take time away from those before. */
const MOST_ADDRESSES = 3;

/** The addresses of one family in turn; each gets an equal share of the time. */
async function dialFamily(
  asked: Race,
  family: IpFamily,
  ready: Promise<void>,
): Promise<net.Socket> {
  const { over } = asked;
  const addresses = (await addressesOf(asked, family)).slice(0, MOST_ADDRESSES);
  await ready;
  const faults: string[] = [];
  const shareMs = Math.ceil(asked.timeoutMs / addresses.length); // Node refuses a fraction.
  for (const address of addresses) {
    if (over.aborted) break;
    const limit = AbortSignal.any([over, AbortSignal.timeout(shareMs)]);
    try {
      return await connect(asked, address, limit);
    } catch (error) {
      faults.push(errorText(error));
    }
  }
  throw new Error(faults.length > 0 ? faults.join("; ") : `no IPv${family} address`);
}

async function addressesOf(
  { host, lookup, over }: Race,
  family: IpFamily,
): Promise<readonly string[]> {
  if (net.isIP(host) !== 0) return net.isIP(host) === family ? [host] : [];
  // The system's resolver cannot be stopped; the race ends without it.
  const ended = once(over, "abort").then(() => {
    throw new Error(`IPv${family} lookup of ${host}: no answer in time`);
  });
  return Promise.race([lookup(host, family), ended]);
}

async function connect(asked: Race, address: string, limit: AbortSignal): Promise<net.Socket> {
  const { host, port, trust } = asked;
  const at = `${net.isIPv6(address) ? `[${address}]` : address}:${port}`;
  let stage = "TCP";
  try {
    const tcp = await openTcp({ host: address, port }, limit);
    if (trust === null) return tcp;
    stage = "TLS";
    const asked = { host, ALPNProtocols: ["http/1.1"], secureContext: trust };
    return await openTls(tcp, asked, limit);
  } catch (cause) {
    const why = limit.aborted ? "not finished in time" : errorText(cause);
    throw new Error(`${at}: ${stage}: ${why}`, { cause });
  }
}
