// Every registry of the lab's Internet behind one listening socket on port 443: which host a client
// reaches is said by the address it came to.
import { once } from "node:events";
import https from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import net, { type Socket } from "node:net";
import { YEAR_MS, type KeyPair, type LabCertificates } from "../../sim/network/certificates.ts";
import { goodBehaviour, registryAnswers } from "../../sim/network/registry-answers.ts";
import { hostAtAddress } from "./addresses.ts";
import type { Served, Steering } from "./steering.ts";

export type InternetServers = {
  readonly served: readonly Served[];
  steer(steering: Steering): void;
  reset(): void;
};

type Reached = Pick<Served, "family" | "address" | "host">;

/** Listens on every address of this machine, both families, until the process ends. */
export async function startInternetServers(
  certificates: LabCertificates,
): Promise<InternetServers> {
  const behaviour = goodBehaviour();
  const answer = registryAnswers(behaviour);
  const served: Served[] = [];
  let steering: Steering = {};

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const reached = reachedBy(request.socket);
    const { method = "", url: path = "" } = request;
    served.push({ ...reached, method, path, at: Date.now() });
    const date = Date.now() + (steering.yearAhead === true ? YEAR_MS : 0);
    response.setHeader("date", new Date(date).toUTCString());
    const wait = path.includes("/sha256/") ? (steering.slowLayersMs ?? 0) : 0;
    if (wait === 0) return answer(reached.host, request, response);
    const timer = setTimeout(() => answer(reached.host, request, response), wait);
    response.once("close", () => clearTimeout(timer));
  };
  const tls = {
    right: tlsServer(certificates.right, handle),
    wrong: tlsServer(certificates.wrong, handle),
    later: tlsServer(certificates.later, handle),
  };
  await listenEverywhere((socket) => {
    const reached = reachedBy(socket);
    const delayMs = delayOf(reached, steering);
    const shake = (): void =>
      void tls[certificateFor(reached, steering)].emit("connection", socket);
    if (delayMs === 0) return shake();
    const timer = setTimeout(shake, delayMs);
    socket.once("close", () => clearTimeout(timer));
  });

  return {
    served,
    steer: (more) => {
      steering = { ...steering, ...more };
      for (const [host, status] of Object.entries(more.status ?? {}))
        behaviour.status.set(host, status);
    },
    reset: () => {
      steering = {};
      behaviour.status.clear();
    },
  };
}

async function listenEverywhere(accept: (socket: Socket) => void): Promise<void> {
  const server = net.createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    // Clients that give up are what this place is for.
    socket.on("error", () => socket.destroy());
    accept(socket);
  });
  server.listen({ port: 443, host: "::", backlog: 1024 });
  await once(server, "listening");
}

function tlsServer(
  { key, cert }: KeyPair,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): https.Server {
  // Slow clients give up by themselves; real registries keep an idle connection for a minute.
  const patience = { handshakeTimeout: 120_000, keepAliveTimeout: 60_000 };
  return https.createServer({ key, cert, ...patience }, handle);
}

function reachedBy(socket: Socket): Reached {
  const address = (socket.localAddress ?? "").replace(/^::ffff:/, "");
  const family = address.includes(":") ? "v6" : "v4";
  return { family, address, host: hostAtAddress(address) ?? "" };
}

function delayOf({ host, family }: Reached, { slowOverIpv6: slow }: Steering): number {
  return slow !== undefined && family === "v6" && slow.hosts.includes(host) ? slow.ms : 0;
}

function certificateFor(
  { host, family }: Reached,
  { wrongCertificate, yearAhead }: Steering,
): "right" | "wrong" | "later" {
  const wrong = wrongCertificate;
  if (wrong?.hosts.includes(host) === true && wrong.families.includes(family)) return "wrong";
  return yearAhead === true ? "later" : "right";
}
