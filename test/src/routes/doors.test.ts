// What every answer has in common, whoever asks. Who may ask for what: door-table.test.ts.
import { expect, test } from "vitest";
import { aToken, ask, freshWorldEachTest, type Reply } from "../support/worker.ts";

freshWorldEachTest();

function expectClosed(reply: Reply, status: number): void {
  expect(reply).toMatchObject({ status, type: "application/problem+json" });
  expect(reply.body).toMatchObject({ status, type: "about:blank" });
  expect(reply.body["detail"]).toMatch(/^[^\n]{10,300}$/);
}

test("a token with a changed signature is 401, and is not told", async () => {
  const { token } = await aToken("operator", "*");
  const forged = `${token.slice(0, -6)}AAAAAA`;

  const reply = await ask("GET", "/v1/status?cluster=home", { token: forged });

  expectClosed(reply, 401);
  expect(reply.text).not.toContain(forged);
  expect(reply.headers.get("www-authenticate")).toContain("Bearer");
});

test("a token of * that names no cluster is asked for one, but only where its role may come in", async () => {
  const token = await aToken("operator", "*");

  const own = await ask("GET", "/v1/status", { token });
  const foreign = await ask("POST", "/v1/agent/claim", { token, body: {} });

  expectClosed(own, 400);
  expect(own.body["detail"]).toContain("?cluster=NAME");
  expectClosed(foreign, 403);
  expect(foreign.body["detail"]).toContain("--role agent");
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

test("an answer bears an id of ours, whatever id the caller sends", async () => {
  const headers = { "x-request-id": "somebodys-own" };

  for (const path of ["/healthz", "/v1/status"]) {
    const reply = await ask("GET", path, { headers });
    expect(reply.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  }
});

test("no answer is kept by a cache but the files that are the same for everybody", async () => {
  const token = await aToken("operator", "*");
  const asked = await Promise.all([
    ask("POST", "/v1/tokens", { token, body: { role: "agent", cluster: "home" } }),
    ask("POST", "/v1/codes", { token }),
    ask("GET", "/v1/status?cluster=home", { token }),
    ask("GET", "/v1/status"),
    ask("GET", "/nothing"),
    ask("GET", "/sign-in"),
  ]);

  for (const { headers } of asked) expect(headers.get("cache-control")).toBe("no-store");
  expect((await ask("GET", "/app.css")).headers.get("cache-control")).not.toBe("no-store");
});
