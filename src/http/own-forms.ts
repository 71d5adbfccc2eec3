// What may change something through the page: its own forms, sent by a browser that shows it.
import type { Context, MiddlewareHandler } from "hono";
import type { AppEnv } from "./app-env.ts";
import { stop } from "./stop.ts";

/** The request's own origin, or the one that PUBLIC_URL names where a proxy ends TLS. */
export function isOwnOrigin(c: Context<AppEnv>): boolean {
  const { publicUrl } = c.var.config.messages;
  const own = [
    new URL(c.req.url).origin,
    ...(publicUrl === null ? [] : [new URL(publicUrl).origin]),
  ];
  return own.includes(c.req.header("origin") ?? "");
}

/**
 * Browsers say in `Sec-Fetch-Site` who sends; those that don't yet say it in `Origin`. Our forms are
 * url-encoded, so that no other body gets as far as being read.
 */
export const ownForms: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (!["GET", "HEAD"].includes(c.req.method)) {
    const site = c.req.header("sec-fetch-site");
    const own = site === undefined ? isOwnOrigin(c) : site === "same-origin";
    const type = c.req.header("content-type") ?? "";
    if (!own || !/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type))
      stop(403, "this takes nothing but the forms of our own page; load the page and try again");
  }
  return next();
};
