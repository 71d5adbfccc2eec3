// The HTTPS trigger: POST /v1/jobs → Signal. A person writes these bodies, so a mistake is an error
// with the remedy in it, never a guess.
import * as z from "zod/mini";
import { ClusterName } from "../config/config.ts";
import { inWords } from "../config/fault-words.ts";
import type { Signal } from "../jobs/signal.ts";

/** Docker Hub's name in image references is not where its registry listens. */
const DOCKER_HUB_NAMES = new Set(["docker.io", "index.docker.io"]);
const DOCKER_HUB_HOST = "registry-1.docker.io";

/** Labels of at most 63, two or more (image references have no registry without a dot), and the
 * last not a number: that would be an IPv4 address. */
const HOST =
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** A registry as a person writes it → the host that is asked for images, in lower case. */
export const RegistryHost = z.pipe(
  z
    .string("a host name")
    .check(
      z.maxLength(253, "at most 253 characters"),
      z.toLowerCase(),
      z.regex(HOST, "a host name such as docker.io or ghcr.io, without scheme, port and path"),
    ),
  z.transform((host) => (DOCKER_HUB_NAMES.has(host) ? DOCKER_HUB_HOST : host)),
);

const ManualRequest = z.strictObject(
  {
    kind: z.enum(["remediate", "diagnose", "withdraw"], {
      error: ({ input }) =>
        input === "recheck"
          ? "recheck jobs are queued by the Worker itself"
          : "one of remediate, diagnose, withdraw",
    }),
    cluster: z.optional(ClusterName),
    registry: z.optional(RegistryHost),
    scope: z.optional(
      z.enum(["mine", "all"], { error: "mine, or all: for every cluster that uses the router" }),
    ),
  },
  {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `unknown ${issue.keys.slice(0, 5).map(quoted).join(", ")}; the keys are kind, cluster, registry, scope`
        : 'expected a JSON object such as {"kind":"diagnose"}',
  },
);

/**
 * Reads a parsed JSON body. `by` is the `sub` of the operator's token; `cluster` is null if the body
 * leaves it to the token. `detail` is one line for the person who asked, with every fault.
 */
export function readManual(
  body: unknown,
  by: string,
): { ok: true; cluster: string | null; signal: Signal } | { ok: false; detail: string } {
  const parsed = ManualRequest.safeParse(body, inWords);
  if (!parsed.success) {
    return { ok: false, detail: parsed.error.issues.map(describe).join("; ") };
  }
  const { kind, cluster, registry, scope } = parsed.data;
  if (scope !== undefined && kind !== "withdraw")
    return { ok: false, detail: `scope: only an undo has one (kind withdraw, not ${kind})` };
  const signal: Signal = {
    kind,
    origin: { via: "api", by, person: true },
    registry: registry ?? null,
    ...(scope === undefined ? {} : { scope }),
    targets: [],
    truncatedAlerts: 0,
  };
  return { ok: true, cluster: cluster ?? null, signal };
}

function describe({ path, message }: z.core.$ZodIssue): string {
  return [...path, message].join(": ");
}

/** Somebody else's word, made fit for one line. */
function quoted(word: string): string {
  return JSON.stringify(word.slice(0, 40));
}
