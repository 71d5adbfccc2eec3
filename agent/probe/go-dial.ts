// Dials as Go's net.Dialer does, and so as containerd, CRI-O and Docker do: the race between the
// families is decided by TCP alone (golang/go src/net/dial.go, dialParallel).
import net from "node:net";
import ipaddr from "ipaddr.js";
import { HTTPS_PORT } from "./attempt.ts";
import { limited, pause, since, type Ended } from "../sockets/limit.ts";
import type { Dialer } from "./dialer.ts";
import type { TimedPath } from "./node-path.ts";

export type Dial =
  | {
      readonly ok: true;
      readonly address: string;
      readonly socket: net.Socket;
      readonly ms: number;
    }
  | { readonly ok: false; readonly address: string; readonly ended: FailedEnd };
type FailedEnd = Exclude<Ended<unknown>, { kind: "done" }>;

/** Go's share of the time for one of several addresses is never less (partialDeadline). */
const LEAST_SHARE_MS = 2_000;

/**
 * The first address decides which family is dialled first; the other follows after the fallback
 * delay, or at once when the first has failed. Without a winner the first family's error counts,
 * as in Go. Null without addresses. `ms` counts from the start of the race; the limit for TCP is for
 * all addresses together, as the timeout of Go's dialer.
 */
export async function dialAsGo(
  addresses: readonly string[],
  host: string,
  { towards, limits, end }: TimedPath,
): Promise<Dial | null> {
  const [lead] = addresses;
  if (lead === undefined) return null;
  const sameFamily = (address: string): boolean => net.isIP(address) === net.isIP(lead);
  const others = addresses.filter((address) => !sameFamily(address));
  const startedAt = performance.now();
  const over = new AbortController();
  const stop = (): void => over.abort();
  end.addEventListener("abort", stop, { once: true });

  const race = { dialer: towards(host), until: startedAt + limits.tcpMs, over: over.signal };
  const first = oneByOne(lead, addresses.filter(sameFamily).slice(1), race);
  const dials = [first];
  const [head, ...rest] = others;
  if (head !== undefined)
    dials.push(
      afterDelay(first, limits.fallbackDelayMs, over.signal).then(() => oneByOne(head, rest, race)),
    );
  const winner = await firstUp(dials);
  over.abort();
  end.removeEventListener("abort", stop);
  for (const dial of dials)
    void dial.then((late) => late.ok && late !== winner && late.socket.destroy());
  return winner.ok ? { ...winner, ms: since(startedAt) } : winner;
}

/** Resolves when the delay is over or the first family has failed. */
async function afterDelay(first: Promise<Dial>, delayMs: number, end: AbortSignal): Promise<void> {
  const failed = new Promise<void>((resolve) => {
    void first.then((dial) => {
      if (!dial.ok) resolve();
    });
  });
  await Promise.race([pause(delayMs, end), failed]);
}

type Race = {
  readonly dialer: Dialer;
  /** Of performance.now. */
  readonly until: number;
  /** Aborts once one is up. */
  readonly over: AbortSignal;
};

/** The addresses of one family in turn; the first error is the one that counts. */
async function oneByOne(address: string, rest: readonly string[], race: Race): Promise<Dial> {
  const { dialer, until, over } = race;
  const leftMs = Math.max(until - performance.now(), 0);
  const shareMs = Math.max(leftMs / (rest.length + 1), Math.min(leftMs, LEAST_SHARE_MS));
  const tcp = await limited(shareMs, over, (signal) =>
    dialer.connect({ address, port: HTTPS_PORT }, signal),
  );
  if (tcp.kind === "done") return { ok: true, address, socket: tcp.value, ms: tcp.ms };
  const failed = { ok: false, address, ended: tcp } as const;
  const [next, ...others] = rest;
  if (next === undefined || performance.now() >= until) return failed;
  const later = await oneByOne(next, others, race);
  return later.ok ? later : failed;
}

/** The first that is up; if none is, what became of the first family. */
function firstUp(dials: readonly Promise<Dial>[]): Promise<Dial> {
  return new Promise((resolve) => {
    for (const dial of dials)
      void dial.then((ended) => {
        if (ended.ok) resolve(ended);
      });
    void Promise.all(dials).then(([lead]) => {
      if (lead !== undefined) resolve(lead);
    });
  });
}

/** The addresses in the order in which Go dials them. */
export async function sortedAsGo(
  v4: readonly string[],
  v6: readonly string[],
  dialer: Dialer,
): Promise<readonly string[]> {
  const [lead] = v6;
  if (lead === undefined) return v4;
  // Go also takes any failure to find a source for "no source".
  const source = await dialer.source(lead).catch(() => null);
  return prefersIpv6(source) ? [...v6, ...v4] : [...v4, ...v6];
}

/**
 * RFC 6724 for a global destination: IPv6 first, unless this node has no source for it or only
 * one that loses against IPv4 (unique local, Teredo, 6to4).
 */
function prefersIpv6(source: string | null): boolean {
  if (source === null || !net.isIPv6(source)) return false;
  return !["uniqueLocal", "teredo", "6to4"].includes(ipaddr.IPv6.parse(source).range());
}
