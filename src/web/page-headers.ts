// The headers of every page: nothing but our own files runs, nothing is kept by caches.
import type { MiddlewareHandler } from "hono";

/** `data:` is the empty icon. No inline style, no inline script, no frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join("; ");

export const pageHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  // A WebSocket's answer has headers that can't be changed.
  if (c.res.status === 101) return;
  c.res.headers.set("content-security-policy", POLICY);
  c.res.headers.set("cache-control", "no-store");
};
