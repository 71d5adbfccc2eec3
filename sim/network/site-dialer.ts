// The way into the simulated Internet: through the gateway, from any process.
import { once } from "node:events";
import net from "node:net";
import { overTheMachine, type Dialer, type Endpoint } from "./dialer.ts";
import { connectThrough, isLoopback } from "./gateway-socket.ts";
import { NODE_SOURCES } from "./places.ts";

export type SiteDialerOptions = {
  readonly gatewayPort: number;
  /** The node's own addresses; null: no route in that family. Default: the simulated node's. */
  readonly sources?: { readonly v4: string | null; readonly v6: string | null };
};

/** Loopback addresses are this machine's own and are dialled directly. */
export function siteDialer({ gatewayPort, sources = NODE_SOURCES }: SiteDialerOptions): Dialer {
  return {
    connect: (to, signal) =>
      isLoopback(to.address)
        ? overTheMachine.connect(to, signal)
        : throughGateway(gatewayPort, to, signal),
    source: (address) =>
      isLoopback(address)
        ? overTheMachine.source(address)
        : Promise.resolve(net.isIPv6(address) ? sources.v6 : sources.v4),
  };
}

async function throughGateway(
  gatewayPort: number,
  to: Endpoint,
  signal: AbortSignal,
): Promise<net.Socket> {
  const socket = connectThrough({ gatewayPort, ...to });
  try {
    await once(socket, "connect", { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
