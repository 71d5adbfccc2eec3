// One logged-in request → one reply: faults first, then rights, then the menus.
import { found, refusal, type Reply } from "./errors.ts";
import { parseBody } from "./request-body.ts";
import { missingRight } from "./rights.ts";
import type { Answer, RestRequest } from "./rest-request.ts";
import { resource, route } from "./route.ts";
import type { RouterState } from "./router-state.ts";
import type { Policy } from "./users.ts";

export function answer(
  state: RouterState,
  login: ReadonlySet<Policy>,
  request: RestRequest,
): Answer {
  const { faults, ambushes } = state;
  const next = ambushes.findIndex((ambush) => ambush.method === request.method);
  if (next >= 0) ambushes.splice(next, 1)[0]?.act();
  const taken = [...(faults.readOnly ? ["write"] : []), ...(faults.noApiPolicy ? ["api"] : [])];
  const policies = new Set([...login].filter((policy) => !taken.includes(policy)));
  if (policies.has("api") && request.method === "HEAD") return refusal(501);
  if (policies.has("api") && request.method === "OPTIONS") return refusal(503);
  const missing = missingRight(policies, state.switches, request);
  if (missing !== null) return missing;
  return request.method === "GET" ? answerGet(state, request) : answerWrite(state, request);
}

function answerGet(state: RouterState, request: RestRequest): Answer {
  const { faults, boot } = state;
  if (faults.closeGets > 0) {
    faults.closeGets -= 1;
    return "close";
  }
  if (faults.failGets > 0) {
    faults.failGets -= 1;
    return refusal(500, "internal error");
  }
  const ofFilter = request.path.startsWith("/rest/ipv6/firewall/filter");
  if (faults.wrongObjects > 0 && ofFilter) {
    faults.wrongObjects -= 1;
    return found(resource(state));
  }
  if (boot !== null && state.now() < boot.confusedUntil)
    return found(request.path.includes("/system/resource") ? [] : resource(state));
  return route(state, request, {});
}

function answerWrite(state: RouterState, request: RestRequest): Answer {
  const { faults } = state;
  if (faults.closeBeforeApply > 0) {
    faults.closeBeforeApply -= 1;
    return "close";
  }
  const reply = applied(state, request);
  const fault = faults.afterApply.shift();
  if (fault === undefined) return reply;
  if (fault === "close") return "close";
  return fault === "400" ? refusal(400, "failure: busy") : refusal(500, "internal error");
}

function applied(state: RouterState, request: RestRequest): Reply {
  if (request.method === "DELETE") return route(state, request, {});
  const body = parseBody(request.text, request.contentType);
  return body.kind === "refused" ? body.reply : route(state, request, body.body);
}
