// Servers that do not answer as a server should: no round may hang on one.
import { once } from "node:events";
import net from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { askOver } from "../../../agent/probe/exchange.ts";
import { limited } from "../../../agent/sockets/limit.ts";

/** What becomes of one request to a server that says this, in half a second at most. */
async function ask(says: string, thenCloses: boolean): Promise<string> {
  const server = net.createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", () => (thenCloses ? socket.end(says) : socket.write(says)));
  });
  onTestFinished(() => void server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = net.connect((server.address() as net.AddressInfo).port, "127.0.0.1");
  const never = new AbortController().signal;
  const ended = await limited(500, never, (signal) =>
    askOver(socket, { method: "GET", host: "reg.example", path: "/v2/", maxBytes: 0 }, signal),
  );
  socket.destroy();
  return ended.kind === "failed" && ended.error instanceof Error ? ended.error.message : ended.kind;
}

test.each<[string, string, boolean, string]>([
  [
    "wants another protocol",
    "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
    false,
    "the server wants to speak another protocol",
  ],
  ["closes without a word", "", true, "socket hang up"],
  ["closes in the middle of its headers", "HTTP/1.1 200 OK\r\nDate", true, "socket hang up"],
  ["says nothing", "", false, "timeout"],
  [
    "speaks no HTTP",
    "220 mail.example ESMTP\r\n",
    false,
    "Parse Error: Expected HTTP/, RTSP/ or ICE/",
  ],
])("a server that %s ends the exchange", async (_what, says, closes, expected) => {
  expect(await ask(says, closes)).toBe(expected);
});

test("work that does not hear of its limit is given up all the same", async () => {
  const deaf = (): Promise<never> => new Promise(() => {});

  expect((await limited(20, new AbortController().signal, deaf)).kind).toBe("timeout");
});
