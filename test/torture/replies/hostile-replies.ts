// What a peer may answer that no honest one does: too much, too slow, broken off, something else, or the
// caller's own secrets.
import { gzipSync } from "node:zlib";
import type { Socket } from "node:net";
import type { Call, Met, Reply } from "../crash/wire.ts";

export type HostileReply = {
  readonly name: string;
  /** `sent`: told how many bytes went out, where there is no end to them. */
  make(call: Call, sent: (bytes: number) => void): Met;
};

const MIB = 1024 * 1024;
const JSON_TYPE = { "content-type": "application/json" };

const plain = (status: number, text: string, headers: Reply["headers"] = JSON_TYPE): Reply => ({
  status,
  headers,
  body: Buffer.from(text),
});

const fixed = (name: string, met: Met): HostileReply => ({ name, make: () => met });

const head = (lines: string): string =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${lines}\r\n`;

/** Sends until the other side hangs up. */
function without(start: string, piece: Buffer, sent: (bytes: number) => void) {
  return (socket: Socket): void => {
    socket.write(start);
    const more = (): void => {
      while (!socket.destroyed) {
        sent(piece.length);
        if (!socket.write(piece)) return void socket.once("drain", more);
      }
    };
    more();
  };
}

function dripping(socket: Socket): void {
  socket.write(head("transfer-encoding: chunked\r\n"));
  const drip = setInterval(() => socket.write("1\r\n \r\n"), 100);
  drip.unref();
  socket.once("close", () => clearInterval(drip));
}

const spaces = Buffer.alloc(MIB, " ");
const chunk = Buffer.concat([Buffer.from("100000\r\n"), spaces, Buffer.from("\r\n")]);
const bomb = gzipSync(Buffer.alloc(64 * MIB, " "));

export const HOSTILE_REPLIES: readonly HostileReply[] = [
  {
    name: "a body without end",
    make: (_, sent) => without(head("transfer-encoding: chunked\r\n"), chunk, sent),
  },
  {
    name: "headers without end",
    make: (_, sent) =>
      without("HTTP/1.1 200 OK\r\n", Buffer.from(`x: ${"y".repeat(8_000)}\r\n`), sent),
  },
  fixed("a byte at a time", dripping),
  fixed("nothing", "silence"),
  fixed("a closed connection", "cut"),
  fixed("half a body", (socket) => void socket.end(`${head("content-length: 900\r\n")}{"items":[`)),
  fixed(
    "bytes that are no HTTP",
    (socket) => void socket.end(Buffer.from([0, 255, 22, 3, 1, 13, 10])),
  ),
  fixed(
    "another protocol",
    (socket) =>
      void socket.end(
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
      ),
  ),
  fixed("a page", plain(200, "<html><h1>Welcome</h1>", { "content-type": "text/html" })),
  fixed("an empty body", plain(200, "")),
  fixed("null", plain(200, "null")),
  fixed(
    "another shape",
    plain(200, '{"items":7,"job":"x","metadata":[],"cancel":{},"leaseMs":"∞"}'),
  ),
  fixed("rows of numbers", plain(200, '[1,2,3,null,{"comment":7,".id":[]}]')),
  fixed("deep JSON", plain(200, `${"[".repeat(200_000)}${"]".repeat(200_000)}`)),
  fixed("a bomb", {
    status: 200,
    headers: { ...JSON_TYPE, "content-encoding": "gzip" },
    body: bomb,
  }),
  fixed("a way to another place", plain(302, "", { location: "http://169.254.169.254/latest" })),
  fixed("a fault", plain(500, '{"detail":"no"}')),
  fixed("no entry", plain(401, '{"detail":"no"}')),
  fixed("wait for a year", plain(429, "{}", { ...JSON_TYPE, "retry-after": "31536000" })),
  {
    name: "the caller's own secrets",
    make: ({ headers, body }) =>
      plain(
        400,
        JSON.stringify({ detail: JSON.stringify(headers), message: JSON.stringify(headers), body }),
      ),
  },
];
