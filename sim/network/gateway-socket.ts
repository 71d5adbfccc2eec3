// A socket whose other end is behind the gateway. To its user it is one of Node's own that connects:
// `connect` when the far end has answered, an error with the errno when the path refuses.
import net from "node:net";

export type Through = {
  readonly gatewayPort: number;
  /** Of the simulated Internet. */
  readonly address: string;
  readonly port: number;
  /** The source port; any if left out. */
  readonly fromPort?: number | undefined;
};

const connect = net.connect;

/** At once; the connection comes up, fails or stays silent later. */
export function connectThrough({ gatewayPort, address, port, fromPort }: Through): net.Socket {
  const gateway = { host: "127.0.0.1", port: gatewayPort };
  const socket = connect(fromPort === undefined ? gateway : { ...gateway, localPort: fromPort });
  const emit = socket.emit.bind(socket);
  const refuse = (code: string): void =>
    void socket.destroy(
      Object.assign(new Error(`connect ${code} ${address}:${port}`), {
        code,
        syscall: "connect",
        address,
        port,
      }),
    );
  let text = "";
  const hear = (chunk: unknown): void => {
    text += String(chunk);
    const line = /^([^\n]*)\n/.exec(text)?.[1];
    if (line === undefined) return;
    if (line !== "ok") return refuse(line);
    socket.pause();
    socket.emit = emit;
    emit("connect");
    emit("ready");
  };
  // Until the gateway has answered, only a failure is for the user.
  socket.emit = (event: string | symbol, ...given: unknown[]): boolean => {
    if (event === "error" || event === "close") return emit(event, ...given);
    if (event === "data") hear(given[0]);
    if (event === "end") refuse("ECONNRESET");
    if (event === "connect") {
      socket.write(`${net.isIPv6(address) ? "v6" : "v4"} ${address} ${port}\n`);
      socket.resume();
    }
    return true;
  };
  return socket;
}

/** Loopback addresses are this machine's own. */
export function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}
