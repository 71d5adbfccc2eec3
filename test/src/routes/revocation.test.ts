// A revoked token of every cluster is good nowhere: not in one cluster, not in one added later.
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { app } from "../../../src/app.ts";
import { aToken, freshWorldEachTest, requestOf, type Ask, type Token } from "../support/worker.ts";

freshWorldEachTest();

/** A request to the same Worker and storage with this setting of CLUSTERS. */
async function askWith(
  clusters: string,
  [method, path]: readonly [string, string],
  what: Ask,
): Promise<number> {
  const response = await app.fetch(requestOf(method, path, what), { ...env, CLUSTERS: clusters });
  await response.body?.cancel();
  return response.status;
}

async function aRevoked(path = ""): Promise<{ revoked: Token; root: Token }> {
  const root = await aToken("operator", "*");
  const revoked = await aToken("operator", "*");
  await askWith("home", ["DELETE", `/v1/tokens/${revoked.id}${path}`], { token: root });
  return { revoked, root };
}

test.each([
  ["GET", "/v1/status?cluster=lab", undefined],
  ["GET", "/v1/jobs?cluster=lab", undefined],
  ["POST", "/v1/jobs", { kind: "withdraw", cluster: "lab" }],
  ["POST", "/v1/tokens", { role: "operator", cluster: "lab" }],
])(
  "%s %s: refused in a cluster that was added after the revocation",
  async (method, path, body) => {
    const { revoked, root } = await aRevoked();

    const status = await askWith("home,lab", [method, path], { token: revoked, body });

    expect(status).toBe(401);
    const other = await askWith("home,lab", [method, path], { token: root, body });
    expect(other).toBeLessThan(300);
  },
);

test("naming a cluster does not make a revocation smaller", async () => {
  const { revoked } = await aRevoked("?cluster=home");
  const body = { role: "operator", cluster: "branch" };

  const status = await askWith("home,branch", ["POST", "/v1/tokens"], { token: revoked, body });

  expect(status).toBe(401);
});
