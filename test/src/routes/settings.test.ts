// A Worker with a fault in its settings serves its health, and the fault.
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { app } from "../../../src/app.ts";
import { anOperator } from "../support/an-operator.ts";
import { ask, freshWorldEachTest, requestOf, stored } from "../support/worker.ts";

freshWorldEachTest();

const { TOKEN_KEY: _, ...withoutKey } = env;
const SHORT = "short-and-secret";

test.each([
  ["without TOKEN_KEY", withoutKey],
  ["with a short TOKEN_KEY", { ...env, TOKEN_KEY: SHORT }],
  ["without clusters", { ...env, CLUSTERS: " , " }],
])("%s every route but those for anyone is 503, and nothing is stored", async (_name, settings) => {
  using log = vi.spyOn(console, "error").mockImplementation(() => {});
  const { token } = await anOperator();
  const paths = ["GET /v1/status", "GET /v1/jobs", "POST /v1/jobs", "POST /v1/agent/claim"];
  const posts = ["POST /v1/webhooks/alertmanager", "POST /v1/tokens", "POST /v1/slack/commands"];

  const statuses = new Set<number>();
  for (const route of [...paths, ...posts, "GET /", "GET /nothing"]) {
    const [method = "", path = ""] = route.split(" ");
    const body = method === "POST" ? { body: { kind: "diagnose" } } : {};
    const response = await app.fetch(requestOf(method, path, { token, ...body }), settings as Env);
    statuses.add(response.status);
    const text = await response.text();
    expect(text).toMatch(/TOKEN_KEY|CLUSTERS/);
    expect(text).not.toContain(SHORT);
  }
  const health = await app.fetch(requestOf("GET", "/healthz"), settings as Env);
  const openApi = await app.fetch(requestOf("GET", "/openapi.json"), settings as Env);

  expect([...statuses]).toEqual([503]);
  expect(log).toHaveBeenCalledTimes(9);
  expect(JSON.stringify(log.mock.calls)).not.toMatch(SHORT);
  expect(await health.json()).toEqual({ ok: true, version: "0.1.0" });
  expect(openApi.status).toBe(200);
  expect((await stored()).rows).toBe(0);
});

test("the health needs no token and tells no more than the version", async () => {
  const reply = await ask("GET", "/healthz");

  expect(reply).toMatchObject({ status: 200, body: { ok: true, version: "0.1.0" } });
  expect(Object.keys(reply.body)).toEqual(["ok", "version"]);
});

test("whoever calls is told the names of settings that are wrong, the log their values", async () => {
  using log = vi.spyOn(console, "error").mockImplementation(() => {});
  const values = {
    CLUSTERS: "Secret_Cluster",
    LEASE_MS: "soon-after-lunch",
    SLACK_CHANNELS: "inner circle",
    PUBLIC_URL: "http://inside.example.internal",
  };

  const response = await app.fetch(requestOf("GET", "/v1/status"), { ...env, ...values } as Env);

  const text = await response.text();
  expect(response.status).toBe(503);
  for (const [name, value] of Object.entries(values)) {
    expect(text).toContain(name);
    expect(text).not.toContain(value);
    expect(JSON.stringify(log.mock.calls)).toContain(value);
  }
});
