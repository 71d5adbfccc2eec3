// From a path to the menu, the single object or the tool that it names.
import { found, refusal, type Reply } from "./errors.ts";
import { fetchTakesMs, fetchTool, ping } from "./fetch.ts";
import { asDuration } from "./duration.ts";
import { inMenu } from "./menu.ts";
import { parseBody } from "./request-body.ts";
import type { RestRequest } from "./rest-request.ts";
import type { RouterState } from "./router-state.ts";

type Body = Readonly<Record<string, unknown>>;

/** How long the router had been up when it was started here: a day and a bit. */
const UPTIME_MS = 93_784_000;
/** 3,011 rows took about 2.7 s (reference, section 2.3). */
const MS_PER_ROW = 0.9;

export function route(state: RouterState, request: RestRequest, body: Body): Reply {
  const { method } = request;
  const words = wordsOf(request.path);
  const path = words.join("/");
  if (words[0] === "ipv6" && state.ipv6 === null) return unknownMenu("ipv6");
  const single = singleObject(state, path);
  if (single !== null && method === "GET") return found(single);
  if (path === "tool/fetch" && method === "POST")
    return fetchTool(state.faults.farSide, state.version, state.switches, body);
  if (path === "ping" && method === "POST") return ping(body);
  for (const parent of [path, words.slice(0, -1).join("/")]) {
    const menu = state.menus[parent];
    if (menu === undefined) continue;
    const rest = parent === path ? undefined : words.at(-1);
    const query = new URL(request.path, "http://router").searchParams;
    return inMenu(menu, state.switches, { method, path: parent, rest, query, body });
  }
  return unknownMenu(firstUnknown(state, words));
}

/** How long this request takes the router, ms: long tables and stalled fetches do. */
export function takesMs(state: RouterState, request: RestRequest, msPerRow = MS_PER_ROW): number {
  const path = wordsOf(request.path).join("/");
  if (/^ipv6\/firewall\/filter(\/print)?$/.test(path) && /^(GET|POST)$/.test(request.method))
    return state.faults.slowMs + msPerRow * state.table.rows.length;
  if (path !== "tool/fetch") return state.faults.slowMs;
  const body = parseBody(request.text, request.contentType);
  return body.kind === "body"
    ? state.faults.slowMs + fetchTakesMs(state.faults.farSide, body.body)
    : state.faults.slowMs;
}

/** The object that replies show by mistake after a boot, too. */
export function resource({ version, now, boot }: RouterState): Record<string, string> {
  return {
    "architecture-name": "arm64",
    "board-name": "simulated",
    "build-time": "2026-09-01 10:00:00",
    cpu: "ARM64",
    "cpu-count": "4",
    "cpu-load": "1",
    "free-memory": "800000000",
    platform: "MikroTik",
    "total-memory": "1073741824",
    uptime: asDuration(boot === null ? UPTIME_MS : now() - boot.at),
    version,
  };
}

function singleObject(state: RouterState, path: string): Record<string, string> | null {
  if (path === "system/resource") return resource(state);
  if (path === "system/identity") return { name: state.identity };
  if (path === "system/routerboard") return board(state);
  if (path !== "ipv6/settings" || state.ipv6 === null) return null;
  const { disabled, forward } = state.ipv6;
  return { "disable-ipv6": String(disabled), forward: String(forward) };
}

function board({ serial }: RouterState): Record<string, string> {
  if (serial === null) return { routerboard: "false" };
  return { model: "simulated", routerboard: "true", "serial-number": serial };
}

const wordsOf = (path: string) => path.replace(/\?.*$/, "").split("/").slice(2);
const unknownMenu = (word: string) => refusal(400, `no such command or directory (${word})`);

function firstUnknown(state: RouterState, words: readonly string[]): string {
  const singles = [
    "system/resource",
    "system/identity",
    "system/routerboard",
    "ipv6/settings",
    "tool/fetch",
    "ping",
  ];
  const known = [...singles, ...Object.keys(state.menus)].map((path) => path.split("/"));
  const depth = words.findIndex(
    (_, at) => !known.some((path) => words.slice(0, at + 1).every((word, n) => path[n] === word)),
  );
  return words[depth] ?? words.at(-1) ?? "";
}
