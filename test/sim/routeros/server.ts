// A MikroTik router's REST API on a loopback socket, as strict and as odd as the real one.
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { answer, type Answer, type RouterState } from "./answer.ts";
import { makeCertificate } from "./certificate.ts";
import { asJson, unauthorized } from "./errors.ts";
import { evaluate, type Decision, type Packet } from "./evaluate.ts";
import { noFaults, type Faults } from "./faults.ts";
import { fasttrackRow } from "./home-rules.ts";
import { operatorOf, type Operator } from "./operator.ts";
import { readText } from "./request-body.ts";
import { asRecord, createTable, type Fields } from "./rule-table.ts";
import { usualSwitches, type Switches } from "./switches.ts";
import { createTurns } from "./turns.ts";

export type RouterOsOptions = {
  readonly user: string;
  readonly password: string;
  readonly port?: number;
  /** The rows the table starts with; their ids are `*1`, `*2`, … */
  readonly rules?: readonly Fields[];
  /** Puts the FastTrack row first. */
  readonly dynamicFirstRow?: boolean;
  readonly switches?: Partial<Switches>;
  readonly version?: string;
  readonly ipv6?: RouterState["ipv6"];
  /** Name or address in the certificate. */
  readonly certificateFor?: string;
  /** Plain HTTP in place of HTTPS. */
  readonly plainHttp?: boolean;
  /** How long a failed login takes; 125 ms on an idle router. */
  readonly loginDelayMs?: number;
  /** The router's own limit for a request, 60 s. */
  readonly requestLimitMs?: number;
};

/** A request other than GET; status 0 where the connection was cut. */
export type Write = {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly status: number;
};

export type RouterOs = {
  readonly url: string;
  /** The CA's certificate, PEM; empty over plain HTTP. */
  readonly ca: string;
  readonly spkiSha256: string;
  readonly faults: Faults;
  readonly operator: Operator;
  readonly writes: readonly Write[];
  /** All requests that reached REST, refused logins too. */
  readonly requests: number;
  /** Requests that came while another one was at work. */
  readonly overlaps: number;
  /** Connections accepted so far. */
  readonly connections: number;
  /** The router's own log: one line for a failed login. */
  readonly log: readonly string[];
  table(): Record<string, string>[];
  decide(packet: Packet): Decision;
  /** Counters start again and every connection is cut. */
  reboot(): void;
  close(): Promise<void>;
};

export async function startRouterOs(options: RouterOsOptions): Promise<RouterOs> {
  const table = createTable();
  if (options.dynamicFirstRow === true) table.add(fasttrackRow, 0, true);
  for (const fields of options.rules ?? []) table.add(fields);
  const state: RouterState = {
    table,
    faults: noFaults(),
    switches: { ...usualSwitches, ...options.switches },
    version: options.version ?? "7.23.7 (long-term)",
    ipv6: options.ipv6 === undefined ? { disabled: false, forward: true } : options.ipv6,
  };
  const turns = createTurns(options.requestLimitMs ?? 60_000);
  const seen = { requests: 0, connections: 0, writes: new Array<Write>(), log: new Array<string>() };
  const credentials = Buffer.from(`${options.user}:${options.password}`).toString("base64");

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? "/";
    const method = request.method ?? "GET";
    const text = await readText(request);
    if (!path.startsWith("/rest")) return send(response, { status: 200, html: "<html>WebFig</html>" });
    seen.requests += 1;
    const given = request.headers.authorization;
    if (state.faults.refuseLogin || given !== `Basic ${credentials}`) {
      if (given !== undefined) {
        seen.log.push("system,error,critical login failure via rest-api");
        await sleep(options.loginDelayMs ?? 125);
      }
      return send(response, unauthorized);
    }
    const contentType = request.headers["content-type"];
    const reply = await turns.run(state.faults.slowMs, () =>
      answer(state, { method, path, contentType, text }),
    );
    if (method !== "GET") {
      const status = reply === "close" ? 0 : reply.status;
      seen.writes.push({ method, path, body: text, status });
    }
    send(response, reply, state.faults.rawControlBytes);
  };
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    // A client that hangs up while it sends ends here; there is nobody left to answer.
    serve(request, response).catch(() => response.destroy());
  };

  const plain = options.plainHttp === true;
  const certificate = await makeCertificate(options.certificateFor ?? "127.0.0.1");
  const { key, cert, ca, spkiSha256 } = certificate;
  const server = plain
    ? createHttp(listener)
    : createHttps({ key, cert, minVersion: "TLSv1.2", maxVersion: "TLSv1.2" }, listener);
  server.on(plain ? "connection" : "secureConnection", () => (seen.connections += 1));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `${plain ? "http" : "https"}://127.0.0.1:${port}`,
    ca: plain ? "" : ca,
    spkiSha256,
    faults: state.faults,
    operator: operatorOf(table),
    writes: seen.writes,
    log: seen.log,
    get requests() {
      return seen.requests;
    },
    get overlaps() {
      return turns.overlaps;
    },
    get connections() {
      return seen.connections;
    },
    table: () => table.rows.map(asRecord),
    decide: (packet) => evaluate(table.rows, packet),
    reboot() {
      for (const row of table.rows) row.packets = row.bytes = 0n;
      server.closeAllConnections();
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, reply: Answer, rawControlBytes = false): void {
  if (reply === "close") {
    response.socket?.destroy();
    return;
  }
  const json = reply.body === undefined ? "" : asJson(reply.body);
  const text = reply.html ?? (rawControlBytes ? withRawBytes(json) : json);
  const type = reply.html === undefined ? "application/json" : "text/html";
  response.writeHead(reply.status, { ...(text === "" ? {} : { "Content-Type": type }), ...reply.headers });
  response.end(text);
}

/** Puts control characters into the JSON unescaped, which makes it no JSON. */
function withRawBytes(json: string): string {
  return json.replace(/\\(?:u[0-9a-f]{4}|.)/g, (escaped) => {
    const character = String(JSON.parse(`"${escaped}"`));
    return character < " " ? character : escaped;
  });
}
