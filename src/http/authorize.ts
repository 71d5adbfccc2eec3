// Who calls, and for which cluster they may. What is not clearly allowed is refused, with one line that
// says what to do.
import type { Context } from "hono";
import type { Caller, ClusterQueue } from "../cluster/queue.ts";
import type { AppEnv } from "./app-env.ts";
import { stop, unwrap } from "./stop.ts";
import { mayUse, mintOne, readToken, type Claims, type TokenRole } from "./tokens.ts";

type Ctx = Context<AppEnv>;

export type Access = {
  readonly claims: Claims;
  readonly cluster: string;
  readonly caller: Caller;
  readonly queue: DurableObjectStub<ClusterQueue>;
};

/** The token's claims, or 401. */
export async function authenticate(c: Ctx): Promise<Claims> {
  const read = await readToken(c.req.header("authorization") ?? null, {
    keys: c.var.config.tokenKeys,
    now: Date.now(),
  });
  return read.ok ? read.claims : stop(401, read.detail);
}

/**
 * Lets a token of this role in to one cluster. The tenant is the token's cluster; an operator with
 * `*` names one (`wanted`), unless there is only one. A named cluster must match the token's.
 */
export async function authorize(
  c: Ctx,
  role: TokenRole,
  wanted: string | null = null,
): Promise<Access> {
  return authorizeAs(c, await authenticate(c), { role, cluster: wanted });
}

/**
 * The part of `authorize` that comes before a body which may name the cluster itself: role, and cluster
 * as far as token and query say it. `authorizeAs` follows.
 */
export async function authorizeRole(c: Ctx, role: TokenRole): Promise<Claims> {
  const claims = await authenticate(c);
  const cluster = c.req.query("cluster") ?? (claims.cluster === "*" ? null : claims.cluster);
  if (claims.role !== role || (cluster !== null && !mayUse(claims, role, cluster)))
    stop(403, notHere(role, cluster));
  if (cluster !== null) queueOf(c, cluster);
  return claims;
}

/** The same for claims that came another way: the page's session stands for an operator token. */
export async function authorizeAs(
  c: Ctx,
  claims: Claims,
  wanted: { readonly role: TokenRole; readonly cluster: string | null },
): Promise<Access> {
  const { role } = wanted;
  const { clusters } = c.var.config;
  const own =
    claims.cluster === "*" ? (clusters.length === 1 ? clusters[0] : null) : claims.cluster;
  const cluster = wanted.cluster ?? own ?? null;
  // The role first: who may not come in at all is not asked for a cluster.
  if (cluster === null && claims.role === role) {
    await notRevokedAnywhere(c, claims);
    stop(
      400,
      `this token may use every cluster: name one of ${clusters.join(", ")} as ?cluster=NAME`,
    );
  }
  if (cluster === null || !mayUse(claims, role, cluster)) stop(403, notHere(role, cluster));
  await notRevokedAnywhere(c, claims);
  return accessTo(c, claims, cluster);
}

function notHere(role: TokenRole, cluster: string | null): string {
  return `this token may not do that here; ${mintOne(role, cluster ?? undefined)}`;
}

/**
 * A token for every cluster is also good in one that was added after it was revoked, so one object
 * beside the clusters' own knows all revocations. No cluster can be called `*`.
 */
export async function notRevokedAnywhere(c: Ctx, claims: Claims): Promise<void> {
  if (claims.cluster === "*") await unwrap(everyClusters(c).admits(callerOf(claims)));
}

/** Is the token still good: neither revoked everywhere nor, if it has one, in its own cluster? */
export async function tokenAdmitted(c: Ctx, claims: Claims): Promise<void> {
  if (claims.cluster === "*") return notRevokedAnywhere(c, claims);
  await unwrap(queueOf(c, claims.cluster).admits(callerOf(claims)));
}

export function everyClusters(c: Ctx): DurableObjectStub<ClusterQueue> {
  return c.env.QUEUE.getByName("*");
}

/** How the object and its log know the bearer. */
export function callerOf(claims: Claims): Caller {
  return { jti: claims.jti, by: `${claims.role}:${claims.sub}` };
}

/** A way in without a bearer token: the caller has proven itself otherwise (Slack's signature). */
export function accessTo(c: Ctx, claims: Claims, cluster: string): Access {
  return {
    claims,
    cluster,
    caller: callerOf(claims),
    queue: queueOf(c, cluster),
  };
}

export function queueOf(c: Ctx, cluster: string): DurableObjectStub<ClusterQueue> {
  if (!c.var.config.clusters.includes(cluster))
    stop(
      403,
      `there is no cluster ${cluster} here; add it to CLUSTERS in wrangler.toml and deploy`,
    );
  return c.env.QUEUE.getByName(cluster);
}
