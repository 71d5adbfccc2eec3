// A policy that is missing: which answer each kind of request gets.
import { refusal, type Reply } from "./errors.ts";
import { noIdentifier, noPermission, type Switches } from "./switches.ts";
import type { Policy } from "./users.ts";

/** The refusal, or null: this login may send this request. */
export function missingRight(
  policies: ReadonlySet<Policy>,
  switches: Switches,
  { method, path }: { readonly method: string; readonly path: string },
): Reply | null {
  if (!policies.has("api")) return refusal(500, "std failure: not allowed (9)");
  if (/^\/rest\/(tool\/fetch|ping)(\/|$)/.test(path))
    return policies.has("test") ? null : noPermission;
  const reads = method === "GET" || path.endsWith("/print");
  if (reads) return policies.has("read") ? null : noPermission;
  if (/^\/rest\/user(\/|$)/.test(path) && !policies.has("policy")) return noPermission;
  if (policies.has("write")) return null;
  if (method === "PATCH") return noIdentifier;
  if (method === "DELETE" && switches.deleteWithoutWrite === "400") return noIdentifier;
  return noPermission;
}
