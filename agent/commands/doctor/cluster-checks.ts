// The cluster's API server, and whether our account may do there what the agent needs.
import * as z from "zod";
import type { Settings } from "../../settings/environment.ts";
import { missingRights } from "../../kubernetes/access.ts";
import { createClient, type Client } from "../../kubernetes/client.ts";
import { createConnection, type HttpReply, type NoReply } from "../../kubernetes/connection.ts";
import { describe, parseJson } from "../../kubernetes/failures.ts";
import { kubernetesAccessOf } from "../../settings/outside.ts";
import type { Clock } from "../../ports/clock.ts";
import { checklist, type Check, type Checklist } from "./check.ts";

/** One request; a read is tried four times. */
const REQUEST_MS = 5_000;
const REPLY_BYTES = 1024 * 1024;
const ACCOUNT_NAME = "system:serviceaccount:backon:backon-agent";

const Version = z.object({ gitVersion: z.string().max(100) });

export async function clusterChecks(settings: Settings, clock: Clock): Promise<readonly Check[]> {
  const access = kubernetesAccessOf(settings, clock);
  if (access === null) return [];
  const list = checklist("cluster", new URL(access.url).host);
  const limits = { timeoutMs: REQUEST_MS, maxReplyBytes: REPLY_BYTES };
  const connection = createConnection({ ...access, ...limits });
  const client = createClient({ ...access, ...limits, connection, now: clock.now });
  try {
    if (await reach(client, list)) await rights(client, settings, list);
  } finally {
    connection.close();
  }
  return list.checks;
}

async function reach(client: Client, list: Checklist): Promise<boolean> {
  const reply = await client.read("/version");
  const version =
    reply.kind === "reply" ? Version.safeParse(parseJson(reply.text)).data : undefined;
  if (version !== undefined) {
    list.ok("API server", `reachable, Kubernetes ${version.gitVersion}`);
    return true;
  }
  list.fault("API server", `GET /version: ${describe(reply)}`, wayOut(reply));
  return false;
}

function wayOut(reply: HttpReply | NoReply): string {
  switch (reply.kind) {
    case "certificate":
      return "KUBERNETES_CA_FILE must be the CA of this cluster";
    case "no-authority":
      return "KUBERNETES_CA_FILE (in a pod: its own ca.crt) must hold the CA of this cluster";
    case "no-token":
      return "mount the service account's token, or set KUBERNETES_TOKEN (or _FILE)";
    case "reply":
      return reply.status === 401
        ? "the token is wrong or has expired: KUBERNETES_TOKEN (or _FILE), or the pod's own"
        : "check that KUBERNETES_URL is the API server's";
    case "closed":
    case "timeout":
    case "too-large":
    case "unreadable":
      return "check KUBERNETES_URL and the way to it";
  }
}

/** A namespace in which nothing is ever restarted needs no right for it. */
async function rights(client: Client, settings: Settings, list: Checklist): Promise<void> {
  const { NAMESPACES, DENIED_NAMESPACES, RESTART_METHOD } = settings;
  const allowed = NAMESPACES.filter((name) => !DENIED_NAMESPACES.includes(name));
  const namespaces = allowed.length === 0 ? NAMESPACES : allowed;
  const where = namespaces.length === 0 ? "in all namespaces" : `in ${namespaces.join(", ")}`;
  const restart = RESTART_METHOD === "evict" ? "create pods/eviction" : "delete pods";
  const missing = await missingRights(client, namespaces, RESTART_METHOD);
  if (!missing.ok) return list.fault("rights", missing.error.message);
  if (missing.value.length === 0)
    return list.ok("rights", `list pods, list events, ${restart} ${where}`);
  for (const right of missing.value)
    list.fault("rights", `the account may not ${right}`, ...granting(right));
}

function granting(right: string): string[] {
  const [verb = "", resource = ""] = right.split(" ");
  return [
    `in the account's role (deploy/agent/base/rights.yaml): apiGroups [""], resources [${resource}], verbs [${verb}]`,
    `to see it: kubectl auth can-i ${verb} ${resource} --as=${ACCOUNT_NAME}`,
  ];
}
