import { sign } from "hono/jwt";
import { expect, test } from "vitest";
import { mayUse, mintOne, mintToken, readToken, TokenRole } from "../../../src/http/tokens.ts";

const KEY = "k".repeat(32);
const OLD_KEY = "o".repeat(32);
const NOW = Date.UTC(2026, 10, 23);
const DAY_MS = 86_400_000;
const trust = { keys: [KEY], now: NOW };

type Wanted = Parameters<typeof mintToken>[0];

function mint(changes: Partial<Wanted> = {}) {
  return mintToken({ key: KEY, role: "agent", cluster: "home", sub: "a", now: NOW, ...changes });
}

/** A token with any payload, signed as the real ones are. */
async function bearer(payload: Record<string, unknown>): Promise<string> {
  return `Bearer ${await sign(payload, KEY, "HS256")}`;
}

function encode(part: unknown): string {
  return btoa(JSON.stringify(part)).replaceAll("=", "").replaceAll("+", "-").replaceAll("/", "_");
}

const agentClaims = { role: "agent", cluster: "home", sub: "a", jti: "1", iat: 1 };

test.each(TokenRole.options)("a minted %s token is read back as its claims", async (role) => {
  const { token, claims } = await mint({ role });

  const read = await readToken(`Bearer ${token}`, trust);

  expect(read).toEqual({ ok: true, claims });
  expect(claims).toMatchObject({ role, cluster: "home", sub: "a", iat: NOW / 1000 });
});

test("every token has an id of its own", async () => {
  const [one, other] = await Promise.all([mint(), mint()]);

  expect(one.claims.jti).not.toBe(other.claims.jti);
});

test("an operator's token lives 90 days unless said otherwise", async () => {
  const { claims } = await mint({ role: "operator", cluster: "*" });
  const brief = await mint({ role: "operator", cluster: "*", ttlSeconds: 60 });

  expect(claims.exp).toBe((NOW + 90 * DAY_MS) / 1000);
  expect(brief.claims.exp).toBe(NOW / 1000 + 60);
});

test("a machine's token lives until it is revoked, unless said otherwise", async () => {
  const { token, claims } = await mint();
  const brief = await mint({ ttlSeconds: 60 });

  expect(claims).not.toHaveProperty("exp");
  expect(brief.claims.exp).toBe(NOW / 1000 + 60);
  expect(await readToken(`Bearer ${token}`, { keys: [KEY], now: NOW + 3650 * DAY_MS })).toEqual({
    ok: true,
    claims,
  });
});

test.each(["agent", "alertmanager"] as const)("no %s token for * can be minted", async (role) => {
  await expect(mint({ role, cluster: "*" })).rejects.toThrow();
});

test.each(["", "a.b", "home\n", "a".repeat(64), "-home"])(
  "no token for the cluster %j can be minted",
  async (cluster) => {
    await expect(mint({ cluster })).rejects.toThrow();
  },
);

test("nothing is minted with a key of 31 characters", async () => {
  await expect(mint({ key: "k".repeat(31) })).rejects.toThrow("32 characters");
});

test("the scheme's case does not matter", async () => {
  const { token } = await mint();

  expect(await readToken(`bearer ${token}`, trust)).toMatchObject({ ok: true });
});

test("in a rotation tokens of both keys are read", async () => {
  const old = await mint({ key: OLD_KEY });
  const fresh = await mint();
  const both = { keys: [KEY, OLD_KEY], now: NOW };

  expect(await readToken(`Bearer ${old.token}`, both)).toMatchObject({ ok: true });
  expect(await readToken(`Bearer ${fresh.token}`, both)).toMatchObject({ ok: true });
});

test("after a rotation tokens of the old key are refused", async () => {
  const { token } = await mint({ key: OLD_KEY });

  expect(await readToken(`Bearer ${token}`, trust)).toMatchObject({ ok: false });
});

test.each([[[]], [[""]], [["k".repeat(31)]]])("with the keys %j nobody is let in", async (keys) => {
  const authorization = await bearer(agentClaims);

  expect(await readToken(authorization, { keys, now: NOW })).toEqual({
    ok: false,
    detail: expect.stringContaining("TOKEN_KEY is missing or shorter than 32 characters"),
  });
});

test("a short previous key signs nothing in", async () => {
  const token = await sign(agentClaims, "short", "HS256");

  const read = await readToken(`Bearer ${token}`, { keys: [KEY, "short"], now: NOW });

  expect(read).toMatchObject({ ok: false });
});

test("an operator's token is refused from the second at which it expires", async () => {
  const { token, claims } = await mint({ role: "operator", ttlSeconds: 60 });
  const expiry = (claims.exp ?? 0) * 1000;

  const before = await readToken(`Bearer ${token}`, { keys: [KEY], now: expiry - 1 });
  const after = await readToken(`Bearer ${token}`, { keys: [KEY], now: expiry });

  expect(before).toMatchObject({ ok: true });
  expect(after).toEqual({ ok: false, detail: expect.stringMatching(/^the token has expired; /) });
});

test("a token minted by a clock ahead of ours is read", async () => {
  const { token } = await mint({ now: NOW + 3_600_000 });

  expect(await readToken(`Bearer ${token}`, trust)).toMatchObject({ ok: true });
});

