// Minting and revoking tokens, for operators of every cluster; and codes that sign in to the page once.
import { Hono } from "hono/tiny";
import * as z from "zod/mini";
import { ClusterName } from "../config/config.ts";
import {
  callerOf,
  authorizeAs,
  everyClusters,
  notRevokedAnywhere,
  queueOf,
  tokenAdmitted,
  authenticate,
} from "./authorize.ts";
import type { AppEnv } from "./app-env.ts";
import { unwrap, stop } from "./stop.ts";
import type { Caller } from "../cluster/queue.ts";
import { mayUse, mintOne, mintToken, TokenRole } from "./tokens.ts";
import { mintCode } from "./session.ts";
import type { Context } from "hono";
import { jsonBody, parseBody } from "./body.ts";

/** What a new token is to be. `days`: until it ends. */
export const Mint = z.strictObject({
  role: TokenRole,
  cluster: z.union([ClusterName, z.literal("*")], "the name of a cluster, or * for an operator"),
  sub: z.optional(
    z
      .string()
      .check(
        z.regex(
          /^(?!backon$)[\w.@-]{1,64}$/,
          "a name for the log: letters, digits, . _ @ -, not backon",
        ),
      ),
  ),
  days: z.optional(z.int().check(z.minimum(1), z.maximum(366))),
});

export const tokenRoutes = new Hono<AppEnv>();

tokenRoutes.post("/tokens", async (c) => {
  const caller = await everyCluster(c);
  const wanted = parseBody(Mint, (await jsonBody(c)).value);
  const { clusters, tokenKeys } = c.var.config;
  if (wanted.cluster === "*" && wanted.role !== "operator")
    stop(422, "cluster: * is for operators only; name the one cluster of this token");
  const concerned = wanted.cluster === "*" ? clusters : [wanted.cluster];
  const { token, claims } = await mintToken({
    key: tokenKeys[0] ?? "",
    role: wanted.role,
    cluster: wanted.cluster,
    sub: wanted.sub ?? wanted.role,
    now: Date.now(),
    ...(wanted.days === undefined ? {} : { ttlSeconds: wanted.days * 86_400 }),
  });
  const detail = `${claims.role} ${claims.sub} ${claims.jti}`;
  for (const cluster of concerned)
    await unwrap(queueOf(c, cluster).note(caller, "token minted", detail));
  return c.json({ token, id: claims.jti, role: claims.role, cluster: claims.cluster }, 201);
});

tokenRoutes.delete("/tokens/:id", async (c) => {
  const caller = await everyCluster(c);
  const id = c.req.param("id");
  if (!/^[0-9a-f-]{36}$/.test(id)) stop(422, "the id of a token is its jti, 36 characters");
  await unwrap(everyClusters(c).revoke(caller, id));
  for (const cluster of c.var.config.clusters) await unwrap(queueOf(c, cluster).revoke(caller, id));
  return c.body(null, 204);
});

/** A code for a link that signs in once: the operator's own rights, for ten minutes. */
tokenRoutes.post("/codes", async (c) => {
  const asked = await authenticate(c);
  const [first = null] = c.var.config.clusters;
  const own = asked.cluster === "*" ? first : null;
  const { claims } = await authorizeAs(c, asked, {
    role: "operator",
    cluster: c.req.query("cluster") ?? own,
  });
  if (claims.role !== "operator") return stop(403, "a code is for operators");
  await tokenAdmitted(c, claims);
  const { code, until } = await mintCode(c, claims);
  await unwrap(everyClusters(c).note(callerOf(claims), "sign-in link made", ""));
  const page = c.var.config.messages.publicUrl ?? new URL(c.req.url).origin;
  const expiresAt = new Date(until).toISOString();
  return c.json({ code, link: `${page}/sign-in#${code}`, expiresAt }, 201);
});

async function everyCluster(c: Context<AppEnv>): Promise<Caller> {
  const claims = await authenticate(c);
  if (!mayUse(claims, "operator", "*"))
    stop(403, `only an operator of every cluster may mint and revoke; ${mintOne("operator", "*")}`);
  await notRevokedAnywhere(c, claims);
  return callerOf(claims);
}
