// The simulated hosts' TLS servers: one with the right certificate, one with a wrong one. The
// gateway says which address a connection is for; that decides which host answers.
import { once } from "node:events";
import https from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { KeyPair, LabCertificates } from "./certificates.ts";
import { hostAt } from "./places.ts";
import { goodBehaviour, registryAnswers, type Behaviour } from "./registry-answers.ts";

/** A request that reached a server. `at` is milliseconds since the epoch. */
type Hit = {
  readonly family: "v4" | "v6";
  readonly address: string;
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly at: number;
};
export type Servers = {
  readonly rightPort: number;
  readonly wrongPort: number;
  readonly behaviour: Behaviour;
  readonly hits: readonly Hit[];
  /** A connection from this local port is for this address of the simulated Internet. */
  expect(port: number, address: string): void;
  forget(port: number): void;
  /** Back to good behaviour. */
  reset(): void;
  close(): Promise<void>;
};

export async function startServers(certificates: LabCertificates): Promise<Servers> {
  const behaviour = goodBehaviour();
  const answer = registryAnswers(behaviour);
  const peers = new Map<number, string>();
  const hits: Hit[] = [];
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const address = peers.get(request.socket.remotePort ?? 0) ?? "";
    const host = hostAt(address) ?? "";
    const family = address.includes(":") ? "v6" : "v4";
    const { method = "", url: path = "" } = request;
    hits.push({ family, address, host, method, path, at: Date.now() });
    answer(host, request, response);
  };
  const right = await listen(certificates.right, handle);
  const wrong = await listen(certificates.wrong, handle);
  return {
    rightPort: (right.address() as AddressInfo).port,
    wrongPort: (wrong.address() as AddressInfo).port,
    behaviour,
    hits,
    expect: (port, address) => void peers.set(port, address),
    forget: (port) => void peers.delete(port),
    reset: () => {
      behaviour.status.clear();
      behaviour.missing.clear();
      behaviour.quota = goodBehaviour().quota;
    },
    close: async () => {
      await Promise.all([stop(right), stop(wrong)]);
    },
  };
}

async function listen(
  pair: KeyPair,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<https.Server> {
  const server = https.createServer({ key: pair.key, cert: pair.cert }, handle);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

async function stop(server: https.Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
