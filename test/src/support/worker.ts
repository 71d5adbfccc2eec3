// The Worker as its callers meet it: requests through its own entry point, tokens as it signs them,
// and a clock that a test moves.
import { reset, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, vi } from "vitest";
import type { ClusterQueue } from "../../../src/cluster/queue.ts";
import { mintToken, type TokenRole } from "../../../src/http/tokens.ts";

/** Later than the real time, so that no alarm goes off unless a test lets it. */
export const START = Date.UTC(2040, 0, 1);

/** Each test starts with empty storage, at START, with the clock standing still. */
export function freshWorldEachTest(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"], now: START });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await reset();
  });
}

/** Moves the clock; alarms do not go off by themselves, see `alarm`. */
export function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

export type Token = { readonly token: string; readonly id: string };

export async function aToken(role: TokenRole, cluster = "home", sub = "anna"): Promise<Token> {
  const { token, claims } = await mintToken({
    key: env.TOKEN_KEY,
    role,
    cluster,
    sub,
    now: Date.now(),
  });
  return { token, id: claims.jti };
}

/** An operator's token that lives this long from now. */
export async function aBriefToken(ttlSeconds: number): Promise<string> {
  const wanted = { key: env.TOKEN_KEY, role: "operator", cluster: "home", sub: "anna" } as const;
  return (await mintToken({ ...wanted, now: Date.now(), ttlSeconds })).token;
}

export type Reply = {
  readonly status: number;
  readonly type: string | null;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; an empty object if it is empty. */
  readonly body: Readonly<Record<string, unknown>>;
};

export type Ask = {
  readonly token?: Token | string | undefined;
  readonly body?: unknown;
  /** A body that goes out as it is. */
  readonly raw?: string | Uint8Array | undefined;
  readonly headers?: Readonly<Record<string, string>>;
};

/** `ask("POST", "/v1/jobs", { token, body })`; the whole answer is read. */
export async function ask(method: string, path: string, what: Ask = {}): Promise<Reply> {
  const response = await exports.default.fetch(requestOf(method, path, what));
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    headers: response.headers,
    text,
    body: text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
}

export function requestOf(method: string, path: string, what: Ask = {}): Request {
  const headers = new Headers(what.headers);
  const { token, body, raw } = what;
  if (token !== undefined)
    headers.set("authorization", `Bearer ${typeof token === "string" ? token : token.token}`);
  const sent = raw ?? (body === undefined ? null : JSON.stringify(body));
  return new Request(`https://backon.example${path}`, { method, headers, body: sent });
}

export function queueOf(cluster: string): DurableObjectStub<ClusterQueue> {
  return env.QUEUE.getByName(cluster);
}

/** Lets the cluster's alarm go off now; false if none was set. */
export function alarm(cluster = "home"): Promise<boolean> {
  return runDurableObjectAlarm(queueOf(cluster));
}

/** When the cluster's alarm is set to go off, in ms from now; null if it is not set. */
export async function alarmInMs(cluster = "home"): Promise<number | null> {
  const at = await runInDurableObject(queueOf(cluster), (_, state) => state.storage.getAlarm());
  return at === null ? null : at - Date.now();
}

const TABLES = ["jobs", "reports", "events", "targets", "resolved", "revoked", "idempotency"];

/** How many rows each table of the cluster holds, and everything it holds as one text. */
export async function stored(cluster = "home"): Promise<{ rows: number; text: string }> {
  return runInDurableObject(queueOf(cluster), (_, state) => {
    const all = [...TABLES, "facts"].map((table) =>
      state.storage.sql.exec(`SELECT * FROM ${table}`).toArray(),
    );
    const rows = all.reduce((sum, table) => sum + table.length, 0);
    return { rows, text: JSON.stringify(all) };
  });
}

/** How many rows the cluster's object has written since it was woken; each costs money. */
export async function rowsWritten(cluster = "home"): Promise<number> {
  return runInDurableObject(queueOf(cluster), (_, state) => {
    const { sql } = state.storage;
    return sql.exec<{ total: number }>("SELECT total_changes() AS total").one().total;
  });
}

export async function jobsStored(cluster = "home"): Promise<number> {
  return runInDurableObject(
    queueOf(cluster),
    (_, state) => state.storage.sql.exec("SELECT id FROM jobs").toArray().length,
  );
}
