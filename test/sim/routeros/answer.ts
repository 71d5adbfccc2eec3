// One logged-in request → one reply: faults first, then rights, then the menus.
import { found, forbiddenPage, refusal, type Reply } from "./errors.ts";
import type { Faults } from "./faults.ts";
import { filterMenu } from "./filter-menu.ts";
import type { Ambush } from "./operator.ts";
import { parseBody } from "./request-body.ts";
import type { RuleTable } from "./rule-table.ts";
import { noIdentifier, noPermission, type Switches } from "./switches.ts";

export type RestRequest = {
  readonly method: string;
  /** As sent, undecoded, with the query. */
  readonly path: string;
  readonly contentType: string | undefined;
  readonly text: string;
};
/** `close`: the connection is cut in place of a reply. */
export type Answer = Reply | "close";

export type RouterState = {
  readonly table: RuleTable;
  readonly faults: Faults;
  readonly switches: Switches;
  /** What a person does in the middle, each once. */
  readonly ambushes: Ambush[];
  readonly version: string;
  /** /ipv6/settings; null where the IPv6 package's menus are missing. */
  readonly ipv6: { readonly disabled: boolean; readonly forward: boolean } | null;
};

export function answer(state: RouterState, request: RestRequest): Answer {
  const { faults, ambushes } = state;
  const next = ambushes.findIndex((ambush) => ambush.method === request.method);
  if (next >= 0) ambushes.splice(next, 1)[0]?.act();
  if (faults.restOff) return forbiddenPage;
  if (faults.noApiPolicy) return refusal(500, "std failure: not allowed (9)");
  if (request.method === "HEAD") return refusal(501);
  if (request.method === "OPTIONS") return refusal(503);
  if (request.method === "GET") return answerGet(state, request);
  if (faults.closeBeforeApply > 0) {
    faults.closeBeforeApply -= 1;
    return "close";
  }
  const reply = answerWrite(state, request);
  const fault = faults.afterApply.shift();
  if (fault === undefined) return reply;
  if (fault === "close") return "close";
  return fault === "400" ? refusal(400, "failure: busy") : refusal(500, "internal error");
}

function answerGet(state: RouterState, request: RestRequest): Answer {
  const { faults } = state;
  if (faults.closeGets > 0) {
    faults.closeGets -= 1;
    return "close";
  }
  if (faults.failGets > 0) {
    faults.failGets -= 1;
    return refusal(500, "internal error");
  }
  if (faults.wrongObjects > 0 && request.path.startsWith("/rest/ipv6/firewall/filter")) {
    faults.wrongObjects -= 1;
    return found(resource(state));
  }
  return route(state, request, {});
}

function answerWrite(state: RouterState, request: RestRequest): Reply {
  const reads = request.path.endsWith("/print");
  if (state.faults.readOnly && !reads) {
    if (request.method === "DELETE")
      return state.switches.deleteWithoutWrite === "500" ? noPermission : noIdentifier;
    return request.method === "PATCH" ? noIdentifier : noPermission;
  }
  if (request.method === "DELETE") return route(state, request, {});
  const body = parseBody(request.text, request.contentType);
  return body.kind === "refused" ? body.reply : route(state, request, body.body);
}

function route(
  state: RouterState,
  request: RestRequest,
  body: Readonly<Record<string, unknown>>,
): Reply {
  const url = new URL(request.path, "http://router");
  const words = request.path.replace(/\?.*$/, "").split("/").slice(2);
  const menu = words.join("/");
  if (menu === "system/resource") return found(resource(state));
  if (menu === "system/identity") return found({ name: "sim" });
  if (words[0] === "ipv6" && state.ipv6 === null)
    return refusal(400, "no such command or directory (ipv6)");
  if (menu === "ipv6/settings" && state.ipv6 !== null) {
    const { disabled, forward } = state.ipv6;
    return found({ "disable-ipv6": String(disabled), forward: String(forward) });
  }
  if (!/^ipv6\/firewall\/filter(\/|$)/.test(menu))
    return refusal(400, `no such command or directory (${firstUnknown(words)})`);
  const [, , , rest] = words;
  const { table, switches } = state;
  return filterMenu(table, switches, {
    method: request.method,
    rest,
    query: url.searchParams,
    body,
  });
}

function firstUnknown(words: readonly string[]): string {
  const known = ["system", "ipv6", "firewall"];
  return words.find((word) => !known.includes(word)) ?? words.at(-1) ?? "";
}

function resource(state: RouterState): Record<string, string> {
  return {
    "architecture-name": "arm64",
    "board-name": "simulated",
    "free-memory": "800000000",
    platform: "MikroTik",
    uptime: "1d2h3m4s",
    version: state.version,
  };
}
