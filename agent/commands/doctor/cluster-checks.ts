// The cluster's API server, and whether our account may do there what the agent needs.
import * as z from "zod";
import type { Settings } from "../../settings/environment.ts";
import { parseJson } from "../../basics/json.ts";
import { missingRights } from "../../kubernetes/access.ts";
import { createClient, EMPTY_TOKEN, type Client } from "../../kubernetes/client.ts";
import {
  createConnection,
  textOf,
  type HttpReply,
  type NoReply,
} from "../../kubernetes/connection.ts";
import { hasItems } from "../../kubernetes/list.ts";
import { describe } from "../../kubernetes/failures.ts";
import { kubernetesAccessOf, namespacesToRead } from "../../settings/outside.ts";
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
    reply.kind === "reply" ? Version.safeParse(parseJson(textOf(reply))).data : undefined;
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
      return adviceOnCertificate(reply.detail);
    case "no-authority":
      return "KUBERNETES_CA_FILE (in a pod: its own ca.crt) must hold the CA of this cluster";
    case "no-token":
      return reply.detail === EMPTY_TOKEN
        ? "the token file is there and empty: mount the service account's token again, or write KUBERNETES_TOKEN (or _FILE)"
        : "mount the service account's token, or set KUBERNETES_TOKEN (or _FILE)";
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

/** A name that is missing and an authority that is another's are mended in different places. */
function adviceOnCertificate(detail: string): string {
  if (detail.includes("ALTNAME"))
    return "the certificate is not for this address: set KUBERNETES_URL to a name or address that it lists, or add this one to it (kubeadm and k3s: --tls-san)";
  return detail.includes("EXPIRED")
    ? "the API server's certificate has expired: renew it, or set the clock of this node"
    : "KUBERNETES_CA_FILE must be the CA of this cluster";
}

async function rights(client: Client, settings: Settings, list: Checklist): Promise<void> {
  const { RESTART_METHOD } = settings;
  const namespaces = namespacesToRead(settings);
  const where = namespaces.length === 0 ? "in all namespaces" : `in ${namespaces.join(", ")}`;
  const restart = RESTART_METHOD === "evict" ? "create pods/eviction" : "delete pods";
  const missing = await missingRights(client, namespaces, RESTART_METHOD);
  if (!missing.ok) return list.fault("rights", missing.error.message);
  if (missing.value.length === 0) {
    list.ok("rights", `list pods, list events, ${restart} ${where}`);
    return emptyNamespaces(client, namespaces, list);
  }
  for (const right of missing.value)
    list.fault("rights", `the account may not ${right}`, ...granting(right));
}

/** The API lists a namespace that does not exist as an empty one: a misspelt name shows only so. */
async function emptyNamespaces(
  client: Client,
  namespaces: readonly string[],
  list: Checklist,
): Promise<void> {
  for (const namespace of namespaces) {
    const request = { resource: "pods", namespace, fieldSelector: "" } as const;
    const listed = await hasItems(client, request);
    if (listed.ok && !listed.value)
      list.warning(
        "namespace",
        `${namespace} has no pod, or there is no such namespace`,
        `check the name in NAMESPACES: kubectl get namespace ${namespace}`,
      );
  }
}

function granting(right: string): string[] {
  const [verb = "", resource = "", , ...place] = right.split(" ");
  const [kind, name] = place;
  const where = kind === "namespace" ? `-n ${name}` : "--all-namespaces";
  const role =
    kind === "namespace"
      ? `in a Role and RoleBinding of namespace ${name} (as in deploy/agent/base/rights.yaml)`
      : "in the account's ClusterRole (deploy/agent/base/rights.yaml)";
  return [
    `${role}: apiGroups [""], resources [${resource}], verbs [${verb}]`,
    `to see it: kubectl auth can-i ${verb} ${resource} ${where} --as=${ACCOUNT_NAME}`,
  ];
}
