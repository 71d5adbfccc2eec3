// Docker Hub's pull allowance over IPv4, read by HEAD: that costs no pull (docs.docker.com,
// "Docker Hub usage and limits"). Forcing clients to IPv4 is no cure where that is used up.
import * as z from "zod";
import type { Quota } from "../../src/protocol/round.ts";
import { HTTPS_PORT } from "./attempt.ts";
import { lookup } from "./dns.ts";
import { askAt, type Ask } from "./exchange.ts";
import { parseJson } from "../basics/json.ts";
import type { Answer } from "../sockets/exchange.ts";
import { failureOf } from "./failure.ts";
import type { TimedPath } from "./node-path.ts";

const REALM = {
  method: "GET",
  host: "auth.docker.io",
  path: "/token?service=registry.docker.io&scope=repository:ratelimitpreview/test:pull",
  maxBytes: 65_536, // A token of Docker Hub has about 3 kB.
} as const;
const PREVIEW = {
  method: "HEAD",
  host: "registry-1.docker.io",
  path: "/v2/ratelimitpreview/test/manifests/latest",
  maxBytes: 0,
} as const;
const Token = z.object({ token: z.string().min(1) });

/** Never rejects; `unknown` says why. */
export async function readQuota(path: TimedPath): Promise<Quota> {
  const token = await overIpv4(REALM, path);
  if (!token.ok) return leaveUnanswered(REALM, token);
  if (token.answer.status !== 200) return refuseStatus(REALM, token.answer.status);
  const parsed = Token.safeParse(parseJson(token.answer.body.toString("utf8")));
  if (!parsed.success) return { state: "unknown", why: `${REALM.host} gave no token` };
  const authorization = `Bearer ${parsed.data.token}`;
  const preview = await overIpv4({ ...PREVIEW, headers: { authorization } }, path);
  return preview.ok ? quotaIn(preview.answer) : leaveUnanswered(PREVIEW, preview);
}

/** A try over IPv4 like any other: what it met counts where IPv4 has to be proven. */
function leaveUnanswered({ host }: Ask, { why, cut }: Unanswered): Quota {
  return { state: "unknown", why, unanswered: host, ...(cut ? { cut } : {}) };
}

function refuseStatus(ask: Ask, status: number): Quota {
  return { state: "unknown", why: `${ask.method} https://${ask.host}${ask.path}: ${status}` };
}

/** What the answer to the HEAD says; the headers look like `100;w=21600`. */
export function quotaIn({ status, headers }: Pick<Answer, "status" | "headers">): Quota {
  const limit = count(headers["ratelimit-limit"]);
  const left = count(headers["ratelimit-remaining"]);
  const windowS = seconds(headers["ratelimit-limit"]);
  const limited = {
    ...(limit === null ? {} : { limit }),
    ...(windowS === null ? {} : { windowS }),
  };
  if (status === 429) {
    const retryAfterS = count(headers["retry-after"]);
    return { state: "exhausted", ...limited, ...(retryAfterS === null ? {} : { retryAfterS }) };
  }
  if (status !== 200) return refuseStatus(PREVIEW, status);
  if (left === 0) return { state: "exhausted", ...limited };
  if (left !== null) return { state: "left", left, ...limited };
  const absent = headers["ratelimit-limit"] ?? headers["ratelimit-remaining"];
  if (absent === undefined) return { state: "unlimited" };
  return { state: "unknown", why: "the ratelimit headers cannot be read" };
}

function count(header: string | readonly string[] | undefined): number | null {
  const found = /^(\d{1,9})(;|$)/.exec(typeof header === "string" ? header : "");
  return found?.[1] === undefined ? null : Number(found[1]);
}

function seconds(header: string | readonly string[] | undefined): number | null {
  const found = /;w=(\d{1,9})(;|$)/.exec(typeof header === "string" ? header : "");
  return found?.[1] === undefined ? null : Number(found[1]);
}

/** `cut`: the round ended before the answer. */
type Unanswered = { readonly ok: false; readonly why: string; readonly cut: boolean };
type Asked = { readonly ok: true; readonly answer: Answer } | Unanswered;

async function overIpv4(ask: Ask, path: TimedPath): Promise<Asked> {
  const question = { host: ask.host, role: "registry", family: "v4" } as const;
  const found = await lookup(question, path.resolving, path.end);
  const address = found.addresses[0];
  if (address === undefined)
    return { ok: false, why: `${ask.host}: no IPv4 address (${found.outcome})`, cut: false };
  const asked = await askAt({ address, port: HTTPS_PORT }, ask, path);
  if (asked.kind === "done") return { ok: true, answer: asked.value };
  const why = `${ask.host} over IPv4: ${failureOf(asked).detail}`;
  return { ok: false, why, cut: asked.kind === "cut" };
}
