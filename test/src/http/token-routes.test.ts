// Minting and revoking: who may, what a new token may do, and when it stops.
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import * as z from "zod/mini";
import { mintToken } from "../../../src/http/tokens.ts";
import { HOUR } from "../support/a-job.ts";
import {
  ask,
  aToken,
  freshWorldEachTest,
  pass,
  stored,
  type Reply,
  type Token,
} from "../support/worker.ts";

freshWorldEachTest();

const Minted = z.object({
  token: z.string(),
  id: z.string(),
  role: z.string(),
  cluster: z.string(),
});

async function mint(body: object, by?: Token): Promise<Reply> {
  return ask("POST", "/v1/tokens", { token: by ?? (await aToken("operator", "*", "root")), body });
}

/** A request that only a token of this role on `home` may make. */
function use(role: string, token: string): Promise<Reply> {
  if (role === "operator") return ask("GET", "/v1/status?cluster=home", { token });
  if (role === "agent") {
    const body = { protocol: 1, agent: "a", claimId: "c", version: "1", node: null, kinds: [] };
    return ask("POST", "/v1/agent/claim", { token, body });
  }
  return ask("POST", "/v1/webhooks/alertmanager", { token, body: { alerts: [] } });
}

test.each([
  ["operator", 200],
  ["agent", 200],
  ["alertmanager", 202],
])("a minted %s token works", async (role, status) => {
  const reply = await mint({ role, cluster: "home" });

  expect(reply.status).toBe(201);
  const { token } = Minted.parse(reply.body);
  expect((await use(role, token)).status).toBe(status);
});

test("who minted which token is in the cluster's log, and the token itself is nowhere", async () => {
  const { token, id } = Minted.parse((await mint({ role: "agent", cluster: "home" })).body);

  const { text } = await stored("home");

  expect(text).toContain("operator:root");
  expect(text).toContain(id);
  expect(text).not.toContain(token);
});

test("minting for every cluster is in every cluster's log", async () => {
  const { id } = Minted.parse((await mint({ role: "operator", cluster: "*" })).body);

  expect((await stored("home")).text).toContain(id);
  expect((await stored("branch")).text).toContain(id);
});

test("days says how long a token lives", async () => {
  const { token } = Minted.parse((await mint({ role: "agent", cluster: "home", days: 1 })).body);
  const before = await use("agent", token);
  pass(24 * HOUR);

  const after = await use("agent", token);

  expect([before.status, after.status]).toEqual([200, 401]);
  expect(after.body["detail"]).toContain("expired");
});

test("an operator of one cluster may neither mint nor revoke", async () => {
  const by = await aToken("operator", "home");
  const victim = await aToken("agent", "home");

  const minted = await mint({ role: "agent", cluster: "home" }, by);
  const revoked = await ask("DELETE", `/v1/tokens/${victim.id}`, { token: by });

  expect([minted.status, revoked.status]).toEqual([403, 403]);
  expect((await use("agent", victim.token)).status).toBe(200);
});

test.each([
  [{ role: "agent", cluster: "*" }, 422, "operators only"],
  [{ role: "root", cluster: "home" }, 422, 'role: Invalid option: expected one of "operator"'],
  [{ role: "agent" }, 422, "cluster"],
  [{ role: "agent", cluster: "home", days: 0 }, 422, "days: Too small: expected number to be >=1"],
  [{ role: "agent", cluster: "home", sub: "a\nb" }, 422, "sub"],
  [{ role: "agent", cluster: "home", admin: true }, 422, 'Unrecognized key: "admin"'],
  [{ role: "agent", cluster: "Home Cluster" }, 422, "cluster"],
  [{ role: "agent", cluster: "elsewhere" }, 403, "CLUSTERS"],
])("%j is refused", async (body, status, says) => {
  const reply = await mint(body);

  expect(reply.status).toBe(status);
  expect(reply.body["detail"]).toContain(says);
  expect(reply.text).not.toContain("eyJ");
});

test.each(["operator", "agent", "alertmanager"] as const)(
  "a revoked %s token is refused at once, and another of its role is not",
  async (role) => {
    const root = await aToken("operator", "*");
    const revoked = await aToken(role);
    const other = await aToken(role);

    const reply = await ask("DELETE", `/v1/tokens/${revoked.id}`, { token: root });

    expect(reply.status).toBe(204);
    expect((await use(role, revoked.token)).status).toBe(401);
    expect((await use(role, other.token)).status).toBeLessThan(300);
  },
);

test("an operator of every cluster who is revoked can mint no successor", async () => {
  const root = await aToken("operator", "*");
  const revoked = await aToken("operator", "*");
  await ask("DELETE", `/v1/tokens/${revoked.id}`, { token: root });

  const minted = await mint({ role: "operator", cluster: "*" }, revoked);
  const restored = await ask("DELETE", `/v1/tokens/${root.id}`, { token: revoked });

  expect([minted.status, restored.status]).toEqual([401, 401]);
  expect(minted.text).not.toContain("eyJ");
});

test("revoking twice is no error", async () => {
  const root = await aToken("operator", "*");
  const { id } = await aToken("agent");
  await ask("DELETE", `/v1/tokens/${id}`, { token: root });

  const again = await ask("DELETE", `/v1/tokens/${id}`, { token: root });

  expect(again.status).toBe(204);
});

test("what cannot be a token's id is refused", async () => {
  const root = await aToken("operator", "*");

  const reply = await ask("DELETE", "/v1/tokens/not-an-id", { token: root });

  expect(reply.status).toBe(422);
});

test("a token signed with another key is refused", async () => {
  const { token } = await mintToken({
    key: `${env.TOKEN_KEY}x`,
    role: "operator",
    cluster: "*",
    sub: "mallory",
    now: Date.now(),
  });

  expect((await use("operator", token)).status).toBe(401);
});
