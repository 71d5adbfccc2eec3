// What the API server's answers mean for us: branch on the code and the reason, never on the text.
import * as z from "zod";
import { parseJson } from "../basics/json.ts";
import { isRetryable } from "../basics/retry.ts";
import type { Failure } from "../ports/result.ts";
import { textOf, type HttpReply, type NoReply } from "./connection.ts";

/** What a request needs and to what it is: names the missing right in a refusal. */
export type Right = {
  readonly verb: "list" | "create" | "delete";
  /** With its subresource: `pods/eviction`. */
  readonly resource: string;
  /** Null: the whole cluster. */
  readonly namespace: string | null;
};

export function describeRight({ verb, resource, namespace }: Right): string {
  return `${verb} ${resource} ${namespace === null ? "in all namespaces" : `in namespace ${namespace}`}`;
}

const Status = z.object({
  reason: z.string().nullish(),
  message: z.string().nullish(),
  details: z
    .object({ causes: z.array(z.object({ reason: z.string().nullish() })).nullish() })
    .nullish(),
});
type Status = z.infer<typeof Status>;

/** The Status in a reply; null where the body is none (flow control answers in plain text). */
function statusOf(reply: HttpReply): Status | null {
  if (!reply.contentType.startsWith("application/json")) return null;
  const parsed = Status.safeParse(parseJson(textOf(reply)));
  return parsed.success ? parsed.data : null;
}

/** A disruption budget forbids the eviction. */
export function isBudget(reply: HttpReply): boolean {
  const causes = statusOf(reply)?.details?.causes ?? [];
  return reply.status === 429 && causes.some((cause) => cause.reason === "DisruptionBudget");
}

/** One sentence about a reply that is not what was asked for. At most 300 characters of it. */
export function describe(reply: HttpReply | NoReply): string {
  if (reply.kind !== "reply") return `${reply.kind} (${reply.detail})`;
  const said = statusOf(reply)?.message ?? textOf(reply);
  return `${reply.status} ${said.trim().slice(0, 300)}`.trim();
}

/** The next move after a read that failed. */
export function failureOf(reply: HttpReply | NoReply, right: Right): Failure {
  const tried = `Kubernetes API, ${describeRight(right)}`;
  const failed = (next: Failure["next"], advice: string): Failure => ({
    next,
    uncertain: false,
    message: `${tried}: ${describe(reply)}; ${advice}`,
    advice,
  });
  if (reply.kind === "certificate")
    return failed("give-up", "check that the CA is the cluster's (KUBERNETES_CA_FILE)");
  if (reply.kind === "no-authority")
    return failed("give-up", "mend the file of the cluster's CA (KUBERNETES_CA_FILE)");
  if (reply.kind === "unreadable")
    return failed("give-up", "check that KUBERNETES_URL is the API server's");
  if (reply.kind === "no-token") return failed("give-up", "check the agent's token file");
  if (reply.kind !== "reply") return failed("retry", "trying again later");
  switch (reply.status) {
    case 401:
      return failed("give-up", "check the agent's token");
    case 403:
      return failed("give-up", `the agent's role lacks: ${describeRight(right)}`);
    case 410:
      return failed("retry", "trying again later");
    default:
      return isRetryable(reply.status)
        ? failed("retry", "trying again later")
        : failed("give-up", "the server did not take the request");
  }
}
