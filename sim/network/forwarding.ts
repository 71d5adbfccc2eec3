// An open connection through the gateway: each packet of it meets the firewall again, and the
// path's fault does to it what it does.
import net from "node:net";
import type { Fault } from "./faults.ts";
import type { Firewall } from "../packet.ts";
import type { Servers } from "./servers.ts";

type Open = {
  readonly client: net.Socket;
  readonly address: string;
  readonly port: number;
  readonly servers: Servers;
  readonly firewall: Firewall;
  readonly fault: Fault | null;
  /** The largest segment that either side sends. */
  readonly mss: number;
};
type Fate = "pass" | "lose" | "reset";

/** Says `ok` to the client, then carries bytes both ways until the path or an end stops it. */
export function forwardConnection(open: Open): void {
  const { client, address, servers, fault } = open;
  const delayMs = fault?.kind === "slow" ? (fault.ms ?? 0) : 0;
  const port = fault?.kind === "wrong-certificate" ? servers.wrongPort : servers.rightPort;
  const server = net.connect({ host: "127.0.0.1", port });
  const end = (): void => void (client.destroy(), server.destroy());
  server.on("error", end);
  server.on("close", () => client.end());
  client.on("close", end);
  server.on("connect", () => {
    const { localPort = 0 } = server;
    servers.expect(localPort, address);
    server.on("close", () => servers.forget(localPort));
    carry(open, server, delayMs);
    later(delayMs, client, () => client.write("ok\n"));
  });
}

function carry(open: Open, server: net.Socket, delayMs: number): void {
  const { client } = open;
  let lost = false; // TCP keeps the order: after one lost packet nothing gets through.
  let sent = 0;
  client.on("data", (chunk: Buffer) => {
    sent += 1;
    const fate = lost ? "lose" : fateOf(open, chunk, sent);
    if (fate === "reset") return void (client.resetAndDestroy(), server.destroy());
    lost = fate === "lose";
    if (!lost) later(delayMs, server, () => server.write(chunk));
  });
  server.on("data", (chunk: Buffer) => {
    if (!lost) client.write(chunk);
  });
}

function fateOf(
  { client, address, port, firewall, fault, mss }: Open,
  chunk: Buffer,
  sent: number,
): Fate {
  if (address.includes(":")) {
    const verdict = firewall({
      chain: "forward",
      family: "v6",
      dstAddress: address,
      dstPort: port,
      protocol: "tcp",
      syn: false,
      ack: true,
      srcPort: client.remotePort ?? 0,
    });
    // An ICMP error to an open connection is only a soft error: it stalls.
    if (verdict.verdict === "reject" && verdict.with === "tcp-reset") return "reset";
    if (verdict.verdict !== "accept") return "lose";
  }
  const kind = fault?.kind;
  if (kind === "reset") return "reset";
  if (kind === "tls-stall" || kind === "stall-half") return "lose";
  if (
    kind === "large-hello-stall" &&
    sent === 1 &&
    isTooLarge(chunk.length, { mss, address, fault })
  )
    return "lose";
  // In TLS 1.3 the client's second flight is the end of its handshake and its request.
  return kind === "http-stall" && sent > 1 ? "lose" : "pass";
}

/** TCP cuts a flight into segments; the largest of them has to fit. */
function isTooLarge(
  bytes: number,
  { mss, address, fault }: Pick<Open, "mss" | "address" | "fault">,
): boolean {
  if (fault?.mtu === undefined) return bytes > 1_000;
  return Math.min(bytes, mss) + (address.includes(":") ? 60 : 40) > fault.mtu;
}

/** Keeps the order: equal delays fire in the order in which they were set. */
function later(delayMs: number, target: net.Socket, act: () => void): void {
  if (delayMs === 0) return act();
  setTimeout(() => {
    if (!target.destroyed) act();
  }, delayMs);
}
