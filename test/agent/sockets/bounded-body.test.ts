import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { boundedBody, TooLarge } from "../../../agent/sockets/bounded-body.ts";

/** The body that a server on loopback sends, read with a limit of 8 bytes. */
async function read(answer: (response: http.ServerResponse) => void): Promise<string> {
  const server = http.createServer((_, response) => answer(response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const request = http.get({ host: "127.0.0.1", port, agent: false });
  const [reply] = (await once(request, "response")) as [http.IncomingMessage];
  try {
    return (await boundedBody(reply, 8)).toString("utf8");
  } finally {
    expect(reply.destroyed).toBe(true);
  }
}

test("a body up to the limit is read whole", async () => {
  expect(await read((response) => response.end("ü€ 12"))).toBe("ü€ 12");
});

test("of a larger one, even without an end, no more is read", async () => {
  await expect(read((response) => void response.write("123456789"))).rejects.toThrow(TooLarge);
});

test("one that breaks off is an error, not a shorter body", async () => {
  const half = (response: http.ServerResponse): void => {
    response.writeHead(200, { "content-length": "8" }).write("1234", () => response.destroy());
  };

  await expect(read(half)).rejects.toThrow("aborted");
});
