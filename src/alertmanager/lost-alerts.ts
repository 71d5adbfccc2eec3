// Alerts that went astray. A sender counts any 2xx as delivered and follows redirects, the most common
// ones with a GET that has lost the body: so no alert may meet either, wherever it arrives.
import type { Context, MiddlewareHandler } from "hono";
import type { AppEnv } from "../http/app-env.ts";
import { stop } from "../http/stop.ts";

const HERE = "POST /v1/webhooks/alertmanager";

/** As they name themselves. */
const SENDERS = /^(?:alertmanager|prometheus|vmalert|grafana)\b/i;

/** Before the page: a GET by one of them is an alert that something in between has redirected. */
export const refuseLostAlerts: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (SENDERS.test(c.req.header("user-agent") ?? ""))
    stop(
      404,
      `no alert is taken here; if a redirect led here, its body is lost: send to ${HERE} itself, by https`,
    );
  await next();
};

/** What to do about a path that is not there. */
export function alertsHint(c: Context<AppEnv>): string {
  const sends = ["POST", "PUT"].includes(c.req.method);
  return sends
    ? `alerts go to ${HERE}; docs/api.md lists the routes`
    : "docs/api.md lists the routes";
}
