// Bearer tokens: JWTs signed with TOKEN_KEY, HS256 and nothing else. The cluster in the token is the
// tenant. Whether an id was revoked is the cluster's object's business, asked in the same call.
import { sign, verify } from "hono/jwt";
import * as z from "zod/mini";
import { ClusterName } from "../config/config.ts";

export const TokenRole = z.enum(["operator", "agent", "alertmanager"]);
export type TokenRole = z.infer<typeof TokenRole>;

/** `*`, every cluster, is for operators only. */
const AnyCluster = z.union([ClusterName, z.literal("*")]);
const seconds = z.int().check(z.minimum(0));
const identity = {
  sub: z.string().check(z.minLength(1), z.maxLength(200)),
  jti: z.string().check(z.minLength(1), z.maxLength(100)),
  iat: seconds,
};

/** What a token says. `iat` and `exp` in seconds since the epoch, as RFC 7519 has them. */
export const Claims = z.discriminatedUnion("role", [
  z.object({ role: z.literal("operator"), cluster: AnyCluster, ...identity, exp: seconds }),
  z.object({
    role: z.enum(["agent", "alertmanager"]),
    cluster: ClusterName,
    ...identity,
    exp: z.exactOptional(seconds),
  }),
]);
export type Claims = z.infer<typeof Claims>;

/** RFC 7518 section 3.2: a key of HS256 is at least as long as its hash. */
const KEY_LENGTH = 32;
const OPERATOR_TTL_SECONDS = 90 * 24 * 60 * 60;
/** Ours are under 600 characters; no work is done for anything much longer. */
export const TOKEN_LENGTH = 4096;

/**
 * Signs a new token. `now` is in milliseconds since the epoch. Operator tokens live 90 days unless
 * `ttlSeconds` says otherwise, the others until they are revoked. Throws if the key is too short or
 * the claims are not allowed (`*` for an agent): callers parse requests first.
 */
export async function mintToken(wanted: {
  readonly key: string;
  readonly role: TokenRole;
  readonly cluster: string;
  readonly sub: string;
  readonly now: number;
  readonly ttlSeconds?: number | undefined;
}): Promise<{ token: string; claims: Claims }> {
  if (wanted.key.length < KEY_LENGTH) throw new Error(shortKey);
  const { role, cluster, sub } = wanted;
  const iat = Math.floor(wanted.now / 1000);
  const ttl = wanted.ttlSeconds ?? (role === "operator" ? OPERATOR_TTL_SECONDS : null);
  const claims = Claims.parse({
    role,
    cluster,
    sub,
    jti: crypto.randomUUID(),
    iat,
    ...(ttl === null ? {} : { exp: iat + ttl }),
  });
  return { token: await sign(claims, wanted.key, "HS256"), claims };
}

export type TokenRead = { ok: true; claims: Claims } | { ok: false; detail: string };

/**
 * Reads an Authorization header. `keys`: the current key, then the previous one in a rotation; one
 * that is too short counts for nothing. `now` is in milliseconds since the epoch. `detail` is one
 * line that says what to do, and holds nothing of the header.
 */
export async function readToken(
  authorization: string | null | undefined,
  trust: { readonly keys: readonly string[]; readonly now: number },
): Promise<TokenRead> {
  const keys = trust.keys.filter((key) => key.length >= KEY_LENGTH);
  if (keys.length === 0) return { ok: false, detail: shortKey };
  if (!authorization) return { ok: false, detail: `no token; ${mintOne()}` };
  const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization)?.[1];
  if (token === undefined || token.length > TOKEN_LENGTH) {
    return { ok: false, detail: `not of the form "Authorization: Bearer TOKEN"; ${mintOne()}` };
  }
  const payload = await keptPayload(token, trust.keys, () => verifiedPayload(token, keys));
  if (payload === null) return { ok: false, detail: `not signed by this Worker; ${mintOne()}` };
  const claims = Claims.safeParse(payload);
  if (!claims.success) return { ok: false, detail: `a token without valid claims; ${mintOne()}` };
  if (claims.data.exp !== undefined && claims.data.exp * 1000 <= trust.now) {
    return { ok: false, detail: `the token has expired; ${mintOne()}` };
  }
  return { ok: true, claims: claims.data };
}

/** By the keys that signed them: with other keys every token is verified anew. */
const kept = new WeakMap<readonly string[], Map<string, unknown>>();
const MOST_KEPT = 256;

/** A token that was good under these keys is good again; its times are judged at each call. */
async function keptPayload(
  token: string,
  keys: readonly string[],
  verified: () => Promise<unknown>,
): Promise<unknown> {
  const good = kept.get(keys) ?? new Map<string, unknown>();
  kept.set(keys, good);
  if (good.has(token)) return good.get(token);
  const payload = await verified();
  if (payload === null) return null;
  const oldest = good.keys().next();
  if (good.size >= MOST_KEPT && !oldest.done) good.delete(oldest.value);
  good.set(token, payload);
  return payload;
}

/** May the bearer act in this role on this cluster? A cluster `*` here asks for every cluster. */
export function mayUse(claims: Claims, role: TokenRole, cluster: string): boolean {
  return claims.role === role && (claims.cluster === "*" || claims.cluster === cluster);
}

/** What to do when `mayUse` says no, or when there is no good token. One line, nothing secret. */
export function mintOne(role?: TokenRole, cluster?: string): string {
  // A bare * would be expanded by a shell.
  const named = cluster === "*" ? "'*'" : (cluster ?? "NAME");
  return `mint one with: npm run token -- --cluster ${named} --role ${role ?? "ROLE"}`;
}

const shortKey = `the secret TOKEN_KEY is missing or shorter than ${KEY_LENGTH} characters: set it, then ${mintOne()}`;

/** The payload under the first key that signed it, or null. Times are judged later, by `now`. */
export async function verifiedPayload(token: string, keys: readonly string[]): Promise<unknown> {
  for (const key of keys) {
    try {
      return await verify(token, key, { alg: "HS256", exp: false, nbf: false, iat: false });
    } catch (error) {
      // The library throws for every token that is not good, with the token in the message: the
      // kind is all that is used. Anything else is a bug and goes on.
      if (!(error instanceof Error && error.name.startsWith("Jwt"))) throw error;
    }
  }
  return null;
}
