// The size of the first flight decides what it finds out about the path.
import { once } from "node:events";
import net from "node:net";
import { expect, onTestFinished, test } from "vitest";
import {
  handshake,
  smallHelloTrustOf,
  trustOf,
  type Trust,
} from "../../../agent/sockets/handshake.ts";

/** The bytes of the first flight; the server never answers. */
async function firstFlight(trust: Trust): Promise<number> {
  const server = net.createServer();
  onTestFinished(() => void server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = net.connect((server.address() as net.AddressInfo).port, "127.0.0.1");
  const [connection] = (await once(server, "connection")) as [net.Socket];
  const stop = new AbortController();
  const shaken = handshake(client, { host: "registry-1.docker.io", trust }, stop.signal).catch(
    () => null,
  );
  const [bytes] = (await once(connection, "data")) as [Buffer];
  stop.abort();
  connection.destroy();
  await shaken;
  return bytes.length;
}

test("the usual ClientHello is as large as that of a Go client of today", async () => {
  expect(await firstFlight(trustOf(null))).toBeGreaterThan(1_400);
});

test("the small ClientHello fits any packet that IPv6 must carry", async () => {
  expect(await firstFlight(smallHelloTrustOf(null))).toBeLessThan(600);
});