test.each([
  ["an agent's for *", { ...agentClaims, cluster: "*" }],
  ["an alertmanager's for *", { ...agentClaims, role: "alertmanager", cluster: "*" }],
  ["an operator's without exp", { ...agentClaims, role: "operator" }],
  ["one of an unknown role", { ...agentClaims, role: "admin" }],
  ["one without a role", { ...agentClaims, role: undefined }],
  ["one without a cluster", { ...agentClaims, cluster: undefined }],
  ["one without an id", { ...agentClaims, jti: undefined }],
  ["one without a sub", { ...agentClaims, sub: undefined }],
  ["one whose exp is text", { ...agentClaims, exp: "9999999999" }],
])("a well-signed token is refused if it is %s", async (_, payload) => {
  expect(await readToken(await bearer(payload), trust)).toEqual({
    ok: false,
    detail: expect.stringMatching(/^a token without valid claims; /),
  });
});

test.each(["none", "HS384", "HS512", "RS256", "ES256", "hs256", ""])(
  "a token that says alg %j is refused",
  async (alg) => {
    const [, payload, signature] = (await mint()).token.split(".");
    const header = encode({ alg, typ: "JWT" });

    const unsigned = await readToken(`Bearer ${header}.${payload}.`, trust);
    const signed = await readToken(`Bearer ${header}.${payload}.${signature}`, trust);

    expect(unsigned).toMatchObject({ ok: false });
    expect(signed).toMatchObject({ ok: false });
  },
);

test("a token signed with the right key under HS512 is refused", async () => {
  const token = await sign(agentClaims, KEY, "HS512");

  expect(await readToken(`Bearer ${token}`, trust)).toMatchObject({ ok: false });
});

test("a changed payload under the old signature is refused", async () => {
  const [header, , signature] = (await mint()).token.split(".");
  const payload = encode({ ...agentClaims, cluster: "branch" });

  const read = await readToken(`Bearer ${header}.${payload}.${signature}`, trust);

  expect(read).toMatchObject({ ok: false });
});

const header = encode({ alg: "HS256", typ: "JWT" });

test.each([
  ["nothing", null],
  ["undefined", undefined],
  ["an empty header", ""],
  ["the scheme alone", "Bearer"],
  ["an empty token", "Bearer "],
  ["a text", "Bearer abc"],
  ["two parts", `Bearer ${header}.${header}`],
  ["four parts", `Bearer ${header}.${header}.${header}.${header}`],
  ["a payload of null", `Bearer ${header}.${encode(null)}.AAAA`],
  ["a header of null", `Bearer ${encode(null)}.${header}.AAAA`],
  ["parts that are no base64", "Bearer ~~~.~~~.~~~"],
  ["parts that are no JSON", "Bearer AAAA.AAAA.AAAA"],
  ["a signature of one character", `Bearer ${header}.${encode(agentClaims)}.A`],
  ["two tokens", `Bearer ${header} ${header}`],
  ["a novel", `Bearer ${"A".repeat(5000)}`],
])("%s is refused with one line that says what to do", async (_, authorization) => {
  const read = await readToken(authorization, trust);

  expect(read).toEqual({
    ok: false,
    detail: expect.stringMatching(/^.+npm run token -- --cluster NAME --role ROLE$/),
  });
});

test("a token longer than 4,096 characters is refused, however well it is signed", async () => {
  const authorization = await bearer({ ...agentClaims, padding: "x".repeat(5000) });

  expect(await readToken(authorization, trust)).toMatchObject({ ok: false });
});

test("the right token under Basic is refused, and nothing of the header is repeated", async () => {
  const { token } = await mint();
  const attempts = [`Basic ${token}`, `Basic ${btoa(`x:${token}`)}`, token, `Bearer ${token}x`];

  const reads = await Promise.all(attempts.map((attempt) => readToken(attempt, trust)));

  expect(reads.map(({ ok }) => ok)).toEqual([false, false, false, false]);
  expect(JSON.stringify(reads)).not.toMatch(/Basic|eyJ/);
});

test.each([
  ["agent", "home", "agent", "home", true],
  ["agent", "home", "agent", "branch", false],
  ["agent", "home", "operator", "home", false],
  ["agent", "home", "alertmanager", "home", false],
  ["agent", "home", "agent", "*", false],
  ["alertmanager", "home", "alertmanager", "home", true],
  ["alertmanager", "home", "agent", "home", false],
  ["operator", "home", "operator", "home", true],
  ["operator", "home", "operator", "branch", false],
  ["operator", "home", "operator", "*", false],
  ["operator", "*", "operator", "branch", true],
  ["operator", "*", "operator", "*", true],
  ["operator", "*", "agent", "home", false],
  ["operator", "*", "alertmanager", "home", false],
] as const)("%s for %s acting as %s on %s: %s", async (role, cluster, as, on, allowed) => {
  const { claims } = await mint({ role, cluster });

  expect(mayUse(claims, as, on)).toBe(allowed);
});

test("the advice names the role and cluster that are needed", () => {
  expect(mintOne("agent", "home")).toBe(
    "mint one with: npm run token -- --cluster home --role agent",
  );
});
