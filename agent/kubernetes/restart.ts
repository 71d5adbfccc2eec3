// One pod is evicted or deleted, exactly as it was seen right before: a look, then a request that
// holds for that uid and that version only. What changed or is unclear is looked at again.
import type { FailingPod, RestartResult, RestartTarget } from "../ports/cluster.ts";
import type { Result } from "../ports/result.ts";
import { isAllowed } from "./access.ts";
import type { Client } from "./client.ts";
import type { HttpReply } from "./connection.ts";
import { describe, describeRight, isBudget, type Right } from "./failures.ts";
import type { PodAgain, Target } from "./look-again.ts";

type Method = "evict" | "delete";
/** The pod in the version that was seen. With the version the server does not retry a conflict. */
type Exactly = Target & { readonly version: string };

export type Restarting = {
  readonly client: Client;
  readonly method: Method;
  readonly look: () => Promise<Result<PodAgain>>;
  /** Why the pod as it is now must not be restarted; null: nothing speaks against it. */
  readonly reasonToLeave: (now: FailingPod) => string | null;
};

/** Kubelets write a failing pod a few times a minute: a third conflict in a row is no chance. */
const TRIES = 3;

/** An answer that says what happened, or why another look is needed. */
type Attempt =
  | { readonly result: RestartResult }
  | { readonly unclear: string; readonly mayBeDone: boolean };

/**
 * Evicts (or deletes) the pod with this uid if it still fails and nothing speaks against it. A
 * timeout, a closed connection, a 5xx or a conflict does not say what happened: then the pod is
 * looked up, and asked for again if it is still there.
 */
export async function restart(
  restarting: Restarting,
  target: RestartTarget,
): Promise<RestartResult> {
  const { method, look, reasonToLeave } = restarting;
  let unclear: Extract<Attempt, { unclear: string }> | null = null;
  let maybeOurs = target.mayBeOurs ?? false;
  for (let tries = 0; ; tries++) {
    const now = await look();
    if (!now.ok) return maybeLater(`${notRead(maybeOurs)}: ${now.error.message}`, maybeOurs);
    const { value } = now;
    if (value.kind === "gone")
      return maybeOurs ? sayDone(method, "its answer was lost; the pod is gone") : sayReplaced();
    if (value.kind === "terminating")
      return maybeOurs ? sayDone(method, "found terminating") : left("it is terminating already");
    if (value.kind === "settled") return left(value.why);
    const against = reasonToLeave(value.pod);
    if (against !== null) return left(against);
    if (tries === TRIES)
      return maybeLater(
        `asked ${TRIES} times, the pod is still there: ${unclear?.unclear}`,
        maybeOurs,
      );
    const tried = await attempt(restarting, { ...target, version: value.version });
    if ("result" in tried) return maybeOurs ? oursIfGone(tried.result, method) : tried.result;
    unclear = tried;
    maybeOurs ||= tried.mayBeDone;
  }
}

async function attempt(
  { client, method }: Pick<Restarting, "client" | "method">,
  target: Exactly,
): Promise<Attempt> {
  const reply = await client.send(method === "evict" ? eviction(target) : deletion(target));
  if (reply.kind === "no-token" || reply.kind === "no-authority" || reply.kind === "certificate")
    return { result: sayFailed(describe(reply)) };
  if (reply.kind !== "reply") return { unclear: describe(reply), mayBeDone: true };
  if (reply.status >= 200 && reply.status < 300) return { result: sayDone(method, reply.status) };
  if (reply.status === 404) return { result: sayReplaced() };
  if (isBudget(reply))
    return { result: { restarted: "blocked-by-budget", detail: describe(reply) } };
  // Another uid, or a write that came between: only a look tells them apart.
  if (reply.status === 409) return { unclear: describe(reply), mayBeDone: false };
  if (reply.status >= 500) return { unclear: describe(reply), mayBeDone: true };
  if (reply.status === 403) return { result: await forbidden({ client, method }, target, reply) };
  const passing = [408, 425, 429].includes(reply.status);
  return { result: passing ? maybeLater(describe(reply), false) : sayFailed(describe(reply)) };
}

/** A 404 after an eviction whose answer was lost is the answer. */
function oursIfGone(result: RestartResult, method: Method): RestartResult {
  return result.restarted === "already-replaced"
    ? sayDone(method, "its answer was lost; the pod is gone")
    : result;
}

function eviction({ namespace, name, uid, version }: Exactly) {
  return {
    method: "POST",
    path: `${pathOf(namespace, name)}/eviction`,
    body: {
      apiVersion: "policy/v1",
      kind: "Eviction",
      metadata: { name, namespace },
      deleteOptions: { preconditions: { uid, resourceVersion: version } },
    },
  } as const;
}

function deletion({ namespace, name, uid, version }: Exactly) {
  return {
    method: "DELETE",
    path: pathOf(namespace, name),
    body: {
      apiVersion: "v1",
      kind: "DeleteOptions",
      preconditions: { uid, resourceVersion: version },
    },
  } as const;
}

function pathOf(namespace: string, name: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
}

/**
 * A missing right and an admission policy give the same code and reason: a review of our own right
 * tells them apart. A server that has just started may grant the right a moment later.
 */
async function forbidden(
  { client, method }: Pick<Restarting, "client" | "method">,
  { namespace }: Target,
  reply: HttpReply,
): Promise<RestartResult> {
  const right: Right =
    method === "evict"
      ? { verb: "create", resource: "pods/eviction", namespace }
      : { verb: "delete", resource: "pods", namespace };
  const allowed = await isAllowed(client, right);
  if (!allowed.ok) return maybeLater(describe(reply), false);
  return allowed.value
    ? sayFailed(`refused by an admission policy or webhook, not by the role: ${describe(reply)}`)
    : maybeLater(`${describe(reply)}; the agent's role lacks: ${describeRight(right)}`, false);
}

function notRead(maybeOurs: boolean): string {
  return maybeOurs
    ? "outcome unknown, the pod could not be read again"
    : "not restarted, as the pod could not be read again";
}

function sayDone(method: Method, how: number | string): RestartResult {
  return { restarted: method === "evict" ? "evicted" : "deleted", detail: String(how) };
}

function sayReplaced(): RestartResult {
  return { restarted: "already-replaced", detail: "a pod with this uid is not there any more" };
}

function left(detail: string): RestartResult {
  return { restarted: "left", detail };
}

function maybeLater(detail: string, maybeDone: boolean): RestartResult {
  return { restarted: "failed", detail, again: maybeDone ? "maybe-done" : "not-done" };
}

function sayFailed(detail: string): RestartResult {
  return { restarted: "failed", detail };
}
