// The agent's calls: claim, progress, report, and the doorbell. Each carries its protocol number.
import type { Context } from "hono";
import { Hono } from "hono/tiny";
import * as z from "zod/mini";
import { authorize, tokenAdmitted } from "../http/authorize.ts";
import type { AppEnv } from "../http/app-env.ts";
import { unwrap, stop } from "../http/stop.ts";
import {
  ClaimRequest,
  ProgressRequest,
  PROTOCOL,
  REPORT_LIMIT_BYTES,
  ReportRequest,
} from "../protocol/calls.ts";
import { PLAN_HASH_LENGTH, planText } from "../protocol/plan-text.ts";
import { VERSION } from "../protocol/version.ts";
import { digestOf, jsonBody, parseBody } from "../http/body.ts";

type Asking = Extract<ReportRequest, { disposition: "ask" }>;

const REPORT = {
  bytes: REPORT_LIMIT_BYTES,
  more: `a report is at most ${REPORT_LIMIT_BYTES} bytes`,
};

const Spoken = z.object({ protocol: z.int() });

export const agentRoutes = new Hono<AppEnv>();

agentRoutes.post("/agent/claim", async (c) => {
  const { caller, queue } = await authorize(c, "agent");
  const { value } = await jsonBody(c);
  speaksOurs(value);
  return c.json(await unwrap(queue.claim(caller, parseBody(ClaimRequest, value))));
});

agentRoutes.post("/agent/jobs/:id/progress", async (c) => {
  const { caller, queue } = await authorize(c, "agent");
  const { value, text } = await jsonBody(c);
  speaksOurs(value);
  const request = parseBody(ProgressRequest, value);
  const digest = await digestOf(`progress ${text}`);
  return c.json(await unwrap(queue.progress(caller, { id: idOf(c), request, digest })));
});

agentRoutes.post("/agent/jobs/:id/report", async (c) => {
  const { claims, caller, queue } = await authorize(c, "agent");
  const { value, text } = await jsonBody(c, REPORT, () => tokenAdmitted(c, claims));
  speaksOurs(value);
  const request = parseBody(ReportRequest, value);
  if (request.disposition === "ask") await isOfItsPlan(request);
  const digest = await digestOf(`report ${text}`);
  return c.json(await unwrap(queue.report(caller, { id: idOf(c), request, digest })));
});

agentRoutes.get("/agent/doorbell", async (c) => {
  const { claims, queue } = await authorize(c, "agent");
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket")
    stop(426, "the doorbell is a WebSocket: send an Upgrade");
  speaksOurs({ protocol: Number(c.req.query("protocol")) });
  const inner = new Request(`https://queue/doorbell?jti=${claims.jti}`, {
    headers: { upgrade: "websocket" },
  });
  const answer = await queue.fetch(inner);
  // A fetched response's headers can't be changed, and the middleware adds some.
  return answer.webSocket === null
    ? stop(401, await answer.text())
    : new Response(null, { status: 101, webSocket: answer.webSocket });
});

/** What a person reads and what they approve must be one: nobody's word is taken for the hash. */
async function isOfItsPlan({ plan, planHash, report }: Asking): Promise<void> {
  const made = (await digestOf(planText(plan))).slice(0, PLAN_HASH_LENGTH);
  if (planHash !== made) stop(422, `planHash: the hash of this plan is ${made}`);
  if (report.planHash !== made || JSON.stringify(report.plan) !== JSON.stringify(plan))
    stop(422, "report.plan: an `ask` must be for the plan that its report shows");
}

function idOf(c: Context<AppEnv>): string {
  return c.req.param("id") ?? "";
}

function speaksOurs(value: unknown): void {
  const spoken = Spoken.safeParse(value);
  if (!spoken.success) stop(422, "protocol: the protocol's number, a whole number");
  const { protocol } = spoken.data;
  if (protocol < PROTOCOL.min || protocol > PROTOCOL.max)
    stop(
      426,
      `this Worker (${VERSION}) speaks protocol ${PROTOCOL.min} to ${PROTOCOL.max}, the agent ${protocol}: upgrade the Worker first, then the agent`,
    );
}
