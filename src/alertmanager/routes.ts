// POST (and PUT, which Grafana can send) /v1/webhooks/alertmanager: 202 once stored.
import { Hono } from "hono/tiny";
import { authorize, tokenAdmitted } from "../http/authorize.ts";
import type { AppEnv } from "../http/app-env.ts";
import { unwrap, stop } from "../http/stop.ts";
import { ALERT_PUSH, readAlertmanager } from "./read.ts";
import { problem } from "../http/problem-response.ts";
import { jsonBody } from "../http/body.ts";

const PATH = "/webhooks/alertmanager";

/** 1,500 alerts are 1.3 MB; beyond this the sender should set `max_alerts`. */
const NOTIFICATION = {
  bytes: 4 * 1024 * 1024,
  more: "the body is over 4 MiB; set max_alerts in the sender's webhook_config",
};

export const alertmanagerRoutes = new Hono<AppEnv>();

alertmanagerRoutes.on(["POST", "PUT"], PATH, async (c) => {
  const { claims, caller, queue } = await authorize(c, "alertmanager");
  const { value } = await jsonBody(c, NOTIFICATION, () => tokenAdmitted(c, claims));
  const read = readAlertmanager(value, claims.sub);
  if (!read.ok) return stop(400, read.detail);
  const { signal, resolved, accepted, ignored, truncatedAlerts } = read.notification;
  const taken = await unwrap(queue.receiveAlerts(caller, { signal, resolved, ignored }));
  const counts = { ...ignored, ...(taken.stale > 0 ? { stale: taken.stale } : {}) };
  return c.json(
    {
      accepted: Math.max(0, accepted - taken.stale),
      resolved: resolved.length,
      ignored: counts,
      truncatedAlerts,
      jobs: taken.jobs,
      ...(taken.recorded > 0 ? { heldTargets: taken.recorded } : {}),
    },
    202,
  );
});

/** A redirect arrives as an empty GET, and a 200 to it would lose the alert silently. */
alertmanagerRoutes.all(PATH, (c) => {
  const answer = problem(c, 405, `${c.req.method} is not how alerts arrive here: POST them`);
  answer.headers.set("allow", "POST, PUT");
  return answer;
});

/** Prometheus and vmalert put the path of Alertmanager's own API behind the address they are given. */
alertmanagerRoutes.all(`${PATH}/*`, (c) =>
  problem(c, 404, `nothing is below ${PATH}; if a Prometheus sends here: ${ALERT_PUSH}`),
);
