// How a probe reaches an address: the node's own network, or a simulated one that tests hand in.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import net from "node:net";
import ipaddr from "ipaddr.js";
import { openTcp } from "../sockets/dial.ts";
import { errorCode } from "./failure.ts";

export type Endpoint = {
  /** A literal. */
  readonly address: string;
  readonly port: number;
  /** The source port; any if left out. */
  readonly fromPort?: number | undefined;
};

export interface Dialer {
  /**
   * Opens TCP and resolves when it is up. Rejects with an Error that has `code` as Node's connect
   * gives it; on abort it destroys the socket and rejects.
   */
  connect(to: Endpoint, signal: AbortSignal): Promise<net.Socket>;
  /** This node's source address towards it; null without a route or a source. Sends no packet. */
  source(address: string): Promise<string | null>;
}

/** The node's own network. */
export function directDialer(): Dialer {
  return {
    connect: ({ address, ...ports }, signal) => openTcp({ host: address, ...ports }, signal),
    source,
  };
}

/** Linux answers these when the routing table has no way out, or only an unreachable route. */
const NO_WAY_OUT = ["ENETUNREACH", "EHOSTUNREACH", "EADDRNOTAVAIL", "EAFNOSUPPORT", "EACCES"];

async function source(address: string): Promise<string | null> {
  const socket = createSocket(net.isIPv6(address) ? "udp6" : "udp4");
  try {
    // Connecting a UDP socket only asks the routing table. The port does not matter.
    socket.connect(443, address);
    await once(socket, "connect");
    const from = socket.address().address;
    return ipaddr.process(from).range() === "linkLocal" ? null : from;
  } catch (error) {
    if (NO_WAY_OUT.includes(errorCode(error))) return null;
    throw error;
  } finally {
    socket.close();
  }
}
