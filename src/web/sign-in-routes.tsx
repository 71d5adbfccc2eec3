// In and out of the page: a token, or a code that works once, becomes a cookie.
import type { Context } from "hono";
import { Hono } from "hono/tiny";
import { HTTPException } from "hono/http-exception";
import { callerOf, everyClusters, tokenAdmitted } from "../http/authorize.ts";
import type { AppEnv } from "../http/app-env.ts";
import { unwrap, stop } from "../http/stop.ts";
import { readToken } from "../http/tokens.ts";
import { Layout } from "./layout.tsx";
import { endSession, readCode, startSession } from "../http/session.ts";
import { SignInPage } from "./sign-in.tsx";
import { formBody } from "../http/body.ts";
import { ownForms } from "../http/own-forms.ts";
import { pageHeaders } from "./page-headers.ts";
import { refusalPage } from "./refusal.tsx";

export const signInRoutes = new Hono<AppEnv>();

signInRoutes.use("/sign-in", pageHeaders, ownForms);
signInRoutes.use("/sign-out", pageHeaders, ownForms);

signInRoutes.get("/sign-in", (c) =>
  page(c, { next: ownPath(c.req.query("next")), problem: null }, 200),
);

signInRoutes.post("/sign-in", async (c) => {
  const { token, code, next } = await formBody(c);
  const wanted = ownPath(next);
  try {
    const claims = code === undefined ? await byToken(c, token ?? "") : await byCode(c, code);
    await startSession(c, claims);
    return c.redirect(wanted, 303);
  } catch (cause) {
    if (!(cause instanceof HTTPException) || cause.status >= 500) throw cause;
    return page(c, { next: wanted, problem: cause.message }, cause.status === 403 ? 403 : 401);
  }
});

signInRoutes.post("/sign-out", (c) => {
  endSession(c);
  return c.redirect("/sign-in", 303);
});

signInRoutes.onError(refusalPage);

async function byToken(c: Context<AppEnv>, token: string) {
  const { tokenKeys: keys } = c.var.config;
  const read = await readToken(`Bearer ${token.trim()}`, { keys, now: Date.now() });
  if (!read.ok) return stop(401, read.detail);
  const { claims } = read;
  if (claims.role !== "operator") return stop(403, "the page is for operator tokens");
  await tokenAdmitted(c, claims);
  return claims;
}

async function byCode(c: Context<AppEnv>, code: string) {
  const read = await readCode(c, code);
  if (read === null) return stop(401, "this link is too old or not ours; ask for a new one");
  await tokenAdmitted(c, read.claims);
  await unwrap(everyClusters(c).redeem(callerOf(read.claims), read.id));
  return read.claims;
}

/** Where to go after signing in: a path of this host and nothing else. */
function ownPath(next: string | undefined): string {
  if (next === undefined || !/^\/(?![/\\])[\x21-\x7e]{0,500}$/.test(next)) return "/";
  return next.startsWith("/sign-") || next.includes("\\") ? "/" : next;
}

function page(
  c: Context<AppEnv>,
  { next, problem }: { readonly next: string; readonly problem: string | null },
  status: 200 | 401 | 403,
) {
  return c.html(
    <Layout title="Sign in" viewer={null}>
      <SignInPage next={next} problem={problem} />
    </Layout>,
    status,
  );
}
