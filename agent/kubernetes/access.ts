// A self-test of the account: needs no right of its own (system:basic-user may ask about itself).
import * as z from "zod";
import { parseJson } from "../basics/json.ts";
import type { Result } from "../ports/result.ts";
import type { Client } from "./client.ts";
import { describeRight, failureOf, type Right } from "./failures.ts";
import { textOf } from "./connection.ts";

const Review = z.object({ status: z.object({ allowed: z.boolean() }) });

/** The rights that the agent lacks, each as one phrase: `list pods in namespace shop`. */
export async function missingRights(
  client: Client,
  namespaces: readonly string[],
  method: "evict" | "delete",
): Promise<Result<readonly string[]>> {
  const missing: string[] = [];
  for (const namespace of namespaces.length === 0 ? [null] : namespaces) {
    for (const right of wantedRights(namespace, method)) {
      const allowed = await isAllowed(client, right);
      if (!allowed.ok) return allowed;
      if (!allowed.value) missing.push(describeRight(right));
    }
  }
  return { ok: true, value: missing };
}

function wantedRights(namespace: string | null, method: "evict" | "delete"): readonly Right[] {
  const restart =
    method === "evict"
      ? ({ verb: "create", resource: "pods/eviction", namespace } as const)
      : ({ verb: "delete", resource: "pods", namespace } as const);
  return [
    { verb: "list", resource: "pods", namespace },
    { verb: "list", resource: "events", namespace },
    restart,
  ];
}

/** Whether this account has that right, by its own word; needs no right to ask. */
export async function isAllowed(client: Client, right: Right): Promise<Result<boolean>> {
  const [resource, subresource] = right.resource.split("/");
  const reply = await client.send({
    method: "POST",
    path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    body: {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: {
        resourceAttributes: {
          verb: right.verb,
          resource,
          ...(subresource === undefined ? {} : { subresource }),
          ...(right.namespace === null ? {} : { namespace: right.namespace }),
        },
      },
    },
  });
  const review =
    reply.kind === "reply" ? Review.safeParse(parseJson(textOf(reply))).data : undefined;
  if (review !== undefined) return { ok: true, value: review.status.allowed };
  const asked: Right = { verb: "create", resource: "selfsubjectaccessreviews", namespace: null };
  return { ok: false, error: failureOf(reply, asked) };
}
