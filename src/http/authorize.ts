// The door: who calls, for which cluster. Everything that is not clearly allowed is closed, with
// one line that says what to do.
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { Config } from "../config/config.ts";
import type { Caller, ClusterQueue } from "../cluster/queue.ts";
import type { Settled } from "../jobs/result.ts";
import { mayUse, mintOne, readToken, type Claims, type TokenRole } from "./tokens.ts";

/** `session`: the operator token that the page's cookie stands for, on the page's routes alone. */
export type Door = {
  Bindings: Env;
  Variables: { config: Config; requestId: string; session?: Claims };
};
type Ctx = Context<Door>;

export type Entry = {
  readonly claims: Claims;
  readonly cluster: string;
  readonly caller: Caller;
  readonly queue: DurableObjectStub<ClusterQueue>;
};

/** Ends the request with this status and this one line, as a problem body. */
export function stop(
  status: 400 | 401 | 403 | 404 | 409 | 413 | 422 | 426 | 503,
  detail: string,
): never {
  throw new HTTPException(status, { message: detail });
}

/** The token's claims, or 401. */
export async function whoCalls(c: Ctx): Promise<Claims> {
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
export async function enter(c: Ctx, role: TokenRole, wanted: string | null = null): Promise<Entry> {
  return enterAs(c, await whoCalls(c), role, wanted);
}

/**
 * The part of `enter` that comes before a body which may name the cluster itself: role, and cluster
 * as far as token and query say it. `enterAs` follows.
 */
export async function mayEnter(c: Ctx, role: TokenRole): Promise<Claims> {
  const claims = await whoCalls(c);
  const cluster = c.req.query("cluster") ?? (claims.cluster === "*" ? null : claims.cluster);
  if (claims.role !== role || (cluster !== null && !mayUse(claims, role, cluster)))
    stop(403, notHere(role, cluster));
  if (cluster !== null) queueOf(c, cluster);
  return claims;
}

/** The same for claims that came another way: the page's session stands for an operator token. */
export async function enterAs(
  c: Ctx,
  claims: Claims,
  role: TokenRole,
  wanted: string | null,
): Promise<Entry> {
  const { clusters } = c.var.config;
  const own =
    claims.cluster === "*" ? (clusters.length === 1 ? clusters[0] : null) : claims.cluster;
  const cluster = wanted ?? own ?? null;
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
  return entryTo(c, claims, cluster);
}

function notHere(role: TokenRole, cluster: string | null): string {
  return `this token may not do that here; ${mintOne(role, cluster ?? undefined)}`;
}

/**
 * A token for every cluster is also good in one that was added after it was revoked, so one object
 * beside the clusters' own knows all revocations. No cluster can be called `*`.
 */
export async function notRevokedAnywhere(c: Ctx, claims: Claims): Promise<void> {
  if (claims.cluster === "*") await settled(everyClusters(c).admits(callerOf(claims)));
}

/** Is the token still good: neither revoked everywhere nor, if it has one, in its own cluster? */
export async function tokenAdmitted(c: Ctx, claims: Claims): Promise<void> {
  if (claims.cluster === "*") return notRevokedAnywhere(c, claims);
  await settled(queueOf(c, claims.cluster).admits(callerOf(claims)));
}

export function everyClusters(c: Ctx): DurableObjectStub<ClusterQueue> {
  return c.env.QUEUE.getByName("*");
}

/** How the object and its log know the bearer. */
export function callerOf(claims: Claims): Caller {
  return { jti: claims.jti, by: `${claims.role}:${claims.sub}` };
}

/** A way in without a bearer token: the caller has proven itself otherwise (Slack's signature). */
export function entryTo(c: Ctx, claims: Claims, cluster: string): Entry {
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

/** The value, or the refusal as a problem body. A store that fails is 503: the sender tries again. */
export async function settled<T>(call: Promise<Settled<T>>): Promise<T> {
  let outcome: Settled<T>;
  try {
    outcome = await call;
  } catch (cause) {
    throw new HTTPException(503, {
      message: "the store did not answer: what it changed, if anything, is not known; try again",
      cause,
    });
  }
  if (outcome.ok) return outcome.value;
  const { status } = outcome;
  if (status === 401 || status === 404 || status === 409 || status === 422)
    stop(status, outcome.detail);
  return stop(503, outcome.detail);
}
