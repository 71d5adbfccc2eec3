// GET /healthz of the Worker, over one family or raced as the agent's own calls are. Needs no token.
import { lookup as systemLookup } from "node:dns/promises";
import http from "node:http";
import https from "node:https";
import { isIPv6 } from "node:net";
import * as z from "zod";
import { racingAgent } from "../../worker/race.ts";
import { errorText } from "../../basics/error-text.ts";

export type Family = 4 | 6;
/** Addresses of a name in one family; rejects or gives none where there is none. */
export type FamilyLookup = (host: string, family: Family) => Promise<readonly string[]>;

export type Health =
  | {
      readonly kind: "answer";
      readonly status: number;
      /** The Worker's version; null if the answer is not one of backon's Worker. */
      readonly version: string | null;
      /** The server's clock by its Date header, whole seconds as ms; null without one. */
      readonly serverTime: number | null;
      readonly family: Family;
      readonly ms: number;
    }
  | { readonly kind: "no-answer"; readonly detail: string };

export type HealthRequest = {
  readonly url: URL;
  readonly timeoutMs: number;
  readonly lookup: FamilyLookup;
};

const Body = z.object({ ok: z.literal(true), version: z.string() });
const REPLY_LIMIT_BYTES = 64 * 1024;
/** As the agent's own calls: race.ts. */
const CONNECT_MS = 10_000;

export const lookupOfSystem: FamilyLookup = async (host, family) =>
  (await systemLookup(host, { family, all: true })).map(({ address }) => address);

/** Never rejects; ends within the limit. */
export async function askHealth({ url, timeoutMs, lookup }: HealthRequest): Promise<Health> {
  const secure = url.protocol === "https:";
  const connectTimeoutMs = Math.min(CONNECT_MS, timeoutMs);
  const agent = racingAgent({ secure, connectTimeoutMs, lookup });
  const signal = AbortSignal.timeout(timeoutMs);
  const startedAt = performance.now();
  try {
    const { response, text } = await get(new URL("/healthz", url), { agent, signal });
    return {
      kind: "answer",
      status: response.statusCode ?? 0,
      version: versionIn(text),
      serverTime: timeIn(response.headers.date),
      family: isIPv6(response.socket.remoteAddress ?? "") ? 6 : 4,
      ms: Math.round(performance.now() - startedAt),
    };
  } catch (cause) {
    const detail = signal.aborted ? `no answer within ${timeoutMs} ms` : errorText(cause);
    return { kind: "no-answer", detail };
  } finally {
    agent.destroy();
  }
}

type Got = { readonly response: http.IncomingMessage; readonly text: string };

function get(url: URL, options: http.RequestOptions): Promise<Got> {
  const { request } = url.protocol === "https:" ? https : http;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, options);
    outgoing.once("error", reject);
    outgoing.once("response", (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes > REPLY_LIMIT_BYTES) outgoing.destroy(new Error("the answer is over 64 KiB"));
      });
      response.once("error", reject);
      response.once("end", () =>
        resolve({ response, text: Buffer.concat(chunks).toString("utf8") }),
      );
    });
    outgoing.end();
  });
}

function versionIn(text: string): string | null {
  try {
    return Body.safeParse(JSON.parse(text)).data?.version ?? null;
  } catch {
    // Some other server's page: the caller says so.
    return null;
  }
}

function timeIn(date: string | undefined): number | null {
  const time = Date.parse(date ?? "");
  return Number.isNaN(time) ? null : time;
}
