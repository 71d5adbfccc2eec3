// The rules of every door, in one table: which route is whose, a good request to it, and what the
// right bearer then gets. A route of the Worker that is not in here fails the tests.
import { PLAN_HASH } from "../support/a-job.ts";
import { OPERATIONS } from "../../../src/openapi/operations.ts";
import type { Ask } from "../support/worker.ts";

/**
 * `*`: only with a token for every cluster. `nobody`: refused by what it is, whoever asks. `page`: with
 * a session of the cluster; `page of any`: with any session.
 */
export type Door =
  | "operator"
  | "operator of *"
  | "agent"
  | "alertmanager"
  | "slack"
  | "anyone"
  | "nobody"
  | "page"
  | "page of any";

export type Rule = {
  readonly door: Door;
  /** What the right bearer gets; for `nobody` everybody. */
  readonly right: number;
  /** What a token of the same role for cluster branch gets in its own cluster, which is empty. */
  readonly inBranch?: number;
  /** The job of cluster home that `:id` names. */
  readonly job?: "queued" | "leased" | "awaiting" | "finished";
  /** What `:kind` and `:decision` are. */
  readonly words?: Readonly<Record<string, string>>;
  readonly ask?: Ask;
};

/** The request that the API document gives as its example: so each of them is sent here. */
function example(route: string): Ask {
  const sent = OPERATIONS[route]?.body?.example;
  if (sent === undefined) throw new Error(`${route} has no example`);
  return typeof sent === "string" ? { raw: sent } : { body: sent };
}

/** As a browser sends a form of our own page. */
function form(raw: string): Ask {
  return {
    raw,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      origin: "https://backon.example",
    },
  };
}

export const RULES: Readonly<Record<string, Rule>> = {
  "GET /healthz": { door: "anyone", right: 200 },
  "GET /openapi.json": { door: "anyone", right: 200 },
  "GET /app.css": { door: "anyone", right: 200 },
  "GET /app.js": { door: "anyone", right: 200 },
  "GET /sign-in": { door: "anyone", right: 200 },
  // Whoever shows no operator token gets the form again.
  "POST /sign-in": { door: "anyone", right: 401, ask: form("token=x") },
  "POST /sign-out": { door: "anyone", right: 303, ask: form("") },
  "GET /": { door: "page of any", right: 200 },
  "GET /clusters/:cluster": { door: "page", right: 200 },
  "GET /clusters/:cluster/live": {
    door: "page",
    right: 101,
    ask: { headers: { upgrade: "websocket", origin: "https://backon.example" } },
  },
  "GET /clusters/:cluster/ask/:kind": { door: "page", right: 200, words: { kind: "withdraw" } },
  "POST /clusters/:cluster/jobs": { door: "page", right: 303, ask: form("kind=diagnose") },
  "GET /clusters/:cluster/jobs/:id": { door: "page", right: 200, job: "queued" },
  "GET /clusters/:cluster/jobs/:id/json": { door: "page", right: 200, job: "queued" },
  "GET /clusters/:cluster/jobs/:id/post-mortem": { door: "page", right: 200, job: "queued" },
  "GET /clusters/:cluster/jobs/:id/:decision": {
    door: "page",
    right: 200,
    job: "awaiting",
    words: { decision: "approve" },
  },
  "POST /clusters/:cluster/jobs/:id/:decision": {
    door: "page",
    right: 303,
    job: "awaiting",
    words: { decision: "approve" },
    ask: form(`planHash=${PLAN_HASH}`),
  },
  "POST /v1/webhooks/alertmanager": {
    door: "alertmanager",
    right: 202,
    inBranch: 202,
    ask: example("POST /v1/webhooks/alertmanager"),
  },
  "PUT /v1/webhooks/alertmanager": {
    door: "alertmanager",
    right: 202,
    inBranch: 202,
    ask: example("PUT /v1/webhooks/alertmanager"),
  },
  "ALL /v1/webhooks/alertmanager": { door: "nobody", right: 405 },
  "ALL /v1/webhooks/alertmanager/*": { door: "nobody", right: 404 },
  // No bearer is right: what a good signature gets is in slack.test.ts.
  "POST /v1/slack/commands": { door: "slack", right: 401, ask: example("POST /v1/slack/commands") },
  "POST /v1/slack/interactions": {
    door: "slack",
    right: 401,
    ask: example("POST /v1/slack/interactions"),
  },
  "POST /v1/codes": { door: "operator", right: 201 },
  "POST /v1/jobs": { door: "operator", right: 202, ask: example("POST /v1/jobs") },
  "GET /v1/jobs": { door: "operator", right: 200 },
  "GET /v1/jobs/:id": { door: "operator", right: 200, job: "queued" },
  "GET /v1/jobs/:id.md": { door: "operator", right: 200, job: "queued" },
  "POST /v1/jobs/:id/approve": {
    door: "operator",
    right: 200,
    job: "awaiting",
    ask: example("POST /v1/jobs/{id}/approve"),
  },
  "POST /v1/jobs/:id/dismiss": { door: "operator", right: 200, job: "awaiting" },
  "POST /v1/jobs/:id/cancel": { door: "operator", right: 200, job: "queued" },
  "GET /v1/status": { door: "operator", right: 200 },
  "POST /v1/tokens": {
    door: "operator of *",
    right: 201,
    ask: example("POST /v1/tokens"),
  },
  "DELETE /v1/tokens/:id": { door: "operator of *", right: 204 },
  "POST /v1/agent/claim": {
    door: "agent",
    right: 200,
    inBranch: 200,
    job: "queued",
    ask: example("POST /v1/agent/claim"),
  },
  "POST /v1/agent/jobs/:id/progress": {
    door: "agent",
    right: 200,
    inBranch: 404,
    job: "leased",
    ask: example("POST /v1/agent/jobs/{id}/progress"),
  },
  "POST /v1/agent/jobs/:id/report": {
    door: "agent",
    right: 200,
    inBranch: 404,
    job: "leased",
    ask: example("POST /v1/agent/jobs/{id}/report"),
  },
  "GET /v1/agent/doorbell": {
    door: "agent",
    right: 101,
    inBranch: 101,
    ask: { headers: { upgrade: "websocket" } },
  },
};

