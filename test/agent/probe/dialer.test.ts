import { once } from "node:events";
import net from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { directDialer } from "../../../agent/probe/dialer.ts";

const never = new AbortController().signal;

async function aListener(host: string): Promise<number> {
  const server = net.createServer((socket) => socket.destroy());
  server.listen(0, host);
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as net.AddressInfo).port;
}

test.each(["127.0.0.1", "::1"])("the node's own network reaches a listener on %s", async (host) => {
  const port = await aListener(host);

  const socket = await directDialer().connect({ address: host, port }, never);

  expect(socket.remoteAddress).toBe(host);
  socket.destroy();
});

test("a closed port rejects with Node's code", async () => {
  const closed = net.createServer().listen(0, "127.0.0.1");
  await once(closed, "listening");
  const { port } = closed.address() as net.AddressInfo;
  closed.close();

  await expect(directDialer().connect({ address: "127.0.0.1", port }, never)).rejects.toMatchObject(
    {
      code: "ECONNREFUSED",
    },
  );
});

test("a dial that is given up rejects", async () => {
  const port = await aListener("127.0.0.1");

  const dial = directDialer().connect({ address: "127.0.0.1", port }, AbortSignal.abort());

  await expect(dial).rejects.toMatchObject({ name: "AbortError" });
});

test.each(["127.0.0.1", "::1"])("the source towards %s is that address", async (address) => {
  expect(await directDialer().source(address)).toBe(address);
});
