// What can go wrong between us and the router, and which next move each kind calls for.
import type { Failure } from "../ports/result.ts";

export type FaultKind =
  /** No connection; nothing was sent. */
  | "unreachable"
  /** The router's certificate or key is not the expected one; nothing was sent. */
  | "certificate"
  /** Not sent: the right to write, or the caller's time, ran out before its turn. */
  | "not-sent"
  /** Not sent: rows may have other ids since they were read. */
  | "stale-id"
  /** Time ran out or the connection broke after sending: nobody knows what happened. */
  | "broken"
  /** Credentials refused: 401 or 403. */
  | "login"
  /** The user's group lacks a policy. */
  | "rights"
  /** A row that can't be changed, or a user who may not change any: the same answer for both. */
  | "unchangeable"
  | "not-found"
  /** An equal list entry is there. */
  | "exists"
  /** The router understood and said no. */
  | "refused"
  /** 5xx without `(9)`, or `Session closed`. */
  | "server"
  /** An answer, but not of the shape asked for: the router is still starting, or mixed up. */
  | "malformed";

export type RouterFault = {
  readonly kind: FaultKind;
  /** Method, path and router, as in `PUT /rest/ipv6/firewall/filter on 192.0.2.1`. */
  readonly what: string;
  readonly status: number | null;
  readonly detail: string;
};

type Move = { readonly next: Failure["next"]; readonly advice: string };

const MOVES: Readonly<Record<FaultKind, Move>> = {
  unreachable: { next: "retry", advice: "check ROUTER_URL and the router's www-ssl service" },
  certificate: {
    next: "give-up",
    advice: "check ROUTER_CA_FILE, ROUTER_SERVERNAME and ROUTER_SPKI_SHA256; no password was sent",
  },
  "not-sent": { next: "retry", advice: "nothing was sent" },
  "stale-id": { next: "retry", advice: "the router is read again" },
  broken: { next: "retry", advice: "the outcome is unknown until the router is read again" },
  login: {
    next: "give-up",
    advice:
      "check ROUTER_USER, ROUTER_PASSWORD, the user's address and the group's rest-api policy; not tried again",
  },
  rights: {
    next: "give-up",
    advice: "the user's group needs the policies read, write, api and rest-api; not tried again",
  },
  unchangeable: {
    next: "give-up",
    advice:
      "the row can't be changed, or the user's group lacks write (read, write, api and rest-api are needed); not tried again",
  },
  exists: { next: "retry", advice: "the router is read again" },
  "not-found": { next: "retry", advice: "it is gone; the router is read again" },
  refused: { next: "give-up", advice: "the router does not accept this; giving up" },
  server: { next: "retry", advice: "tried again later" },
  malformed: { next: "retry", advice: "the router is not ready; tried again later" },
};

/** The failure that the core sees; `uncertain` only where a write may have happened unread. */
export function failureOf(fault: RouterFault, uncertain = false): Failure {
  const { next, advice } = MOVES[fault.kind];
  const status = fault.status === null ? "" : `${fault.status} `;
  const message = `${fault.what}: ${status}${fault.detail}; ${advice}`;
  const unreachable = fault.kind === "unreachable" ? { unreachable: true } : {};
  return { next, uncertain, message, ...unreachable };
}

/** After these the connection is not to be trusted: pause, a new one, a check, then a look. */
export function leavesDoubt(fault: RouterFault): boolean {
  return fault.kind === "broken" || fault.kind === "server" || fault.kind === "unreachable";
}

/** After these no row may be named by an id of before: the router is read first. */
export function needsALook(fault: RouterFault): boolean {
  return leavesDoubt(fault) || fault.kind === "stale-id";
}

/** After these no further write is tried: it would fare no better. */
export function endsWriting(fault: RouterFault): boolean {
  return !["broken", "server", "exists"].includes(fault.kind);
}
