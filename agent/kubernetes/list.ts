// Lists in pages, so that only one page of whole objects is in memory at a time.
import * as z from "zod";
import { parseJson } from "../basics/json.ts";
import type { Result } from "../ports/result.ts";
import type { Client } from "./client.ts";
import type { HttpReply, NoReply } from "./connection.ts";
import { failureOf } from "./failures.ts";
import { pageParts } from "./page-items.ts";

/** 100 pods of 15 KB are 1.5 MB; where pods are much larger the page shrinks. */
const PAGE_SIZE = 100;
/** Against a server that never ends its list. */
const MAX_PAGES = 4_000;

const Page = z.object({
  metadata: z.object({ continue: z.string().nullish() }).nullish(),
  items: z.tuple([]).nullish(),
});

export type ListRequest = {
  readonly resource: "pods" | "events";
  /** Null: all namespaces. */
  readonly namespace: string | null;
  readonly fieldSelector: string;
  readonly labelSelector?: string;
};

/** Takes the items of one list, each once. What it gathers is all that stays of them. */
export type Gathering<T> = { readonly gathered: T; take(item: unknown): void };

/**
 * Gives `keep` each item of a list and collects what it returns; null leaves the item out. A list
 * that grew too old in the middle is started again once.
 */
export function listAll<T>(
  client: Client,
  request: ListRequest,
  keep: (item: unknown) => T | null,
): Promise<Result<readonly T[]>> {
  return gather(client, request, () => {
    const kept: T[] = [];
    return {
      gathered: kept,
      take(item) {
        const found = keep(item);
        if (found !== null) kept.push(found);
      },
    };
  });
}

/** Gathers a list item by item; `begin` is asked again where the list is started again. */
export async function gather<T>(
  client: Client,
  request: ListRequest,
  begin: () => Gathering<T>,
): Promise<Result<T>> {
  const first = await gatherOnce(client, request, begin());
  const expired = first.kind === "reply" && first.status === 410;
  const last = expired ? await gatherOnce(client, request, begin()) : first;
  if (last.kind === "gathered") return { ok: true, value: last.gathered };
  const { resource, namespace } = request;
  return { ok: false, error: failureOf(last, { verb: "list", resource, namespace }) };
}

/** Whether the list has any item; reads no more than one. */
export async function hasItems(client: Client, request: ListRequest): Promise<Result<boolean>> {
  let found = false;
  const page = await takePage(client, pathOf(request, 1, ""), {
    gathered: null,
    take: () => void (found = true),
  });
  const { resource, namespace } = request;
  return page.kind === "page"
    ? { ok: true, value: found }
    : { ok: false, error: failureOf(page, { verb: "list", resource, namespace }) };
}

type Gathered<T> = { readonly kind: "gathered"; readonly gathered: T } | HttpReply | NoReply;

async function gatherOnce<T>(
  client: Client,
  request: ListRequest,
  gathering: Gathering<T>,
): Promise<Gathered<T>> {
  let token = "";
  let limit = PAGE_SIZE;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await takePage(client, pathOf(request, limit, token), gathering);
    if (page.kind === "too-large" && limit > 1) {
      limit = Math.max(1, Math.floor(limit / 4));
      continue;
    }
    if (page.kind !== "page") return page;
    token = page.next;
    if (token === "") return { kind: "gathered", gathered: gathering.gathered };
  }
  return { kind: "too-large", detail: `more than ${MAX_PAGES} pages` };
}

/** A function of its own, so that nothing of a page is held while the next one is on its way. */
async function takePage(
  client: Client,
  path: string,
  gathering: Gathering<unknown>,
): Promise<{ readonly kind: "page"; readonly next: string } | HttpReply | NoReply> {
  const reply = await client.read(path);
  if (reply.kind !== "reply" || reply.status !== 200) return reply;
  const { items, rest } = pageParts(reply.body);
  const page = Page.safeParse(parseJson(rest));
  if (!page.success) return { kind: "unreadable", detail: "the answer is no list" };
  for (const item of items) {
    const parsed = parseJson(item.toString("utf8"));
    if (parsed === undefined)
      return { kind: "unreadable", detail: "an item of the list is no JSON" };
    gathering.take(parsed);
  }
  return { kind: "page", next: page.data.metadata?.continue ?? "" };
}

function pathOf(request: ListRequest, limit: number, token: string): string {
  const { resource, namespace, fieldSelector, labelSelector = "" } = request;
  const where = namespace === null ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  const query = new URLSearchParams({ limit: String(limit) });
  if (fieldSelector !== "") query.set("fieldSelector", fieldSelector);
  if (labelSelector !== "") query.set("labelSelector", labelSelector);
  if (token !== "") query.set("continue", token);
  return `/api/v1${where}/${resource}?${query.toString()}`;
}
