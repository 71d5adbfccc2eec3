// Role-based access: who may do what, and the review by which an account asks about itself.
import { json, type Asked, type Reply } from "./status-bodies.ts";

export type Rule = {
  readonly verbs: readonly string[];
  /** With the subresource: `pods/eviction`. */
  readonly resources: readonly string[];
  /** Left out: in the whole cluster. */
  readonly namespaces?: readonly string[];
};

export const AGENT = "system:serviceaccount:backon:backon-agent";

/** The rights in the recordings: more than the agent needs. */
export const RECORDED_RULES: readonly Rule[] = [
  { verbs: ["get", "list", "watch", "delete"], resources: ["pods"] },
  { verbs: ["create"], resources: ["pods/eviction"] },
  { verbs: ["get", "list", "create", "patch"], resources: ["events"] },
];

/** Every account may ask about itself (system:basic-user). */
const BASIC: Rule = { verbs: ["create"], resources: ["selfsubjectaccessreviews"] };

export function isAllowed(rules: readonly Rule[], asked: Asked): boolean {
  return [...rules, BASIC].some(
    (rule) =>
      rule.verbs.includes(asked.verb) &&
      rule.resources.includes(asked.resource) &&
      (rule.namespaces === undefined || rule.namespaces.includes(asked.namespace ?? "")),
  );
}

type Attributes = {
  verb?: string;
  group?: string;
  resource?: string;
  subresource?: string;
  namespace?: string;
  name?: string;
};

/** HTTP 201 for a yes and for a no; a no has `allowed` false and nothing else. */
export function reviewAccess(rules: readonly Rule[], body: unknown): Reply {
  const { spec } = body as { spec?: { resourceAttributes?: Attributes } };
  const about = spec?.resourceAttributes ?? {};
  const sub = about.subresource === undefined ? "" : `/${about.subresource}`;
  const allowed = isAllowed(rules, {
    verb: about.verb ?? "",
    group: about.group ?? "",
    resource: `${about.resource ?? ""}${sub}`,
    namespace: about.namespace ?? null,
    name: about.name ?? null,
  });
  const reason =
    'RBAC: allowed by ClusterRoleBinding "backon-agent" of ClusterRole "backon-agent" to ServiceAccount "backon-agent/backon"';
  return json(201, {
    kind: "SelfSubjectAccessReview",
    apiVersion: "authorization.k8s.io/v1",
    metadata: {},
    spec,
    status: allowed ? { allowed, reason } : { allowed },
  });
}
