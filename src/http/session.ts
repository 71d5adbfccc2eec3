// Who is signed in to the page: a cookie that is a JWT of its own kind. It stands for an operator
// token, so it ends with that token, and when that token is revoked. And the codes that sign in once.
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { sign } from "hono/jwt";
import * as z from "zod/mini";
import type { AppEnv } from "./app-env.ts";
import { isBeyond } from "../jobs/clock-step.ts";
import { Claims, TOKEN_LENGTH, verifiedPayload } from "./tokens.ts";

type Ctx = Context<AppEnv>;
type OperatorClaims = Extract<Claims, { role: "operator" }>;

/** A working day; whoever is on call signs in once. */
const SESSION_SECONDS = 12 * 3600;
const CODE_SECONDS = 600;

/** `jti` is that of the operator token it stands for; `code` is one code's own. Times in seconds. */
const identity = {
  sub: z.string(),
  cluster: z.string(),
  jti: z.string(),
  iat: z.number(),
  exp: z.number(),
};
const Session = z.object({ role: z.literal("session"), ...identity });
/** `tokenExp`: when the token ends, and with it the session that the code opens. */
const Code = z.object({
  role: z.literal("code"),
  code: z.string(),
  tokenExp: z.number(),
  ...identity,
});

/** Sets the cookie. A session never outlives its token. */
export async function startSession(c: Ctx, claims: OperatorClaims): Promise<void> {
  const iat = Math.floor(Date.now() / 1000);
  const exp = Math.min(claims.exp, iat + SESSION_SECONDS);
  const { sub, cluster, jti } = claims;
  const key = c.var.config.tokenKeys[0] ?? "";
  const value = await sign({ role: "session", sub, cluster, jti, iat, exp }, key, "HS256");
  setCookie(c, cookieName(c), value, { ...attributes(c), maxAge: exp - iat });
}

export function endSession(c: Ctx): void {
  deleteCookie(c, cookieName(c), attributes(c));
}

/** The claims of the operator token that the cookie stands for; null if there is no good cookie. */
export async function sessionOf(c: Ctx): Promise<OperatorClaims | null> {
  const value = getCookie(c, cookieName(c));
  if (value === undefined) return null;
  const read = Session.safeParse(await verifiedPayload(value, c.var.config.tokenKeys));
  return read.success ? operator(read.data, SESSION_SECONDS) : null;
}

/** A code that signs in once, within ten minutes, as this operator. `until`: ms since the epoch. */
export async function mintCode(
  c: Ctx,
  claims: OperatorClaims,
): Promise<{ code: string; until: number }> {
  const iat = Math.floor(Date.now() / 1000);
  const exp = Math.min(claims.exp, iat + CODE_SECONDS);
  const { sub, cluster, jti } = claims;
  const key = c.var.config.tokenKeys[0] ?? "";
  const one = { role: "code", code: crypto.randomUUID(), tokenExp: claims.exp };
  const payload = { ...one, sub, cluster, jti, iat, exp };
  return { code: await sign(payload, key, "HS256"), until: exp * 1000 };
}

/** Null if it is no code of ours, or too old. Whether it was used before, the store knows. */
export async function readCode(
  c: Ctx,
  code: string,
): Promise<{ claims: OperatorClaims; id: string } | null> {
  if (code.length > TOKEN_LENGTH) return null;
  const read = Code.safeParse(await verifiedPayload(code, c.var.config.tokenKeys));
  const claims = read.success ? operator(read.data, CODE_SECONDS) : null;
  if (claims === null || !read.success) return null;
  return { claims: { ...claims, exp: read.data.tokenExp }, id: read.data.code };
}

/**
 * As the operator token that it stands for; null if its time is over, or further ahead than it can
 * be: the clock went back.
 */
function operator(
  found: z.infer<typeof Session> | z.infer<typeof Code>,
  mostSeconds: number,
): OperatorClaims | null {
  const { sub, cluster, jti, iat, exp } = found;
  const now = Date.now();
  if (exp * 1000 <= now || isBeyond(exp * 1000, mostSeconds * 1000, now)) return null;
  const claims = Claims.safeParse({ role: "operator", sub, cluster, jti, iat, exp });
  return claims.success && claims.data.role === "operator" ? claims.data : null;
}

/** With `__Host-` a browser takes the cookie from this very host by https alone (RFC 6265bis). */
function cookieName(c: Ctx): string {
  return isSecure(c) ? "__Host-backon" : "backon";
}

function attributes(c: Ctx) {
  return { path: "/", httpOnly: true, sameSite: "Strict", secure: isSecure(c) } as const;
}

/** Plain http is `npm start` on this very machine, or the last step behind a proxy that ends TLS. */
function isSecure(c: Ctx): boolean {
  const { publicUrl } = c.var.config.messages;
  return [c.req.url, publicUrl ?? ""].some((url) => url.startsWith("https:"));
}
