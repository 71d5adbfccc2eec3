// The cluster by kubectl's own login, whatever plugin it needs: `kubectl proxy` on loopback, as long as we live.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { errorText } from "../../basics/error-text.ts";
import type { Result } from "../../ports/result.ts";

export type Proxy = { readonly url: string; close(): void };

/**
 * A shell that starts kubectl and ends it when its own input ends: so no proxy with a person's rights outlives
 * us, not even after SIGKILL.
 */
const KEEPER = `
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
{ cat <&3 >/dev/null; kill "$child"; } 2>/dev/null &
wait "$child"`;

/** What the agent asks for and nothing else: no secret can be read through it. */
const PATHS = [
  "^/api/v1/(pods|events)$",
  "^/api/v1/namespaces/[^/]+/(pods|events)$",
  "^/api/v1/namespaces/[^/]+/pods/[^/]+(/eviction)?$",
  "^/apis/authorization.k8s.io/v1/selfsubjectaccessreviews$",
  "^/readyz$",
].join(",");

/** Fails with what kubectl says. `context`: null for its current one. */
export async function proxyOf(context: string | null): Promise<Result<Proxy>> {
  const named = context === null ? [] : [`--context=${context}`];
  const words = ["kubectl", "proxy", "--port=0", `--accept-paths=${PATHS}`, ...named];
  // A group of its own: Ctrl-C is for us, and the cluster is still needed then.
  const child = spawn("sh", ["-c", KEEPER, "sh", ...words], { detached: true, stdio: "pipe" });
  let said = "";
  child.stderr.on("data", (text: Buffer) => (said += text.toString()));
  const close = (): void => void child.stdin.destroy();
  const ended = once(child, "exit").then(
    () => null,
    (cause: unknown) => {
      said = errorText(cause);
      return null;
    },
  );
  const port = await Promise.race([portOf(child.stdout), ended]);
  if (port !== null) return { ok: true, value: { url: `http://127.0.0.1:${port}`, close } };
  close();
  const message = `kubectl proxy ended: ${said.trim() || "it said nothing"}`;
  return { ok: false, error: { next: "give-up", uncertain: false, message } };
}

/** The name of kubectl's current context; null where it has none. */
export async function currentContext(): Promise<string | null> {
  const child = spawn("kubectl", ["config", "current-context"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let name = "";
  child.stdout.on("data", (text: Buffer) => (name += text.toString()));
  // Without kubectl, the proxy says so.
  await once(child, "close").catch(() => null);
  return name.trim() === "" ? null : name.trim();
}

async function portOf(output: NodeJS.ReadableStream): Promise<number | null> {
  for await (const line of createInterface({ input: output })) {
    const [, port] = /127\.0\.0\.1:(\d+)/.exec(line) ?? [];
    if (port !== undefined) return Number(port);
  }
  return null;
}