/** Who knocks. The first six hold nothing good; the others' tokens are good somewhere. */
export const BEARERS = [
  "nobody",
  "a stranger with a token signed by another key",
  "a good token as Basic",
  "the right token, expired",
  "the right token, revoked",
  "an operator of *, revoked, who names no cluster",
  "an operator of home",
  "an operator of *",
  "an agent of home",
  "an alertmanager of home",
  "the right role of branch",
  "the right role of a cluster that does not exist",
  "a session of home",
  "a session of *",
  "a session of branch",
  "a session of a revoked token",
  "a session that is over",
  "an operator's token as the cookie",
] as const;
export type Bearer = (typeof BEARERS)[number];

/** The status that a door answers a bearer with. */
export function expected({ door, right, inBranch }: Rule, bearer: Bearer): number {
  if (door === "anyone" || door === "nobody" || door === "slack") return right;
  if (door === "page" || door === "page of any") return ofPage(door, right, bearer);
  switch (bearer) {
    case "nobody":
    case "a stranger with a token signed by another key":
    case "a good token as Basic":
    case "the right token, expired":
    case "the right token, revoked":
      return 401;
    case "an operator of *, revoked, who names no cluster":
      return door.startsWith("operator") ? 401 : 403;
    case "an operator of home":
      return door === "operator" ? right : 403;
    case "an operator of *":
      return door.startsWith("operator") ? right : 403;
    case "an agent of home":
      return door === "agent" ? right : 403;
    case "an alertmanager of home":
      return door === "alertmanager" ? right : 403;
    case "the right role of branch":
      return inBranch ?? 403;
    case "the right role of a cluster that does not exist":
      return 403;
    case "a session of home":
    case "a session of *":
    case "a session of branch":
    case "a session of a revoked token":
    case "a session that is over":
    case "an operator's token as the cookie":
      return 401;
  }
}

/** Whoever has no session is led to the form that signs in. */
function ofPage(door: "page" | "page of any", right: number, bearer: Bearer): number {
  if (bearer === "a session of home" || bearer === "a session of *") return right;
  if (bearer === "a session of branch") return door === "page" ? 403 : right;
  return 303;
}
