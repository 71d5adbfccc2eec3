// One try at one address: TCP, then TLS, then the request that a registry answers for free.
import type { Socket } from "node:net";
import type { SecureContext } from "node:tls";
import type { Family, Reading, Role } from "../../src/protocol/report.ts";
import { exchange, type Answer } from "./exchange.ts";
import { failureOf } from "./failure.ts";
import { handshake } from "./handshake.ts";
import { limited } from "./limit.ts";
import type { NodePath } from "./node-path.ts";

export const HTTPS_PORT = 443;

export type Try = {
  readonly host: string;
  readonly role: Role;
  readonly family: Family;
  readonly address: string;
  readonly try: number;
};

/** Never rejects. `trust` replaces the path's own, for the small ClientHello. */
export async function attempt(
  asked: Try,
  path: NodePath,
  roundEnd: AbortSignal,
  trust: SecureContext = path.trust,
): Promise<Reading> {
  const tcp = await limited(path.limits.tcpMs, roundEnd, (signal) =>
    path.dialer.connect(asked.address, HTTPS_PORT, signal),
  );
  if (tcp.kind !== "done")
    return { ...asked, reached: "nothing", ...failureOf(tcp), ms: { tcp: tcp.ms } };
  return speak(asked, { socket: tcp.value, ms: tcp.ms }, path, roundEnd, trust);
}

/** TLS and HTTP over a connection that is up; closes it. Never rejects. */
export async function speak(
  asked: Try,
  tcp: { readonly socket: Socket; readonly ms: number },
  path: NodePath,
  roundEnd: AbortSignal,
  trust: SecureContext = path.trust,
): Promise<Reading> {
  try {
    const tls = await limited(path.limits.tlsMs, roundEnd, (signal) =>
      handshake(tcp.socket, asked.host, trust, signal),
    );
    if (tls.kind !== "done")
      return { ...asked, reached: "tcp", ...failureOf(tls), ms: { tcp: tcp.ms, tls: tls.ms } };
    const { socket, certificateFault } = tls.value;
    const ms = { tcp: tcp.ms, tls: tls.ms };
    if (certificateFault !== null) {
      socket.destroy();
      return { ...asked, reached: "tcp", outcome: "certificate", detail: certificateFault, ms };
    }
    const http = await limited(path.limits.httpMs, roundEnd, (signal) =>
      exchange(socket, { method: "GET", host: asked.host, path: PATHS[asked.role] }, 0, signal),
    );
    socket.destroy();
    if (http.kind !== "done")
      return { ...asked, reached: "tls", ...failureOf(http), ms: { ...ms, http: http.ms } };
    return { ...asked, ...judge(asked.role, http.value, path.now()), ms: { ...ms, http: http.ms } };
  } finally {
    tcp.socket.destroy();
  }
}

/** None of these counts as a pull. */
const PATHS: Readonly<Record<Role, string>> = {
  registry: "/v2/",
  token: "/token?service=registry.docker.io",
  blob: "/",
  control: "/v2/",
};

function judge(
  role: Role,
  { status, headers }: Answer,
  now: number,
): Pick<Reading, "reached" | "outcome" | "status" | "detail"> {
  const outcome = expected(role, status) ? "ok" : "http-status";
  const skew = clockNote(headers.date, now);
  return { reached: "http", outcome, status, ...(skew === null ? {} : { detail: skew }) };
}

function expected(role: Role, status: number): boolean {
  switch (role) {
    case "control":
      return true;
    case "registry":
    case "token":
      return status === 200 || status === 401;
    case "blob":
      return status < 500 && status !== 429;
  }
}

/** A clock this far off makes valid certificates look expired. */
const CLOCK_SKEW_MS = 300_000;

function clockNote(date: string | undefined, now: number): string | null {
  const offMs = now - Date.parse(date ?? "");
  if (Number.isNaN(offMs) || Math.abs(offMs) <= CLOCK_SKEW_MS) return null;
  const side = offMs > 0 ? "ahead of" : "behind";
  return `this node's clock is ${Math.round(Math.abs(offMs) / 1000)} s ${side} the server's`;
}
