// A MikroTik router's REST API on a loopback socket, as strict and as odd as the real one.
import {
  createServer as createHttp,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import type { RouterState } from "./answer.ts";
import { makeCertificate, type RouterCertificate } from "./certificate.ts";
import type { Packet, Verdict } from "../packet.ts";
import { evaluate } from "./evaluate.ts";
import { noFaults, type Faults } from "./faults.ts";
import { fasttrackRow } from "./home-rules.ts";
import { operatorOf, type Operator } from "./operator.ts";
import { asRecord, createTable, type Fields } from "./rule-table.ts";
import { serve, type Desk, type Seen, type Write } from "./serve.ts";
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
  decide(packet: Packet): Verdict;
  /** Counters start again and every connection is cut. */
  reboot(): void;
  close(): Promise<void>;
};

export async function startRouterOs(options: RouterOsOptions): Promise<RouterOs> {
  const state = initialState(options);
  const { table, faults } = state;
  const turns = createTurns(options.requestLimitMs ?? 60_000);
  const seen: Seen = { requests: 0, connections: 0, writes: [], log: [] };
  const desk: Desk = { options, state, turns, seen };
  const certificate = await makeCertificate(options.certificateFor ?? "127.0.0.1");
  const server = serverFor(options, certificate, (request, response) => {
    // A client that hangs up while it sends ends here; there is nobody left to answer.
    serve(desk, request, response).catch(() => response.destroy());
  });
  const plain = options.plainHttp === true;
  server.on(plain ? "connection" : "secureConnection", () => (seen.connections += 1));
  const port = await listen(server, options.port ?? 0);

  return {
    url: `${plain ? "http" : "https"}://127.0.0.1:${port}`,
    ca: plain ? "" : certificate.ca,
    spkiSha256: certificate.spkiSha256,
    faults,
    operator: operatorOf(table, state.ambushes),
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

function initialState(options: RouterOsOptions): RouterState {
  const table = createTable();
  if (options.dynamicFirstRow === true) table.add(fasttrackRow, 0, true);
  for (const fields of options.rules ?? []) table.add(fields);
  return {
    table,
    faults: noFaults(),
    ambushes: [],
    switches: { ...usualSwitches, ...options.switches },
    version: options.version ?? "7.23.7 (long-term)",
    ipv6: options.ipv6 === undefined ? { disabled: false, forward: true } : options.ipv6,
  };
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** `www-ssl` speaks TLS 1.2 at most. */
function serverFor(
  options: RouterOsOptions,
  { key, cert }: RouterCertificate,
  listener: Listener,
): Server {
  if (options.plainHttp === true) return createHttp(listener);
  return createHttps({ key, cert, minVersion: "TLSv1.2", maxVersion: "TLSv1.2" }, listener);
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return (server.address() as AddressInfo).port;
}
