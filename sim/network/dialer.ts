// How a program of the simulated node reaches an address: over the gateway, or over a real network.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import net from "node:net";

export type Endpoint = {
  /** A literal. */
  readonly address: string;
  readonly port: number;
  readonly fromPort?: number | undefined;
};

export type Dialer = {
  /** TCP. Rejects with the error of connect(2) as Node puts it, or on abort. */
  connect(to: Endpoint, signal: AbortSignal): Promise<net.Socket>;
  /** The node's own address towards it; null if there is no way out. Sends no packet. */
  source(address: string): Promise<string | null>;
};

/** Over this machine's own network. */
export const overTheMachine: Dialer = {
  async connect({ address, port, fromPort }, signal) {
    const socket = net.connect({
      host: address,
      port,
      autoSelectFamily: false,
      ...(fromPort === undefined ? {} : { localPort: fromPort }),
    });
    try {
      await once(socket, "connect", { signal });
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return socket;
  },
  async source(address) {
    const probe = createSocket(net.isIPv6(address) ? "udp6" : "udp4");
    const own = once(probe, "connect").then(
      () => probe.address().address,
      () => null,
    );
    probe.connect(9, address);
    try {
      return await own;
    } finally {
      probe.close();
    }
  },
};
