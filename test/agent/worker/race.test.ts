import { once } from "node:events";
import https from "node:https";
import http from "node:http";
import net from "node:net";
import { expect, onTestFinished, test } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import { racingAgent, type RacingOptions } from "../../../agent/worker/race.ts";
import { labCertificates } from "../../../sim/network/certificates.ts";

const { caPem, right } = await labCertificates();
// A name in the lab's certificate; where it leads is up to each test.
const HOST = "one.one.one.one";

async function aWorker(): Promise<{ port: number; server: https.Server }> {
  const server = https.createServer({ key: right.key, cert: right.cert }, (_, response) =>
    response.end("hello"),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { server, port: (server.address() as net.AddressInfo).port };
}

/** Accepts TCP on ::1 and never says a word. */
async function aSilentV6(port: number): Promise<Set<net.Socket>> {
  const open = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    open.add(socket.resume());
    socket.on("close", () => open.delete(socket));
  });
  server.listen(port, "::1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return open;
}

const bothFamilies: NonNullable<RacingOptions["lookup"]> = (_, family) =>
  Promise.resolve(family === 6 ? ["::1"] : ["127.0.0.1"]);

function anAgent(changes: Partial<RacingOptions> = {}): http.Agent {
  return racingAgent({
    secure: true,
    extraCaPem: caPem,
    lookup: bothFamilies,
    connectTimeoutMs: 2_000,
    headStartMs: 30,
    ...changes,
  });
}

async function get(port: number, agent: http.Agent): Promise<string> {
  const request = https.get({ host: HOST, port, path: "/", agent });
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  return (await response.toArray()).join("");
}

test("an IPv6 that accepts TCP and never answers TLS does not silence the agent", async () => {
  const { port } = await aWorker();
  const open = await aSilentV6(port);
  const startedAt = performance.now();

  const body = await get(port, anAgent());

  expect(body).toBe("hello");
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  await expect.poll(() => open.size).toBe(0);
});

test("an IPv6 that refuses gives way to IPv4 at once", async () => {
  const { port } = await aWorker();
  const startedAt = performance.now();

  const body = await get(port, anAgent({ headStartMs: 5_000, connectTimeoutMs: 10_000 }));

  expect(body).toBe("hello");
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});

test("a lookup of IPv6 that never ends does not hold IPv4 up", async () => {
  const { port } = await aWorker();
  const lookup: RacingOptions["lookup"] = (host, family) =>
    family === 6 ? new Promise(() => {}) : bothFamilies(host, family);

  expect(await get(port, anAgent({ lookup }))).toBe("hello");
});

test("the third address of a family is tried, the fourth is not", async () => {
  const { port } = await aWorker();
  const dead = ["127.0.0.2", "127.0.0.3", "127.0.0.4"];
  const v4Only = (addresses: readonly string[]) =>
    anAgent({ lookup: (_, family) => Promise.resolve(family === 4 ? addresses : []) });

  expect(await get(port, v4Only([...dead.slice(0, 2), "127.0.0.1"]))).toBe("hello");
  const asked = get(port, v4Only([...dead, "127.0.0.1"]));
  await expect(asked).rejects.toThrow(`connect ECONNREFUSED 127.0.0.4:${port}`);
});

test("with both families dead one error names both tries", async () => {
  const { port, server } = await aWorker();
  await aSilentV6(port);
  server.close();
  await once(server, "close");

  const asked = get(port, anAgent({ connectTimeoutMs: 200 }));

  await expect(asked).rejects.toThrow(
    `connecting to ${HOST}:${port} failed: [::1]:${port}: TLS: not finished in time; ` +
      `127.0.0.1:${port}: TCP: connect ECONNREFUSED 127.0.0.1:${port}`,
  );
});

test("a certificate for another name is refused", async () => {
  const { port } = await aWorker();
  const request = https.get({ host: "worker.example", port, path: "/", agent: anAgent() });

  await expect(once(request, "response")).rejects.toThrow("does not match certificate's altnames");
});

test("a WebSocket of ws opens through it", async () => {
  const { port, server } = await aWorker();
  await aSilentV6(port);
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket) => socket.send("ring"));

  const socket = new WebSocket(`wss://${HOST}:${port}/`, { agent: anAgent() });
  const [message] = (await once(socket, "message")) as [Buffer];

  expect(message.toString()).toBe("ring");
  socket.terminate();
});

test("plain http is raced too, for a Worker on this machine", async () => {
  const server = http.createServer((_, response) => response.end("plain"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as net.AddressInfo;

  const request = http.get({ host: "127.0.0.1", port, agent: racingAgent({ secure: false }) });
  const [response] = (await once(request, "response")) as [http.IncomingMessage];

  expect((await response.toArray()).join("")).toBe("plain");
});
