// The Worker's routes, one after another, and the one place that turns failures into HTTP.
import type { Context } from "hono";
import { Hono } from "hono/tiny";
import { requestId } from "hono/request-id";
import { agentRoutes } from "./agents/routes.ts";
import { alertmanagerRoutes } from "./alertmanager/routes.ts";
import { jobRoutes } from "./manual/routes.ts";
import { pageRoutes } from "./web/routes.tsx";
import { signInRoutes } from "./web/sign-in-routes.tsx";
import { slackRoutes } from "./slack/routes.ts";
import { tokenRoutes } from "./http/token-routes.ts";
import { readConfig } from "./config/config.ts";
import type { AppEnv } from "./http/app-env.ts";
import { stop } from "./http/stop.ts";
import { alertsHint, refuseLostAlerts } from "./alertmanager/lost-alerts.ts";
import { logError } from "./log.ts";
import { problem, refusalOf } from "./http/problem-response.ts";
import { VERSION } from "./protocol/version.ts";
import { safeHeaders } from "./http/safe-headers.ts";

const PAGE_FILES = [
  ["/app.css", "text/css; charset=utf-8"],
  ["/app.js", "text/javascript; charset=utf-8"],
] as const;

export const app = new Hono<AppEnv>();

// Ours, whatever the caller sends: the log goes by it.
app.use(requestId({ headerName: "" }));
app.use(safeHeaders);
// The address is made of the Host header, which workerd takes as it comes.
app.use(async (c, next) => {
  if (!URL.canParse(c.req.url)) stop(400, "Host: this is no host name");
  await next();
});
app.get("/healthz", (c) => c.json({ ok: true, version: VERSION }));
app.get("/openapi.json", (c) => asset(c, "application/json"));
for (const [file, type] of PAGE_FILES) app.get(file, (c) => asset(c, type));

app.use(async (c, next) => {
  const read = readConfig(c.env);
  if (!read.ok) {
    logError(c.var.requestId, "configuration", read.message);
    stop(503, read.names);
  }
  c.set("config", read.config);
  await next();
});

app.route("/v1", alertmanagerRoutes);
app.route("/v1", slackRoutes);
app.route("/v1", jobRoutes);
app.route("/v1", tokenRoutes);
app.route("/v1", agentRoutes);
app.use(refuseLostAlerts);
app.route("/", signInRoutes);
app.route("/", pageRoutes);

app.notFound((c) =>
  problem(c, 404, `there is no ${c.req.method} ${new URL(c.req.url).pathname}; ${alertsHint(c)}`),
);
app.onError((error, c) => {
  const { status, detail } = refusalOf(c, error);
  return problem(c, status, detail);
});

/**
 * A file as it is; the answer is copied because the one that comes has headers that can't be changed. Plain
 * workerd knows no types.
 */
async function asset(c: Context<AppEnv>, type: string): Promise<Response> {
  const headers = new Headers(c.req.raw.headers);
  // A part of a few KiB is of no use to anybody.
  headers.delete("range");
  const found = await c.env.ASSETS.fetch(c.req.url, { headers });
  const answer = new Response(found.body, found);
  if (found.ok) answer.headers.set("content-type", type);
  return answer;
}
