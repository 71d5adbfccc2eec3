import http, { type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { WebSocketServer, type WebSocket } from "ws";
import {
  connectDoorbell,
  type Doorbell,
  type DoorbellOptions,
} from "../../../agent/worker/doorbell.ts";
import { racingAgent } from "../../../agent/worker/race.ts";

const TOKEN = "doorbell-token-that-nobody-may-read";

type Door = {
  readonly url: string;
  readonly calls: IncomingMessage[];
  readonly sockets: WebSocket[];
  readonly pings: string[];
  /** False: pings stay without an answer. */
  answers: boolean;
  /** An HTTP status in place of a WebSocket. */
  refuses: number | null;
};

/** The Worker's end of the doorbell, on loopback. */
async function aDoor(): Promise<Door> {
  const server = http.createServer();
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    door.calls.push(request);
    if (door.refuses !== null) return socket.end(`HTTP/1.1 ${door.refuses} No\r\n\r\n`);
    return sockets.handleUpgrade(request, socket, head, (peer) => {
      door.sockets.push(peer);
      peer.on("message", (data) => {
        door.pings.push(Buffer.isBuffer(data) ? data.toString("utf8") : "?");
        if (door.answers) peer.send("pong");
      });
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const peer of sockets.clients) peer.terminate();
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const door: Door = { url, calls: [], sockets: [], pings: [], answers: true, refuses: null };
  return door;
}

type Hung = { readonly bell: Doorbell; readonly rings: number[]; readonly log: object[] };

function hang({ url }: Door, changes: Partial<DoorbellOptions> = {}): Hung {
  const rings: number[] = [];
  const log: object[] = [];
  const bell = connectDoorbell({
    url,
    token: () => TOKEN,
    agent: racingAgent({ secure: false }),
    pingMs: 60_000,
    retry: { firstMs: 5, mostMs: 40, mostAskedMs: 40 },
    random: () => 1,
    onRing: () => rings.push(Date.now()),
    log: (message, facts) => log.push({ message, ...facts }),
    ...changes,
  });
  onTestFinished(() => bell.close());
  return { bell, rings, log };
}

test("it hangs with the token in a header and the protocol number in the address", async () => {
  const door = await aDoor();

  const { bell } = hang(door);
  await vi.waitFor(() => expect(bell.connected()).toBe(true));

  expect(door.calls[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  expect(door.calls[0]?.url).toBe("/v1/agent/doorbell?protocol=1");
});

test("once it hangs, a job is looked for: one may have come meanwhile", async () => {
  const door = await aDoor();

  const { rings } = hang(door);

  await vi.waitFor(() => expect(rings).toHaveLength(1));
});

test("a ring looks for a job; anything else does not", async () => {
  const door = await aDoor();
  const { rings } = hang(door);
  await vi.waitFor(() => expect(rings).toHaveLength(1));

  for (const word of ["pong", "", "RING", "ring ring", "ring"]) door.sockets[0]?.send(word);

  await vi.waitFor(() => expect(rings).toHaveLength(2));
});

test("a door that answers pings stays open", async () => {
  const door = await aDoor();
  hang(door, { pingMs: 60 });

  await vi.waitFor(() => expect(door.pings.length).toBeGreaterThan(5), { timeout: 5_000 });

  expect(door.calls).toHaveLength(1);
  expect(new Set(door.pings)).toEqual(new Set(["ping"]));
});

test("a door that is silent for one ping is hung up anew", async () => {
  const door = await aDoor();
  door.answers = false;

  const { rings } = hang(door, { pingMs: 20 });

  await vi.waitFor(() => expect(rings.length).toBeGreaterThan(1));
  expect(door.calls.length).toBeGreaterThan(1);
});

test("a door that goes away is hung up anew, and rings then", async () => {
  const door = await aDoor();
  const { rings, bell } = hang(door);
  await vi.waitFor(() => expect(rings).toHaveLength(1));

  door.sockets[0]?.terminate();

  await vi.waitFor(() => expect(rings).toHaveLength(2));
  expect(bell.connected()).toBe(true);
});

test("a refusal is logged, and the pauses double up to the most", async () => {
  const door = await aDoor();
  door.refuses = 401;
  const randoms: number[] = [];

  const { log, bell, rings } = hang(door, { random: () => randoms.push(1) && 1 });
  await vi.waitFor(() => expect(door.calls.length).toBeGreaterThan(4));

  expect(log[0]).toMatchObject({
    message: "doorbell failed",
    error: expect.stringContaining("401"),
  });
  expect(JSON.stringify(log)).not.toContain(TOKEN);
  expect(bell.connected()).toBe(false);
  expect(rings).toEqual([]);
  expect(randoms.length).toBeGreaterThan(3);
});

test("closed, it stays off the wall", async () => {
  const door = await aDoor();
  const { bell } = hang(door);
  await vi.waitFor(() => expect(bell.connected()).toBe(true));

  bell.close();
  await sleep(50);

  expect(bell.connected()).toBe(false);
  expect(door.calls).toHaveLength(1);
});

test("closed while it waits to try again, it does not try again", async () => {
  const door = await aDoor();
  door.refuses = 503;
  const { bell, log } = hang(door, { retry: { firstMs: 150, mostMs: 150, mostAskedMs: 150 } });
  await vi.waitFor(() => expect(log).toHaveLength(1), { interval: 5 });

  bell.close();
  await sleep(250);

  expect(door.calls).toHaveLength(1);
});
