// What may change something through the page: its own forms, sent by a browser that shows it.
import type { MiddlewareHandler } from "hono";
import { stop, type Door } from "../door.ts";

/**
 * Browsers say in `Sec-Fetch-Site` who sends; those that don't yet say it in `Origin`. Our forms are
 * url-encoded, so that no other body gets as far as being read.
 */
export const ownForms: MiddlewareHandler<Door> = async (c, next) => {
  if (!["GET", "HEAD"].includes(c.req.method)) {
    const site = c.req.header("sec-fetch-site");
    const { origin } = new URL(c.req.url);
    const own = site === undefined ? c.req.header("origin") === origin : site === "same-origin";
    const type = c.req.header("content-type") ?? "";
    if (!own || !/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type))
      stop(403, "this takes nothing but the forms of our own page; load the page and try again");
  }
  await next();
};
