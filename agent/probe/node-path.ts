// What every probe needs of this node: its way to addresses and names, its trust, its limits.
import { setMaxListeners } from "node:events";
import type { Dialer } from "./dialer.ts";
import type { Resolving } from "./dns.ts";
import type { Trust } from "../sockets/handshake.ts";

/** All in milliseconds. */
type Limits = {
  readonly tcpMs: number;
  readonly tlsMs: number;
  readonly httpMs: number;
  /** Between the starts of two tries at one address. */
  readonly tryGapMs: number;
  /** A round ends one TLS limit plus this after it starts. */
  readonly roundSlackMs: number;
  /** Between two tries of the second look: routers limit the ICMP errors they send. */
  readonly verifyGapMs: number;
  /** How long a blocked address has to stay silent. */
  readonly verifyConnectMs: number;
  /** After this the other family is dialled too. */
  readonly fallbackDelayMs: number;
};

export type NodePath = {
  /** For what the settings name, and to ask for sources; what a job may name has `towards`. */
  readonly dialer: Dialer;
  /** Dials for this host: refuses, before anything is sent, an address inside the site. */
  readonly towards: (host: string) => Dialer;
  readonly resolving: Resolving;
  readonly trust: Trust;
  /** The resolver that is asked over HTTPS; null: none is. */
  readonly secondResolver: string | null;
  readonly limits: Limits;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
};

/** The same for as long as `end` lets it: no try goes on after that. */
export type TimedPath = NodePath & { readonly end: AbortSignal };

/** Does `work` on a path that ends after `limitMs`, or with the work. */
export async function within<T>(
  limitMs: number,
  path: NodePath,
  work: (path: TimedPath) => Promise<T>,
): Promise<T> {
  const end = new AbortController();
  setMaxListeners(0, end.signal); // One listener a stage of each try; all go with the work.
  const timer = setTimeout(() => end.abort(), limitMs);
  try {
    return await work({ ...path, end: end.signal });
  } finally {
    clearTimeout(timer);
    end.abort();
  }
}
