// TCP as Go's net.Dialer opens it: a race of the two families that TCP alone decides
// (golang/go src/net/dial.go: dialParallel, dialSerial, partialDeadline).
import net from "node:net";
import type { Dialer } from "../dialer.ts";
import { hostPort, syscallText } from "./words.ts";

type Dialled =
  | { readonly ok: true; readonly address: string; readonly socket: net.Socket }
  /** `dial tcp 203.0.113.10:443: i/o timeout`. */
  | { readonly ok: false; readonly text: string };

export type DialOptions = {
  readonly dialer: Dialer;
  readonly port: number;
  /** When the time for all addresses together is over; of performance.now(). */
  readonly until: number;
  /** What the first family has ahead of the other; 300 in Go. */
  readonly fallbackDelayMs: number;
};

/** One of several addresses gets at least this, if so much is left. */
const LEAST_SHARE_MS = 2_000;

/** At least one address. Without a connection the error of the first family's first address counts. */
export function dial(addresses: readonly string[], options: DialOptions): Promise<Dialled> {
  const firstFamily = net.isIP(addresses[0] ?? "");
  const primaries = addresses.filter((address) => net.isIP(address) === firstFamily);
  const fallbacks = addresses.filter((address) => net.isIP(address) !== firstFamily);
  const over = new AbortController();
  if (fallbacks.length === 0) return oneAfterTheOther(primaries, options, over.signal);

  return new Promise((resolve) => {
    let running = 2;
    let primaryError: Dialled | null = null;
    const end = (dialled: Dialled): void => {
      running -= 1;
      if (over.signal.aborted) return void (dialled.ok && dialled.socket.destroy());
      if (dialled.ok) {
        clearTimeout(headStart);
        over.abort();
        return resolve(dialled);
      }
      if (running === 0) resolve(primaryError ?? dialled);
    };
    let fallbackRuns = false;
    const startFallback = (): void => {
      if (fallbackRuns || over.signal.aborted) return;
      fallbackRuns = true;
      void oneAfterTheOther(fallbacks, options, over.signal).then(end);
    };
    const headStart = setTimeout(startFallback, options.fallbackDelayMs);
    void oneAfterTheOther(primaries, options, over.signal).then((dialled) => {
      if (!dialled.ok) {
        primaryError = dialled;
        startFallback();
      }
      end(dialled);
    });
  });
}

async function oneAfterTheOther(
  addresses: readonly string[],
  { dialer, port, until }: DialOptions,
  over: AbortSignal,
): Promise<Dialled> {
  let firstError: string | null = null;
  for (const [index, address] of addresses.entries()) {
    const leftMs = until - performance.now();
    const peer = `dial tcp ${hostPort(address, port)}`;
    if (leftMs <= 0 || over.aborted) {
      firstError ??= `${peer}: i/o timeout`;
      break;
    }
    const limit = AbortSignal.timeout(shareOf(leftMs, addresses.length - index));
    const signal = AbortSignal.any([over, limit]);
    try {
      return { ok: true, address, socket: await dialer.connect({ address, port }, signal) };
    } catch (error) {
      firstError ??= `${peer}: ${signal.aborted ? "i/o timeout" : syscallText("connect", error)}`;
    }
  }
  return { ok: false, text: firstError ?? "dial tcp: missing address" };
}

/** What one of the addresses that are left gets of the time that is left; whole milliseconds. */
function shareOf(leftMs: number, addresses: number): number {
  return Math.ceil(Math.max(leftMs / addresses, Math.min(leftMs, LEAST_SHARE_MS)));
}
