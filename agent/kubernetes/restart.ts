// One pod is evicted or deleted, exactly the one with this uid; what is unclear is looked at again.
import type { RestartResult } from "../cluster.ts";
import type { Client } from "./client.ts";
import type { HttpReply, NoReply } from "./connection.ts";
import { describe, describeRight, isBudget, type Right } from "./failures.ts";
import { listAll } from "./list.ts";
import { isTerminating, Pod } from "./pod.ts";

type Target = { readonly namespace: string; readonly name: string; readonly uid: string };
type Method = "evict" | "delete";

/** An answer that says what happened, or why another look is needed. */
type Attempt = { readonly result: RestartResult } | { readonly unclear: string };

/**
 * Evicts (or deletes) the pod with this uid. A timeout, a closed connection, a 5xx or a conflict does
 * not say what happened: then the pod is looked up, and asked for once more if it is still there.
 */
export async function restart(
  client: Client,
  target: Target,
  method: Method,
): Promise<RestartResult> {
  const first = await attempt(client, target, method);
  if ("result" in first) return first.result;
  const between = await look(client, target, method);
  if (between !== "still-there") return between;
  const second = await attempt(client, target, method);
  if ("result" in second) return second.result;
  const after = await look(client, target, method);
  if (after !== "still-there") return after;
  return failed(`asked twice, the pod is still there: ${second.unclear}`);
}

async function attempt(client: Client, target: Target, method: Method): Promise<Attempt> {
  const reply = await client.send(method === "evict" ? eviction(target) : deletion(target));
  if (reply.kind === "no-token" || reply.kind === "certificate")
    return { result: failed(describe(reply)) };
  if (reply.kind !== "reply") return { unclear: describe(reply) };
  if (reply.status >= 200 && reply.status < 300) return { result: done(method, reply.status) };
  if (reply.status === 404) return { result: replaced("404: the pod is gone") };
  if (isBudget(reply))
    return { result: { restarted: "blocked-by-budget", detail: describe(reply) } };
  // 409 is another uid, or a write that came between: only a look tells them apart.
  if (reply.status === 409 || reply.status >= 500) return { unclear: describe(reply) };
  return { result: failed(adviceFor(reply, target, method)) };
}

function eviction({ namespace, name, uid }: Target) {
  return {
    method: "POST",
    path: `${pathOf(namespace, name)}/eviction`,
    body: {
      apiVersion: "policy/v1",
      kind: "Eviction",
      metadata: { name, namespace },
      deleteOptions: { preconditions: { uid } },
    },
  } as const;
}

function deletion({ namespace, name, uid }: Target) {
  return {
    method: "DELETE",
    path: pathOf(namespace, name),
    body: { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid } },
  } as const;
}

function pathOf(namespace: string, name: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
}

/** By a list of one name, so that `list` is the only right to read that the agent needs. */
async function look(
  client: Client,
  { namespace, name, uid }: Target,
  method: Method,
): Promise<RestartResult | "still-there"> {
  const fieldSelector = `metadata.name=${name}`;
  const request = { resource: "pods", namespace, fieldSelector } as const;
  const found = await listAll(client, request, (item) => Pod.safeParse(item).data ?? null);
  if (!found.ok) return failed(`outcome unknown: ${found.error.message}`);
  const pod = found.value.find((one) => one.metadata.uid === uid);
  if (pod === undefined) return replaced("a pod with this uid is not there any more");
  return isTerminating(pod) ? done(method, "found terminating") : "still-there";
}

function adviceFor(reply: HttpReply | NoReply, { namespace }: Target, method: Method): string {
  const right: Right =
    method === "evict"
      ? { verb: "create", resource: "pods/eviction", namespace }
      : { verb: "delete", resource: "pods", namespace };
  const forbidden = reply.kind === "reply" && reply.status === 403;
  return forbidden
    ? `${describe(reply)}; the agent's role lacks: ${describeRight(right)}`
    : describe(reply);
}

function done(method: Method, how: number | string): RestartResult {
  return { restarted: method === "evict" ? "evicted" : "deleted", detail: String(how) };
}

function replaced(detail: string): RestartResult {
  return { restarted: "already-replaced", detail };
}

function failed(detail: string): RestartResult {
  return { restarted: "failed", detail };
}
