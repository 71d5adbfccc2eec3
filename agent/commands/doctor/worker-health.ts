// GET /healthz of the Worker, over one family or raced as the agent's own calls are. Needs no token.
import { lookup as systemLookup } from "node:dns/promises";
import http from "node:http";
import https from "node:https";
import { isIPv6 } from "node:net";
import { dateIn } from "../../basics/retry.ts";
import { parseJson } from "../../basics/json.ts";
import { exchange } from "../../sockets/exchange.ts";
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
    const { request } = secure ? https : http;
    const outgoing = request(new URL("/healthz", url), { agent, signal });
    const answer = await exchange(outgoing, { maxBytes: REPLY_LIMIT_BYTES });
    return {
      kind: "answer",
      status: answer.status,
      version: Body.safeParse(parseJson(answer.body.toString("utf8"))).data?.version ?? null,
      serverTime: dateIn(answer.headers.date),
      family: isIPv6(answer.remoteAddress ?? "") ? 6 : 4,
      ms: Math.round(performance.now() - startedAt),
    };
  } catch (cause) {
    const detail = signal.aborted ? `no answer within ${timeoutMs} ms` : errorText(cause);
    return { kind: "no-answer", detail };
  } finally {
    agent.destroy();
  }
}
