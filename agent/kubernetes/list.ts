// Lists in pages, so that only one page of whole objects is in memory at a time.
import * as z from "zod";
import type { Result } from "../ports/result.ts";
import type { Client } from "./client.ts";
import type { HttpReply, NoReply } from "./connection.ts";
import { failureOf, parseJson } from "./failures.ts";

/** 100 pods of 15 KB are 1.5 MB; where pods are much larger the page shrinks. */
const PAGE_SIZE = 100;
/** Against a server that never ends its list. */
const MAX_PAGES = 4_000;

const Page = z.object({
  metadata: z.object({ continue: z.string().nullish() }).nullish(),
  items: z.array(z.unknown()).nullish(),
});

export type ListRequest = {
  readonly resource: "pods" | "events";
  /** Null: all namespaces. */
  readonly namespace: string | null;
  readonly fieldSelector: string;
};

/**
 * Gives `keep` each item of a list and collects what it returns; null leaves the item out. A list
 * that grew too old in the middle is started again once.
 */
export async function listAll<T>(
  client: Client,
  request: ListRequest,
  keep: (item: unknown) => T | null,
): Promise<Result<readonly T[]>> {
  const first = await listOnce(client, request, keep);
  const expired = first.kind === "reply" && first.status === 410;
  const last = expired ? await listOnce(client, request, keep) : first;
  if (last.kind === "kept") return { ok: true, value: last.items };
  const { resource, namespace } = request;
  return { ok: false, error: failureOf(last, { verb: "list", resource, namespace }) };
}

type Listed<T> = { readonly kind: "kept"; readonly items: readonly T[] } | HttpReply | NoReply;

async function listOnce<T>(
  client: Client,
  request: ListRequest,
  keep: (item: unknown) => T | null,
): Promise<Listed<T>> {
  const kept: T[] = [];
  let token = "";
  let limit = PAGE_SIZE;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const reply = await client.read(pathOf(request, limit, token));
    if (reply.kind === "too-large" && limit > 1) {
      limit = Math.max(1, Math.floor(limit / 4));
      continue;
    }
    if (reply.kind !== "reply" || reply.status !== 200) return reply;
    const page = Page.safeParse(parseJson(reply.text));
    if (!page.success) return { kind: "unreadable", detail: "the answer is no list" };
    for (const item of page.data.items ?? []) {
      const found = keep(item);
      if (found !== null) kept.push(found);
    }
    token = page.data.metadata?.continue ?? "";
    if (token === "") return { kind: "kept", items: kept };
  }
  return { kind: "too-large", detail: `more than ${MAX_PAGES} pages` };
}

function pathOf(request: ListRequest, limit: number, token: string): string {
  const { resource, namespace, fieldSelector } = request;
  const where = namespace === null ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  const query = new URLSearchParams({ limit: String(limit) });
  if (fieldSelector !== "") query.set("fieldSelector", fieldSelector);
  if (token !== "") query.set("continue", token);
  return `/api/v1${where}/${resource}?${query.toString()}`;
}
