// The agent's door: the protocol's number, and bodies that are not what the protocol says.
import { expect, test } from "vitest";
import { ask, aToken, freshWorldEachTest, stored } from "../support/worker.ts";

freshWorldEachTest();

const calls = ["/v1/agent/claim", "/v1/agent/jobs/j1/progress", "/v1/agent/jobs/j1/report"];
const claim = { agent: "a1", claimId: "c1", version: "0.1.0", node: null, kinds: ["diagnose"] };

test.each(calls.flatMap((path) => [0, 2, 99].map((protocol) => ({ path, protocol }))))(
  "$path with protocol $protocol is 426 with both numbers and the order of upgrades",
  async ({ path, protocol }) => {
    const token = await aToken("agent");

    const reply = await ask("POST", path, { token, body: { ...claim, protocol } });

    expect(reply).toMatchObject({ status: 426, type: "application/problem+json" });
    expect(reply.body["detail"]).toMatch(new RegExp(`1 to 1, the agent ${protocol}: upgrade`));
    expect((await stored()).rows).toBe(0);
  },
);

test.each(calls)("%s without a protocol number is 422 and says so", async (path) => {
  const reply = await ask("POST", path, { token: await aToken("agent"), body: claim });

  expect(reply.status).toBe(422);
  expect(reply.body["detail"]).toContain("protocol");
});

test.each(calls)("%s with a body that is not JSON is 400", async (path) => {
  const reply = await ask("POST", path, { token: await aToken("agent"), raw: "{" });

  expect(reply.status).toBe(400);
});

test("a claim that lacks fields is 422 and names them in one line", async () => {
  const reply = await ask("POST", "/v1/agent/claim", {
    token: await aToken("agent"),
    body: { protocol: 1, agent: "", kinds: "all" },
  });

  expect(reply.status).toBe(422);
  expect(reply.body["detail"]).toBe(
    "agent: Too small: expected string to have >=1 characters; claimId: Invalid input: expected string, received undefined; version: Invalid input: expected string, received undefined; node: Invalid input: expected string, received undefined; kinds: Invalid input: expected array, received string",
  );
});

test("fields that this Worker does not know are no reason to refuse a claim", async () => {
  const token = await aToken("agent");

  const reply = await ask("POST", "/v1/agent/claim", {
    token,
    body: { ...claim, protocol: 1, mood: "good" },
  });

  expect(reply).toMatchObject({ status: 200, body: { job: null, leaseMs: 0 } });
});

test("a report that is done must name its outcome", async () => {
  const token = await aToken("agent");
  const report = { v: 1, mode: "auto" };
  const body = { protocol: 1, fence: 1, seq: 1, disposition: "done", report };

  const reply = await ask("POST", "/v1/agent/jobs/j1/report", { token, body });

  expect(reply.status).toBe(422);
});
