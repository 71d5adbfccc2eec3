// The server's answers as recorded from a kube-apiserver 1.36.2 (test/fixtures/kubernetes).
import { randomUUID } from "node:crypto";

/** A string body is sent as it is; anything else as JSON. */
export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** The server keeps the client waiting for so long. */
  readonly heldMs?: number;
};

const FLOW_HEADERS = {
  "x-kubernetes-pf-flowschema-uid": "f87d08b7-a1df-4984-96fb-0422381617b0",
  "x-kubernetes-pf-prioritylevel-uid": "dbb94351-90f5-4997-9677-58ce5b208be4",
};

export function json(status: number, body: unknown): Reply {
  return { status, headers: headers("application/json"), body };
}

export function text(status: number, body: string): Reply {
  const type = headers("text/plain; charset=utf-8");
  return { status, headers: { ...type, "x-content-type-options": "nosniff" }, body };
}

function headers(contentType: string): Record<string, string> {
  return {
    "content-type": contentType,
    "cache-control": "no-cache, private",
    "audit-id": randomUUID(),
    ...FLOW_HEADERS,
  };
}

type Parts = { reason?: string; details?: unknown; metadata?: unknown };

export function failure(code: number, message: string, parts: Parts = {}): Reply {
  return json(code, {
    kind: "Status",
    apiVersion: "v1",
    metadata: parts.metadata ?? {},
    status: "Failure",
    message,
    ...(parts.reason === undefined ? {} : { reason: parts.reason }),
    ...(parts.details === undefined ? {} : { details: parts.details }),
    code,
  });
}

export function success(code: number): Reply {
  return json(code, { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code });
}

export function badRequest(message: string): Reply {
  return failure(400, message, { reason: "BadRequest" });
}

export function unauthorized(): Reply {
  return failure(401, "Unauthorized", { reason: "Unauthorized" });
}

export type Asked = {
  readonly verb: string;
  readonly group: string;
  /** With its subresource: `pods/eviction`. */
  readonly resource: string;
  readonly namespace: string | null;
  readonly name: string | null;
};

/** 403 as RBAC answers it: names the user, the verb, the resource and the scope. */
export function forbidden(user: string, asked: Asked): Reply {
  const kind = asked.resource.split("/")[0] ?? asked.resource;
  const what = asked.name === null ? kind : `${kind} "${asked.name}"`;
  const where =
    asked.namespace === null ? "at the cluster scope" : `in the namespace "${asked.namespace}"`;
  const reply = failure(
    403,
    `${what} is forbidden: User "${user}" cannot ${asked.verb} resource "${asked.resource}" in API group "${asked.group}" ${where}`,
    {
      reason: "Forbidden",
      details: asked.name === null ? { kind } : { name: asked.name, kind },
    },
  );
  return { ...reply, headers: { ...reply.headers, "x-content-type-options": "nosniff" } };
}

export function podNotFound(name: string): Reply {
  return failure(404, `pods "${name}" not found`, {
    reason: "NotFound",
    details: { name, kind: "pods" },
  });
}

export function pathNotFound(): Reply {
  const message = "the server could not find the requested resource";
  return failure(404, message, { reason: "NotFound", details: {} });
}

export function uidConflict(name: string, asked: string, found: string): Reply {
  return failure(
    409,
    `Operation cannot be fulfilled on Pod "${name}": the UID in the precondition (${asked}) does not match the UID in record (${found}). The object might have been deleted and then recreated`,
    { reason: "Conflict", details: { name, kind: "Pod" } },
  );
}

export function versionConflict(name: string, asked: string, found: string): Reply {
  return failure(
    409,
    `Operation cannot be fulfilled on Pod "${name}": the ResourceVersion in the precondition (${asked}) does not match the ResourceVersion in record (${found}). The object might have been modified`,
    { reason: "Conflict", details: { name, kind: "Pod" } },
  );
}

/** Final for the client: unlike the 429 of flow control it has no Retry-After. */
export function budgetExhausted(budget: string, needs: number, has: number): Reply {
  return failure(429, "Cannot evict pod as it would violate the pod's disruption budget.", {
    reason: "TooManyRequests",
    details: {
      causes: [
        {
          reason: "DisruptionBudget",
          message: `The disruption budget ${budget} needs ${needs} healthy pods and has ${has} currently`,
        },
      ],
    },
  });
}

export function twoBudgets(): Reply {
  return failure(
    500,
    "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
  );
}

/** API Priority and Fairness rejects before it looks: plain text, not a Status. */
export function flowControl(retryAfterSeconds: number): Reply {
  const reply = text(429, "Too many requests, please try again later.\n");
  return { ...reply, headers: { ...reply.headers, "retry-after": String(retryAfterSeconds) } };
}

/** Storage does not answer: a Status without `kind`, sent as text/plain. */
export function gatewayTimeout(): Reply {
  const body = {
    metadata: {},
    status: "Failure",
    message: "Timeout: request did not complete within the allotted timeout",
    reason: "Timeout",
    details: {},
    code: 504,
  };
  const reply = json(504, body);
  return {
    ...reply,
    headers: { ...reply.headers, "content-type": "text/plain; charset=utf-8" },
  };
}

export function expired(freshToken: string): Reply {
  return failure(
    410,
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.",
    { reason: "Expired", metadata: { continue: freshToken } },
  );
}
