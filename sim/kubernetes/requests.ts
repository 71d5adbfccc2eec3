// A request line in the server's own words: verb, resource, place.
import type { Asked } from "./status-bodies.ts";

/** Open to everyone, with and without a token (system:public-info-viewer). */
const HEALTH = ["/readyz", "/livez", "/healthz"];

export const isHealth = (path: string): boolean => HEALTH.includes(path);

const VERBS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  GET: ["get", "list"],
  POST: ["create", "create"],
  PUT: ["update", "update"],
  PATCH: ["patch", "patch"],
  DELETE: ["delete", "deletecollection"],
};

/** Null if the path is no resource's. */
export function readRequest(method: string, path: string): Asked | null {
  const match =
    /^\/(?:api\/v1|apis\/(?<group>[^/]+)\/[^/]+)(?:\/namespaces\/(?<namespace>[^/]+))?\/(?<kind>[^/]+)(?:\/(?<name>[^/]+)(?:\/(?<sub>[^/]+))?)?$/.exec(
      path,
    );
  const found = match?.groups;
  const verbs = VERBS[method];
  if (found === undefined || verbs === undefined) return null;
  const name = found["name"] ?? null;
  const sub = found["sub"] === undefined ? "" : `/${found["sub"]}`;
  return {
    verb: verbs[name === null ? 1 : 0],
    group: found["group"] ?? "",
    resource: `${found["kind"] ?? ""}${sub}`,
    namespace: found["namespace"] ?? null,
    name,
  };
}
