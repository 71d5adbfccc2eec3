// One request → one reply: who asks, may they, what is it.
import { listEvents } from "./event-routes.ts";
import { deletePod, evictPod, getPod, listPods, type PodWorld } from "./pod-routes.ts";
import { isHealth, readRequest } from "./requests.ts";
import { AGENT, isAllowed, reviewAccess, type Rule } from "./rights.ts";
import * as answers from "./status-bodies.ts";
import type { Reply } from "./status-bodies.ts";

export type ApiWorld = PodWorld & {
  readonly token: () => string;
  readonly rules: () => readonly Rule[];
};

export type ApiRequest = {
  readonly method: string;
  readonly url: URL;
  readonly authorization: string | null;
  readonly contentType: string | null;
  readonly body: string;
};

const VERSION = {
  major: "1",
  minor: "36",
  gitVersion: "v1.36.2",
  gitCommit: "98b35193b2ac7a23a673325f5e9b830ecd5ba406",
  gitTreeState: "clean",
  buildDate: "2026-08-21T00:00:00Z",
  goVersion: "go1.26.10",
  compiler: "gc",
  platform: "linux/amd64",
};

export function answer(world: ApiWorld, request: ApiRequest): Reply {
  const path = request.url.pathname;
  // A header without a token is nobody's.
  const nobody = request.authorization === null || request.authorization.trim() === "Bearer";
  const user = nobody ? "system:anonymous" : AGENT;
  if (!nobody && request.authorization !== `Bearer ${world.token()}`) return answers.unauthorized();
  if (isHealth(path)) return answers.text(200, "ok");
  if (path === "/version") return answers.json(200, VERSION);
  const badTimeout = refuseTimeout(request.url.searchParams.get("timeout"));
  if (badTimeout !== null) return badTimeout;

  const asked = readRequest(request.method, path);
  if (asked === null) return answers.pathNotFound();
  if (user !== AGENT || !isAllowed(world.rules(), asked)) return answers.forbidden(user, asked);
  if (request.method === "POST" && !/^application\/json\b/.test(request.contentType ?? ""))
    return unsupportedMediaType();
  const { namespace, name } = asked;
  if (asked.resource === "selfsubjectaccessreviews") return review(world, request.body);
  if (asked.resource === "events" && asked.verb === "list")
    return listEvents(world, namespace, request.url);
  if (asked.resource === "pods" && asked.verb === "list")
    return listPods(world, namespace, request.url);
  if (namespace === null || name === null) return answers.pathNotFound();
  const place = { namespace, name };
  const query = request.url.searchParams;
  if (asked.resource === "pods" && asked.verb === "get") return getPod(world, namespace, name);
  if (asked.resource === "pods" && asked.verb === "delete")
    return deletePod(world, place, query, request.body);
  if (asked.resource === "pods/eviction" && asked.verb === "create")
    return evictPod(world, place, query, request.body);
  return answers.pathNotFound();
}

function review(world: ApiWorld, body: string): Reply {
  try {
    return reviewAccess(world.rules(), JSON.parse(body));
  } catch (cause) {
    return answers.badRequest(`json parse error: ${String(cause)}`);
  }
}

function refuseTimeout(timeout: string | null): Reply | null {
  if (timeout === null || /^\d+(\.\d+)?(ms|s|m|h)$/.test(timeout)) return null;
  return answers.badRequest(
    `invalid timeout specified in the request URL - time: invalid duration "${timeout}"`,
  );
}

function unsupportedMediaType(): Reply {
  return answers.failure(
    415,
    "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf",
    { reason: "UnsupportedMediaType" },
  );
}
