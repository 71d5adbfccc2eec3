// TCP and TLS for all who dial: each is up when its promise resolves, and gone when it rejects.
import { once } from "node:events";
import type { Agent, ClientRequestArgs } from "node:http";
import net from "node:net";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import { errorText } from "../basics/error-text.ts";

export type TcpEnd = {
  /** A literal, or a name where the system's resolver and its race between the families will do. */
  readonly host: string;
  readonly port: number;
  /** The source port; any if left out. */
  readonly fromPort?: number | undefined;
};

/** Rejects with the error of connect(2) as Node puts it, or on abort. */
export function openTcp(
  { host, port, fromPort }: TcpEnd,
  signal: AbortSignal,
): Promise<net.Socket> {
  // The family of a literal is explicit: Node's own family race would hide a fault.
  const to = { host, port, family: net.isIP(host) };
  const socket = net.connect(fromPort === undefined ? to : { ...to, localPort: fromPort });
  return whenUp(socket, "connect", signal);
}

/** `host`: whom the certificate has to be for. Closes the connection where TLS does not come up. */
export async function openTls(
  connection: net.Socket,
  { host, ...options }: tls.ConnectionOptions & { readonly host: string },
  signal: AbortSignal,
): Promise<tls.TLSSocket> {
  const name = net.isIP(host) === 0 ? { servername: host } : {};
  const secure = tls.connect({ ...options, ...name, host, socket: connection });
  try {
    return await whenUp(secure, "secureConnect", signal);
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

async function whenUp<T extends net.Socket>(
  socket: T,
  event: "connect" | "secureConnect",
  signal: AbortSignal,
): Promise<T> {
  try {
    await once(socket, event, { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** From now on the agent's connections are those that `open` makes. */
export function dialWith(
  agent: Agent,
  open: (wanted: ClientRequestArgs) => Promise<net.Socket>,
): void {
  agent.createConnection = (wanted, callback) => {
    void handOver(open(wanted), callback);
    return undefined;
  };
}

type Callback = (error: Error | null, socket: Duplex) => void;

async function handOver(opening: Promise<net.Socket>, callback?: Callback): Promise<void> {
  let socket: net.Socket;
  try {
    socket = await opening;
  } catch (cause) {
    // Node reads only the error; the types ask for a socket as well.
    callback?.(cause instanceof Error ? cause : new Error(errorText(cause)), new net.Socket());
    return;
  }
  callback?.(null, socket);
}
