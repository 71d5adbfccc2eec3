// One try at one address: TCP, then TLS, then the request that a registry answers for free.
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Family, Reading, Role } from "../../src/protocol/round.ts";
import { askOver } from "./exchange.ts";
import type { Answer } from "../sockets/exchange.ts";
import { failureFromPort, failureOf } from "./failure.ts";
import { handshake } from "../sockets/handshake.ts";
import { limited, type Ended } from "../sockets/limit.ts";
import type { TimedPath } from "./node-path.ts";
import { aheadIn } from "./server-clock.ts";

export const HTTPS_PORT = 443;

export type Try = {
  readonly host: string;
  readonly role: Role;
  readonly family: Family;
  readonly address: string;
  readonly try: number;
};

/** From the source port `fromPort`, if it is given. Never rejects. */
export async function attempt(asked: Try, path: TimedPath, fromPort?: number): Promise<Reading> {
  const to = { address: asked.address, port: HTTPS_PORT, fromPort };
  const tcp = await limited(path.limits.tcpMs, path.end, (signal) =>
    path.towards(asked.host).connect(to, signal),
  );
  if (tcp.kind !== "done") {
    const failure = fromPort === undefined ? failureOf(tcp) : failureFromPort(fromPort, tcp);
    return { ...asked, reached: "nothing", ...failure, ms: { tcp: tcp.ms } };
  }
  return speak(asked, { socket: tcp.value, ms: tcp.ms }, path);
}

/** TLS and HTTP over a connection that is up; closes it. Never rejects. */
export async function speak(
  asked: Try,
  tcp: { readonly socket: Socket; readonly ms: number },
  path: TimedPath,
): Promise<Reading> {
  const before = tcp.socket.bytesRead;
  try {
    const tls = await limited(path.limits.tlsMs, path.end, (signal) =>
      handshake(tcp.socket, { host: asked.host, trust: path.trust }, signal),
    );
    const ms = { tcp: tcp.ms, tls: tls.ms };
    if (tls.kind !== "done")
      return { ...asked, reached: "tcp", ...describeStall(tls, tcp.socket.bytesRead - before), ms };
    const { socket, certificateFault: fault } = tls.value;
    if (fault !== null) {
      const clock = fault.ofDate ? await clockOf(socket, asked, path) : {};
      return { ...asked, reached: "tcp", outcome: "certificate", detail: fault.text, ms, ...clock };
    }
    const http = await get(socket, asked, path);
    if (http.kind !== "done")
      return { ...asked, reached: "tls", ...failureOf(http), ms: { ...ms, http: http.ms } };
    const said = {
      ...judge(asked.role, http.value),
      ...aheadIn(http.value.headers.date, path.now()),
    };
    return { ...asked, ...said, ms: { ...ms, http: http.ms } };
  } finally {
    tcp.socket.destroy();
  }
}

/** A stall says how much of the answer arrived: none at all, or a first part. */
function describeStall(
  tls: Exclude<Ended<unknown>, { kind: "done" }>,
  bytes: number,
): ReturnType<typeof failureOf> {
  const failure = failureOf(tls);
  return tls.kind === "timeout"
    ? { ...failure, detail: `${failure.detail}, ${bytes} bytes came back` }
    : failure;
}

function get(socket: TLSSocket, { host, role }: Try, path: TimedPath): Promise<Ended<Answer>> {
  const ask = { method: "GET", host, path: PATHS[role], maxBytes: 0 } as const;
  return limited(path.limits.httpMs, path.end, (signal) => askOver(socket, ask, signal)).finally(
    () => socket.destroy(),
  );
}

/** A certificate out of date may mean this node's clock: the server is only asked for its own. */
async function clockOf(
  socket: TLSSocket,
  asked: Try,
  path: TimedPath,
): Promise<Pick<Reading, "serverAheadMs">> {
  const http = await get(socket, asked, path);
  return http.kind === "done" ? aheadIn(http.value.headers.date, path.now()) : {};
}

/** None of these counts as a pull. */
const PATHS: Readonly<Record<Role, string>> = {
  registry: "/v2/",
  token: "/token?service=registry.docker.io",
  blob: "/",
  control: "/v2/",
};

function judge(role: Role, { status }: Answer): Pick<Reading, "reached" | "outcome" | "status"> {
  return { reached: "http", outcome: isExpected(role, status) ? "ok" : "http-status", status };
}

function isExpected(role: Role, status: number): boolean {
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
