// Headers that every answer bears, whatever it is. A list of our own: hono's middleware for it would
// be a good KiB of the bundle.
import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "./app-env.ts";

/** With `no-referrer` browsers would say `Origin: null` even with forms of our own page. */
const HEADERS = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "same-origin",
  "strict-transport-security": "max-age=15552000; includeSubDomains",
  "x-content-type-options": "nosniff",
  "x-frame-options": "SAMEORIGIN",
  "x-permitted-cross-domain-policies": "none",
};

export const safeHeaders: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  // A WebSocket's answer has headers that can't be changed.
  if (c.res.status === 101) return;
  for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value);
  // Answers hold tokens, codes and what goes on in a cluster; files say themselves how long they last.
  if (!c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "no-store");
  c.res.headers.set("x-request-id", c.var.requestId);
};
