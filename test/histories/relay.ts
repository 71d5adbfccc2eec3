// Stands between the agent and the router: carries every byte, and can cut both sides after any.
import { createServer, connect, type AddressInfo, type Socket } from "node:net";

type Cut = { readonly from: "client" | "router"; readonly bytes: number };

export type Relay = {
  readonly port: number;
  /** Cuts all connections once this many more bytes came from one side; tells so right then. */
  arm(cut: Cut | null, onCut: () => void): void;
  /** Cuts all connections now. */
  cut(): void;
  /** From now on each new connection is cut at once: there is nobody behind it any more. */
  refuse(refuses: boolean): void;
  /** What clients sent since this was last asked, one text for each connection. */
  taken(): string[];
  close(): Promise<void>;
};

export async function openRelay(to: { host: string; port: number }): Promise<Relay> {
  const open = new Set<Socket>();
  let sent: Buffer[][] = [];
  let armed: { from: Cut["from"]; left: number; onCut: () => void } | null = null;
  let refuses = false;

  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  const carry = (from: Cut["from"], chunk: Buffer, onto: Socket) => {
    if (!open.has(onto)) return;
    if (armed === null || armed.from !== from || chunk.length <= armed.left) {
      if (armed?.from === from) armed.left -= chunk.length;
      onto.write(chunk);
      return;
    }
    const { left, onCut } = armed;
    armed = null;
    const doomed = [...open];
    open.clear();
    onCut();
    const end = () => doomed.forEach((socket) => socket.destroy());
    if (left > 0) onto.write(chunk.subarray(0, left), end);
    else end();
  };
  const server = createServer((client) => {
    if (refuses) {
      client.on("error", () => client.destroy()).destroy();
      return;
    }
    const router = connect({ ...to, noDelay: true });
    client.setNoDelay(true);
    const seen: Buffer[] = [];
    sent.push(seen);
    for (const [socket, other] of [
      [client, router],
      [router, client],
    ] as const) {
      open.add(socket);
      // Whatever ended one side ends the other; what it was does not matter here.
      socket.on("error", () => socket.destroy());
      socket.once("close", () => {
        open.delete(socket);
        other.destroy();
      });
    }
    client.on("data", (chunk: Buffer) => {
      seen.push(chunk);
      carry("client", chunk, router);
    });
    router.on("data", (chunk: Buffer) => carry("router", chunk, client));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    arm(wanted, onCut) {
      armed = wanted === null ? null : { from: wanted.from, left: wanted.bytes, onCut };
    },
    cut,
    refuse: (now) => void (refuses = now),
    taken() {
      const texts = sent.map((chunks) => Buffer.concat(chunks).toString("latin1"));
      sent = [];
      return texts;
    },
    close: () =>
      new Promise<void>((resolve) => {
        cut();
        server.close(() => resolve());
      }),
  };
}
