// limit and continue: all pages of a list show one state of the world, until storage is compacted.
import { badRequest, expired, json, type Reply } from "./status-bodies.ts";

type Item = { readonly metadata: { readonly namespace: string; readonly name: string } };
type Token = { readonly rv: number; readonly start: string };

type ListRequest = {
  readonly kind: "PodList" | "EventList";
  readonly query: URLSearchParams;
  readonly revision: number;
  /** Path and selectors: a token is only good for the list that gave it. */
  readonly scope: string;
  readonly selected: boolean;
};

export type Pages = {
  /** One page of `items` (all of them, sorted), as the query asks for it; only a first page looks. */
  page(items: () => readonly Item[], request: ListRequest): Reply;
  /** Forgets old states: every token that was given is answered 410 from now on. */
  compact(): void;
};

const MAX_KEPT_LISTS = 50;

export function createPages(): Pages {
  const kept = new Map<string, readonly Item[]>();

  function listFor(
    token: Token,
    items: () => readonly Item[],
    request: ListRequest,
  ): readonly Item[] | null {
    if (token.rv === -1) return items();
    return kept.get(`${token.rv} ${request.scope}`) ?? null;
  }

  return {
    page(items, request) {
      const given = request.query.get("continue");
      if (given === null) {
        const all = items();
        return answer(all, all, request.revision, request);
      }
      const token = readToken(given);
      if (token === null) return badRequest(garbage(given));
      const list = listFor(token, items, request);
      if (list === null) return expired(writeToken({ rv: -1, start: token.start.slice(1) }));
      const start = keyFrom(token.start);
      const first = list.findIndex((item) => keyOf(item) > start);
      const after = first < 0 ? [] : list.slice(first);
      return answer(after, list, token.rv === -1 ? request.revision : token.rv, request);
    },
    compact: () => kept.clear(),
  };

  function answer(
    left: readonly Item[],
    list: readonly Item[],
    revision: number,
    { query, kind, scope, selected }: ListRequest,
  ): Reply {
    const asked = Number(query.get("limit") ?? 0);
    const limit = asked > 0 && query.get("resourceVersion") !== "0" ? asked : left.length;
    const items = left.slice(0, limit);
    const last = items.at(-1);
    const metadata: Record<string, unknown> = { resourceVersion: String(revision) };
    if (last !== undefined && items.length < left.length) {
      kept.set(`${revision} ${scope}`, list);
      const oldest = kept.keys().next();
      if (kept.size > MAX_KEPT_LISTS && !oldest.done) kept.delete(oldest.value);
      metadata["continue"] = writeToken({ rv: revision, start: `/${keyOf(last)}\u0000` });
      if (!selected) metadata["remainingItemCount"] = left.length - items.length;
    }
    return json(200, { kind, apiVersion: "v1", metadata, items });
  }
}

function keyOf(item: Item): string {
  return `${item.metadata.namespace}/${item.metadata.name}`;
}

function keyFrom(start: string): string {
  return start.replace(/^\//, "").replaceAll("\u0000", "");
}

function writeToken(token: Token): string {
  const text = JSON.stringify({ v: "meta.k8s.io/v1", ...token });
  return Buffer.from(text).toString("base64url");
}

function readToken(given: string): Token | null {
  try {
    const token: unknown = JSON.parse(Buffer.from(given, "base64url").toString());
    const { rv, start } = token as Partial<Token>;
    return typeof rv === "number" && typeof start === "string" ? { rv, start } : null;
  } catch {
    return null;
  }
}

function garbage(given: string): string {
  const first = Buffer.from(given, "base64url").toString("latin1")[0] ?? "";
  return `invalid continue token: continue key is not valid: invalid character '${first}' looking for beginning of value`;
}
