// Stands between the agent and one service: every call passes through one function, which may carry it,
// hold it, answer in the service's place, or let the caller die there.
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import https from "node:https";
import type { AddressInfo, Socket } from "node:net";

export type Service = "worker" | "router" | "cluster";
export type Call = {
  readonly service: Service;
  /** From 1, counted for each service by itself. */
  readonly number: number;
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
};
export type Reply = {
  readonly status: number;
  readonly headers: http.OutgoingHttpHeaders;
  readonly body: Buffer;
};
/** `silence`: nothing is answered; a function writes what it likes. */
export type Met = Reply | "silence" | "cut" | ((socket: Socket) => void);
export type Meet = (call: Call, carry: () => Promise<Reply>) => Promise<Met>;

/** Changes a call on its way, or its reply: how a mistake of the agent is planted. */
export type Distort = (call: Call, carry: (body?: string) => Promise<Reply>) => Promise<Reply>;

export type Upstream = { readonly url: string; readonly ca?: string };

export type Wire = {
  readonly url: string;
  readonly calls: readonly Call[];
  meet: Meet;
  /** Nobody is there any more: what is open is cut, what comes is refused. */
  cut(): void;
  /** What is answered from now on arrives after this. */
  hold(until: Promise<void>): void;
  close(): Promise<void>;
};

const plainly: Meet = (_, carry) => carry();

export async function openWire(
  service: Service,
  upstream: () => Upstream,
  distort: Distort = (_, carried) => carried(),
): Promise<Wire> {
  const pools = [new http.Agent({ keepAlive: true }), new https.Agent({ keepAlive: true })];
  const calls: Call[] = [];
  let held: Promise<void> | null = null;
  let refuses = false;
  let meet = plainly;
  const sockets = new Set<Socket>();
  const server = http.createServer((incoming, outgoing) => {
    void textOf(incoming).then(async (body) => {
      const { method = "", url: path = "", headers } = incoming;
      const call = { service, number: calls.length + 1, method, path, headers, body };
      calls.push(call);
      // What a frozen process had sent is carried out; the answer it reads when it goes on.
      const through = (): Promise<Reply> =>
        distort(call, (changed = body) => carry(upstream(), { ...call, body: changed }, pools));
      const met = await meet(call, through).catch(() => "cut" as const);
      await held;
      if (met === "cut") incoming.socket.destroy();
      else if (typeof met === "function") met(incoming.socket);
      else if (met !== "silence") send(outgoing, met);
    });
  });
  server.on("connection", (socket) => {
    if (refuses) return void socket.destroy();
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const cut = (): void => {
    refuses = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get calls() {
      return calls;
    },
    get meet() {
      return meet;
    },
    set meet(next) {
      meet = next;
    },
    cut,
    hold(until) {
      held = until;
    },
    async close() {
      cut();
      for (const pool of pools) pool.destroy();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

async function textOf(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function carry(
  { url, ca }: Upstream,
  { method, path, headers, body }: Call,
  [plain, secure]: readonly http.Agent[],
): Promise<Reply> {
  const target = new URL(path, url);
  const isSecure = target.protocol === "https:";
  const { request } = isSecure ? https : http;
  const {
    host: _,
    connection: __,
    "transfer-encoding": ___,
    "content-length": ____,
    ...kept
  } = headers;
  return new Promise((resolve, reject) => {
    const outgoing = request(target, {
      method,
      headers: { ...kept, ...(body === "" ? {} : { "content-length": Buffer.byteLength(body) }) },
      agent: isSecure ? secure : plain,
      ...(ca === undefined ? {} : { ca }),
    });
    outgoing.once("error", reject);
    outgoing.once("response", (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => void chunks.push(chunk));
      incoming.once("error", reject);
      incoming.once("end", () => {
        const { "transfer-encoding": _____, connection: ______, ...rest } = incoming.headers;
        resolve({
          status: incoming.statusCode ?? 0,
          headers: rest,
          body: Buffer.concat(chunks),
        });
      });
    });
    outgoing.end(body === "" ? undefined : body);
  });
}

function send(outgoing: ServerResponse, { status, headers, body }: Reply): void {
  if (outgoing.socket?.destroyed === true) return;
  outgoing.writeHead(status, { ...headers, "content-length": body.length }).end(body);
}
