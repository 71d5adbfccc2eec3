// The way into the simulated Internet: through the gateway, from any process.
import net from "node:net";
import { overTheMachine, type Dialer } from "./dialer.ts";
import { NODE_SOURCES } from "./places.ts";

export type SiteDialerOptions = {
  readonly gatewayPort: number;
  /** The node's own addresses; null: no route in that family. Default: the simulated node's. */
  readonly sources?: { readonly v4: string | null; readonly v6: string | null };
};

/** Loopback addresses are this machine's own and are dialled directly. */
export function siteDialer({ gatewayPort, sources = NODE_SOURCES }: SiteDialerOptions): Dialer {
  return {
    connect: (address, port, signal, fromPort) =>
      isLoopback(address)
        ? overTheMachine.connect(address, port, signal, fromPort)
        : dial({ gatewayPort, fromPort }, address, port, signal),
    source: (address) =>
      isLoopback(address)
        ? overTheMachine.source(address)
        : Promise.resolve(net.isIPv6(address) ? sources.v6 : sources.v4),
  };
}

function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

function dial(
  { gatewayPort, fromPort }: { gatewayPort: number; fromPort: number | undefined },
  address: string,
  port: number,
  signal: AbortSignal,
): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const gateway = { host: "127.0.0.1", port: gatewayPort };
    const socket = net.connect(
      fromPort === undefined ? gateway : { ...gateway, localPort: fromPort },
    );
    let text = "";
    const settle = (error: Error | null): void => {
      signal.removeEventListener("abort", onAbort);
      socket.off("data", onData).off("error", settle).off("close", onClose).pause();
      if (error === null) return resolve(socket);
      socket.destroy();
      reject(error);
    };
    const onAbort = (): void => settle(new Error("the dial was given up"));
    const onClose = (): void => settle(connectError("ECONNRESET", address, port));
    const onData = (chunk: Buffer): void => {
      text += chunk.toString("latin1");
      const line = /^([^\n]*)\n/.exec(text)?.[1];
      if (line !== undefined) settle(line === "ok" ? null : connectError(line, address, port));
    };
    socket.on("data", onData).on("error", settle).on("close", onClose);
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    socket.write(`${net.isIPv6(address) ? "v6" : "v4"} ${address} ${port}\n`);
  });
}

/** As Node's connect puts it. */
function connectError(code: string, address: string, port: number): Error {
  const error = new Error(`connect ${code} ${address}:${port}`);
  return Object.assign(error, { code, syscall: "connect", address, port });
}
