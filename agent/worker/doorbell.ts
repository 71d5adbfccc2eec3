// The doorbell: a WebSocket without data. It only saves waiting; polling stays the truth.
import type http from "node:http";
import { WebSocket } from "ws";
import { pauseMs, type Backoff } from "../basics/retry.ts";
import { DOORBELL_RING, paths, PROTOCOL } from "../../src/protocol/calls.ts";

export type DoorbellOptions = {
  readonly url: string;
  readonly token: () => string;
  readonly agent: http.Agent;
  readonly pingMs: number;
  /** The pauses before it is connected again. */
  readonly retry: Backoff;
  readonly random: () => number;
  /** It rang, or it was connected anew: look for a job. */
  readonly onRing: () => void;
  readonly log: (message: string, facts: Readonly<Record<string, unknown>>) => void;
};

export type Doorbell = { connected(): boolean; close(): void };

/** Connects, answers, reconnects until closed. */
export function connectDoorbell(options: DoorbellOptions): Doorbell {
  let socket: WebSocket | null = null;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  let failures = 0;

  function connect(): void {
    const url = new URL(`${paths.doorbell}?protocol=${PROTOCOL.max}`, options.url);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const headers = { authorization: `Bearer ${options.token()}` };
    const { agent } = options;
    const next = new WebSocket(url, { headers, agent, handshakeTimeout: 15_000, maxPayload: 1024 });
    socket = next;
    let answered = true;
    const ping = setInterval(() => {
      if (!answered) next.terminate();
      answered = false;
      if (next.readyState === WebSocket.OPEN) next.send("ping");
    }, options.pingMs);
    next.on("open", () => {
      failures = 0;
      options.log("doorbell connected", { host: url.host });
      options.onRing();
    });
    next.on("message", (data) => {
      answered = true;
      if (Buffer.isBuffer(data) && data.toString("utf8") === DOORBELL_RING) options.onRing();
    });
    next.on("error", (error) => options.log("doorbell failed", { error: error.message }));
    next.on("close", () => {
      clearInterval(ping);
      socket = null;
      const failed = { failures: failures++, random: options.random() };
      if (!ended) timer = setTimeout(connect, pauseMs(options.retry, failed));
    });
  }

  connect();
  return {
    connected: () => socket?.readyState === WebSocket.OPEN,
    close() {
      ended = true;
      clearTimeout(timer);
      socket?.terminate();
    },
  };
}
