// Slack on loopback, as far as messages go: its Web API, the addresses that it hands out (of commands
// and of incoming webhooks), and beside them any other webhook. It takes nothing that Slack would not.
import http from "node:http";
import * as z from "zod";
import { blockKitFaults } from "./block-kit.ts";

const Body = z.looseObject({
  channel: z.string().optional(),
  ts: z.string().optional(),
  thread_ts: z.string().optional(),
  text: z.string().optional(),
  job: z.looseObject({ cluster: z.string() }).optional(),
});
type Body = z.infer<typeof Body>;

type SlackCall = {
  readonly at: number;
  readonly path: string;
  /**
   * Whose it is: a channel, `CHANNEL thread` for what belongs to a thread of it, the path of one of
   * Slack's addresses, or a cluster at another webhook.
   */
  readonly where: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly raw: string;
  readonly body: Body;
};

type ChatMessage = {
  readonly ts: string;
  readonly thread: string | null;
  /** What it said, one after another. */
  readonly texts: string[];
  /** As it is now. */
  body: Body;
};

/**
 * Instead of the usual answer: a status with headers, `ok: false`, no answer, or a cut connection.
 * `deleted`: somebody has just deleted every message of the channel.
 */
export type SlackFault =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly error: string }
  | "hang"
  | "close"
  | "deleted";

export type FakeSlack = {
  readonly url: string;
  readonly apiUrl: string;
  readonly hooksUrl: string;
  readonly calls: SlackCall[];
  at(where: string): SlackCall[];
  messages(channel: string): ChatMessage[];
  /** The next calls from there meet this fault; all of them until `heal` if `times` is left out. */
  fault(where: string, fault: SlackFault, times?: number): void;
  heal(where: string): void;
  /** Fails if a message broke a rule of Slack's. */
  close(): Promise<void>;
};

export async function startSlack(): Promise<FakeSlack> {
  const calls: SlackCall[] = [];
  const broken: string[] = [];
  const channels = new Map<string, ChatMessage[]>();
  const faults = new Map<string, { fault: SlackFault; left: number }>();
  const messages = (channel: string): ChatMessage[] => channels.get(channel) ?? [];
  let last = 0;

  const server = http.createServer((request, response) => {
    void readAll(request).then((raw) => {
      const path = request.url ?? "";
      const body = Body.parse(JSON.parse(raw));
      const where = whereOf(path, body);
      calls.push({ at: Date.now(), path, where, headers: request.headers, raw, body });
      const due = faults.get(where);
      if (due !== undefined && due.left > 0) {
        due.left -= 1;
        if (due.fault !== "deleted") return misbehave(response, due.fault);
        channels.delete(body.channel ?? "");
      }
      if (path.startsWith("/api/")) return send(response, 200, JSON.stringify(api(path, body)));
      if (path.startsWith("/hooks/")) note(path, body);
      return send(response, 200, "ok");
    });
  });

  function note(path: string, body: Body): boolean {
    const found = blockKitFaults(body).map((fault) => `${path}: ${fault}`);
    broken.push(...found);
    return found.length === 0;
  }

  function api(path: string, body: Body): object {
    const { channel, ts, thread_ts: thread = null, text = "" } = body;
    if (channel === undefined) return { ok: false, error: "channel_not_found" };
    if (!note(path, body)) return { ok: false, error: "invalid_blocks" };
    if (path === "/api/chat.update") {
      const shown = messages(channel).find((one) => one.ts === ts);
      if (shown === undefined) return { ok: false, error: "message_not_found" };
      shown.texts.push(text);
      shown.body = body;
      return { ok: true, channel, ts };
    }
    if (path !== "/api/chat.postMessage") return { ok: false, error: "unknown_method" };
    if (thread !== null && !messages(channel).some((one) => one.ts === thread))
      return { ok: false, error: "thread_not_found" };
    last += 1;
    const posted = {
      ts: `1795392000.${String(last).padStart(6, "0")}`,
      thread,
      texts: [text],
      body,
    };
    channels.set(channel, [...messages(channel), posted]);
    return { ok: true, channel, ts: posted.ts };
  }

  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${z.object({ port: z.number() }).parse(server.address()).port}`;
  return {
    url,
    apiUrl: `${url}/api`,
    hooksUrl: `${url}/hooks`,
    calls,
    messages,
    at: (where) => calls.filter((call) => call.where === where),
    fault: (where, fault, times = Infinity) => void faults.set(where, { fault, left: times }),
    heal: (where) => void faults.delete(where),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (broken.length > 0) throw new Error(`Slack would not take: ${broken.join("; ")}`);
    },
  };
}

function whereOf(path: string, { channel, job, thread_ts: thread }: Body): string {
  if (path.startsWith("/api/"))
    return `${channel ?? "no channel"}${thread === undefined ? "" : " thread"}`;
  return path.startsWith("/hooks/") ? path : (job?.cluster ?? path);
}

function misbehave(response: http.ServerResponse, fault: Exclude<SlackFault, "deleted">): void {
  if (fault === "hang") return;
  if (fault === "close") return void response.destroy();
  if ("error" in fault)
    return send(response, 200, JSON.stringify({ ok: false, error: fault.error }));
  send(response, fault.status, JSON.stringify({ ok: false, error: "in_vain" }), fault.headers);
}

function send(
  response: http.ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(text);
}

async function readAll(request: http.IncomingMessage): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}
