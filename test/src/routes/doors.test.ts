// Every route is closed to everybody but its own callers. The table is made from the Worker's own
// list of routes, so a route without a rule here fails.
import { expect, test } from "vitest";
import { app } from "../../../src/app.ts";
import {
  aToken,
  ask,
  freshWorldEachTest,
  stored,
  type Ask,
  type Reply,
} from "../support/worker.ts";

freshWorldEachTest();

type Door = "operator" | "operator of *" | "agent" | "alertmanager" | "slack" | "anyone" | "nobody";

const DOORS: Readonly<Record<string, Door>> = {
  "GET /healthz": "anyone",
  "POST /v1/webhooks/alertmanager": "alertmanager",
  "PUT /v1/webhooks/alertmanager": "alertmanager",
  "ALL /v1/webhooks/alertmanager": "nobody",
  "ALL /v1/webhooks/alertmanager/*": "nobody",
  "POST /v1/slack/commands": "slack",
  "POST /v1/jobs": "operator",
  "GET /v1/jobs": "operator",
  "GET /v1/jobs/:id": "operator",
  "POST /v1/jobs/:id/approve": "operator",
  "POST /v1/jobs/:id/dismiss": "operator",
  "POST /v1/jobs/:id/cancel": "operator",
  "GET /v1/status": "operator",
  "POST /v1/tokens": "operator of *",
  "DELETE /v1/tokens/:id": "operator of *",
  "POST /v1/agent/claim": "agent",
  "POST /v1/agent/jobs/:id/progress": "agent",
  "POST /v1/agent/jobs/:id/report": "agent",
  "GET /v1/agent/doorbell": "agent",
};

/** `ALL /*` is the middleware that every request passes. */
const routes = [...new Set(app.routes.map(({ method, path }) => `${method} ${path}`))].filter(
  (route) => route !== "ALL /*",
);
const ofTokens = routes.filter((route) =>
  ["operator", "operator of *", "agent", "alertmanager"].includes(DOORS[route] ?? ""),
);

/** A request that would be good but for who asks. */
function knock(route: string, what: Ask): Promise<Reply> {
  const [method = "", path = ""] = route.split(" ");
  const real = path.replace(":id", "00000000-0000-4000-8000-000000000000");
  const body = method === "GET" ? {} : { body: { kind: "diagnose", alerts: [], protocol: 1 } };
  return ask(method, `${real}?protocol=1`, { ...body, ...what });
}

function expectClosed(reply: Reply, status: number): void {
  expect(reply).toMatchObject({ status, type: "application/problem+json" });
  expect(reply.body).toMatchObject({ status, type: "about:blank" });
  expect(reply.body["detail"]).toMatch(/^[^\n]{10,300}$/);
}

test("every route has a rule here", () => {
  expect(routes.toSorted()).toEqual(Object.keys(DOORS).toSorted());
});

test.each(ofTokens)("%s without a token is 401 and says how to get one", async (route) => {
  const reply = await knock(route, {});

  expectClosed(reply, 401);
  expect(reply.body["detail"]).toContain("npm run token");
  expect(reply.headers.get("www-authenticate")).toContain("Bearer");
});

test.each(ofTokens)("%s without a token is 401 whatever the body is", async (route) => {
  const reply = await knock(
    route,
    route.startsWith("GET") ? {} : { raw: "no JSON", body: undefined },
  );

  expectClosed(reply, 401);
});

test.each(ofTokens)("%s with a good token as Basic is 401", async (route) => {
  const { token } = await aToken("operator", "*");

  const reply = await knock(route, { headers: { authorization: `Basic ${btoa(`x:${token}`)}` } });

  expectClosed(reply, 401);
  expect(reply.text).not.toContain(token);
});

test.each(ofTokens)(
  "%s with somebody else's signature is 401, and the token is not told",
  async (route) => {
    const { token } = await aToken("operator", "*");
    const forged = `${token.slice(0, -6)}AAAAAA`;

    const reply = await knock(route, { token: forged });

    expectClosed(reply, 401);
    expect(reply.text).not.toContain(forged);
  },
);

const roles = ["operator", "agent", "alertmanager"] as const;
const wrongRoles = ofTokens.flatMap((route) =>
  roles.filter((role) => !DOORS[route]?.startsWith(role)).map((role) => ({ route, role })),
);

test.each(wrongRoles)("$route with the token of an $role is 403", async ({ route, role }) => {
  const token = await aToken(role);

  const reply = await knock(route, { token });

  expectClosed(reply, 403);
  expect(reply.text).not.toContain(token.token);
});

test.each(ofTokens)("%s with a revoked token is 401", async (route) => {
  const door = DOORS[route] ?? "";
  const role = roles.find((name) => door.startsWith(name)) ?? "operator";
  const token = await aToken(role, door === "operator of *" ? "*" : "home");
  const root = await aToken("operator", "*", "root");
  await ask("DELETE", `/v1/tokens/${token.id}`, { token: root });
  const before = await stored();

  const reply = await knock(route, { token, ...wellFormed(route) });

  expectClosed(reply, 401);
  expect(reply.body["detail"]).toContain("revoked");
  expect(await stored()).toEqual(before);
});

/** What the route needs before the object is asked at all. */
function wellFormed(route: string): Ask {
  if (route.endsWith("/doorbell")) return { headers: { upgrade: "websocket" } };
  if (route === "POST /v1/tokens") return { body: { role: "agent", cluster: "home" } };
  if (route.endsWith("/approve")) return { body: { planHash: "h1" } };
  const call = { protocol: 1, fence: 1, seq: 1 };
  if (route.endsWith("/claim"))
    return { body: { protocol: 1, agent: "a", claimId: "c", version: "1", node: null, kinds: [] } };
  if (route.endsWith("/progress")) return { body: { ...call, stage: null, intent: null } };
  if (route.endsWith("/report")) return { body: { ...call, disposition: "release", report: null } };
  if (route === "POST /v1/jobs") return { body: { kind: "diagnose" } };
  return {};
}

const named = ofTokens.filter((route) => DOORS[route] === "operator" && route !== "POST /v1/jobs");

test.each(named)("%s?cluster= of another cluster than the token's is 403", async (route) => {
  const [method = "", path = ""] = route.split(" ");
  const real = path.replace(":id", "x");
  const token = await aToken("operator", "home");

  const reply = await ask(method, `${real}?cluster=branch`, { token });

  expectClosed(reply, 403);
});

test.each(ofTokens)("%s with a token of a cluster that does not exist is 403", async (route) => {
  const door = DOORS[route] ?? "";
  const role = roles.find((name) => door.startsWith(name)) ?? "operator";

  const reply = await knock(route, { token: await aToken(role, "elsewhere") });

  expectClosed(reply, 403);
});

test("a path that does not exist is 404 with one line, with or without a token", async () => {
  const token = await aToken("operator", "*");
  const paths = ["/v2/jobs", "/v1/jobs/x/do-not-cancel", "/v1/jobs/x/dismissed"];

  const replies = await Promise.all([
    ask("GET", "/v1/nothing"),
    ...paths.map((path) => ask("POST", path, { token })),
  ]);

  for (const reply of replies) expectClosed(reply, 404);
});

test("every answer carries the id under which the log has it", async () => {
  const reply = await ask("GET", "/v1/status");

  expect(reply.body["instance"]).toMatch(/^[0-9a-f-]{36}$/);
  expect(reply.headers.get("x-request-id")).toBe(reply.body["instance"]);
});
