// Looks at the lab's hosts from the node, stage by stage, as a process of its own.
import dns from "node:dns";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import https from "node:https";
import net from "node:net";
import tls from "node:tls";
import { readFile } from "node:fs/promises";
import { answerParent } from "./requests.ts";

export type ReachQuestion =
  | {
      readonly ask: "reach";
      readonly host: string;
      readonly address: string;
      readonly tcpMs: number;
      readonly tlsMs: number;
      /** A first flight of about 360 bytes in place of Node's 1,600. */
      readonly smallHello?: boolean;
      /** Takes what the server shows for true. */
      readonly anyCertificate?: boolean;
    }
  /** What the node's resolver says, with a limit of about a second. */
  | { readonly ask: "lookup"; readonly host: string; readonly type: "A" | "AAAA" };

export type Reached = {
  /** `connected`, an error code, or `timeout`. */
  readonly tcp: string;
  /** `secure`, an error code, `timeout`; null: not tried. */
  readonly tls: string | null;
  /** Status of `GET /v2/`. */
  readonly http: number | null;
  /** The server's clock at that answer, milliseconds since the epoch. */
  readonly dateMs: number | null;
  readonly ms: { readonly tcp: number; readonly tls: number };
};

const ca = await readFile(process.argv[2] ?? "", "utf8");

answerParent(async (question: ReachQuestion): Promise<unknown> => {
  return question.ask === "reach" ? reach(question) : lookup(question.host, question.type);
});

async function reach(asked: Extract<ReachQuestion, { ask: "reach" }>): Promise<Reached> {
  const nothing = { tls: null, http: null, dateMs: null, ms: { tcp: 0, tls: 0 } };
  const socket = net.connect(443, asked.address);
  try {
    const tcp = await stage("connected", asked.tcpMs, once(socket, "connect"));
    const ms = { tcp: tcp.ms, tls: 0 };
    if (tcp.end !== "connected") return { ...nothing, tcp: tcp.end, ms };
    const ecdhCurve = asked.smallHello === true ? "X25519:P-256" : tls.DEFAULT_ECDH_CURVE;
    const rejectUnauthorized = asked.anyCertificate !== true;
    const settings = { servername: asked.host, ca, ecdhCurve, rejectUnauthorized };
    const secure = tls.connect({ socket, ...settings });
    const shaken = await stage("secure", asked.tlsMs, once(secure, "secureConnect"));
    const known = { tcp: tcp.end, tls: shaken.end, ms: { ...ms, tls: shaken.ms } };
    if (shaken.end !== "secure") return { ...nothing, ...known };
    return { ...known, ...(await get(asked.host, secure)) };
  } finally {
    socket.destroy();
  }
}

async function stage(
  good: string,
  limitMs: number,
  happens: Promise<unknown>,
): Promise<{ readonly end: string; readonly ms: number }> {
  const startedAt = performance.now();
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve("timeout"), limitMs);
  const end = await Promise.race([happens.then(() => good, codeOf), late]);
  clearTimeout(timer);
  return { end, ms: performance.now() - startedAt };
}

async function get(host: string, socket: tls.TLSSocket): Promise<Pick<Reached, "http" | "dateMs">> {
  const request = https.get({ host, path: "/v2/", createConnection: () => socket, timeout: 5_000 });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  response.resume();
  const { statusCode: http = null, headers } = response;
  return { http, dateMs: Date.parse(headers.date ?? "") };
}

async function lookup(host: string, type: "A" | "AAAA"): Promise<string> {
  const resolver = new dns.promises.Resolver({ timeout: 1_000, tries: 1 });
  return resolver.resolve(host, type).then((addresses) => addresses.join(" "), codeOf);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
