// In and out of the page: what makes a session, what it is good for, and when it ends.
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { app } from "../../../src/app.ts";
import { mintToken } from "../../../src/http/tokens.ts";
import { HOUR, MINUTE, SECOND } from "../support/a-job.ts";
import {
  aSession,
  ORIGIN,
  sessionFrom,
  signedIn,
  submit,
  visit,
  type Shown,
} from "../support/a-session.ts";
import {
  aBriefToken,
  aToken,
  ask,
  freshWorldEachTest,
  pass,
  requestOf,
} from "../support/worker.ts";

freshWorldEachTest();

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const OLD_KEY = "the-key-before-this-one-the-key-before";

test("over https the cookie is this host's alone, out of reach of scripts and of other sites", async () => {
  const { token } = await aToken("operator");

  const { headers } = await submit("/sign-in", { token });

  const [value, ...attributes] = headers.get("set-cookie")?.split("; ") ?? [];
  expect(value).toMatch(/^__Host-backon=eyJ/);
  expect(attributes.toSorted()).toEqual([
    "HttpOnly",
    "Max-Age=43200",
    "Path=/",
    "SameSite=Strict",
    "Secure",
  ]);
});

test("over http, which is this very machine, the cookie can do without", async () => {
  const { token } = await aToken("operator");
  const origin = "http://127.0.0.1:8787";
  const body = new URLSearchParams({ token });

  const response = await app.fetch(
    new Request(`${origin}/sign-in`, { method: "POST", body, headers: { ...FORM, origin } }),
    env,
  );

  const cookie = response.headers.get("set-cookie") ?? "";
  expect(cookie).toMatch(/^backon=eyJ/);
  expect(cookie).not.toContain("Secure");
  const headers = { cookie: cookie.split(";")[0] ?? "" };
  const page = await app.fetch(new Request(`${origin}/clusters/home`, { headers }), env);
  expect(page.status).toBe(200);
  await page.body?.cancel();
});

test("a session is no longer than its token", async () => {
  const sent = await submit("/sign-in", { token: await aBriefToken(600) });
  const session = sessionFrom(sent);

  expect(sent.headers.get("set-cookie")).toContain("Max-Age=600;");
  pass(600 * SECOND - 1);
  expect(await signedIn(session)).toBe(true);
  pass(1);
  expect(await signedIn(session)).toBe(false);
});

test("a session ends after twelve hours, whatever the browser keeps", async () => {
  const session = await aSession();

  pass(12 * HOUR - 1);
  expect(await signedIn(session)).toBe(true);
  pass(1);
  expect(await visit("/clusters/home", session)).toMatchObject({
    status: 303,
    location: "/sign-in?next=%2Fclusters%2Fhome",
  });
});

test.each(["agent", "alertmanager"] as const)(
  "a token of role %s does not sign in",
  async (role) => {
    const { token } = await aToken(role);

    const sent = await submit("/sign-in", { token });

    expect(sent).toMatchObject({ status: 403, cookie: null });
    expect(sent.text).toContain("the page is for operator tokens");
  },
);

test.each(["", "x", "Bearer x", "x".repeat(5_000), "eyJ.eyJ.x", "\u0000", "<script>"])(
  "the token %j does not sign in, and is not shown",
  async (token) => {
    const sent = await submit("/sign-in", { token });

    expect(sent).toMatchObject({ status: 401, cookie: null });
    expect(sent.text).toContain('role="alert"');
    if (token.length > 10) expect(sent.text).not.toContain(token);
    expect(sent.text).not.toContain("<script>");
  },
);

test("a revoked, an expired and a foreign token do not sign in", async () => {
  const root = await aToken("operator", "*", "root");
  const revoked = await aToken("operator");
  await ask("DELETE", `/v1/tokens/${revoked.id}`, { token: root });
  const foreign = await mintToken({
    key: OLD_KEY,
    role: "operator",
    cluster: "home",
    sub: "anna",
    now: Date.now(),
  });
  const expired = await aBriefToken(60);
  pass(MINUTE);

  for (const token of [revoked.token, foreign.token, expired])
    expect(await submit("/sign-in", { token })).toMatchObject({ status: 401, cookie: null });
});

test("a token with blanks around it, as a paste has them, signs in", async () => {
  const { token } = await aToken("operator");

  expect((await submit("/sign-in", { token: ` ${token}\n` })).status).toBe(303);
});

test.each(["home", "*"])("a session of %s ends when its token is revoked", async (cluster) => {
  const { token, id } = await aToken("operator", cluster);
  const session = sessionFrom(await submit("/sign-in", { token }));
  const before = await signedIn(session);

  await ask("DELETE", `/v1/tokens/${id}`, { token: await aToken("operator", "*", "root") });
  const after = await visit("/clusters/home", session);

  expect(before).toBe(true);
  expect(after).toMatchObject({ status: 303, cookie: "__Host-backon=" });
  expect(after.headers.get("set-cookie")).toContain("Max-Age=0");
  expect((await visit("/clusters/home/ask/diagnose", session)).status).toBe(303);
  expect((await submit("/clusters/home/jobs", { kind: "diagnose" }, session)).status).toBe(303);
});

test("a session lives through a rotation of the key and ends when its key is dropped", async () => {
  const session = await aSession();
  const under = async (TOKEN_KEY: string, TOKEN_KEY_PREVIOUS: string): Promise<number> => {
    const request = requestOf("GET", "/clusters/home", { headers: session });
    const response = await app.fetch(request, { ...env, TOKEN_KEY, TOKEN_KEY_PREVIOUS });
    await response.body?.cancel();
    return response.status;
  };

  expect(await under(OLD_KEY, env.TOKEN_KEY)).toBe(200);
  expect(await under(OLD_KEY, "")).toBe(303);
});

test("no page, redirect or header shows the token, and the cookie is in its own header alone", async () => {
  const { token } = await aToken("operator", "*");
  const signature = token.split(".")[2] ?? token;
  const sent = await submit("/sign-in", { token, next: "/clusters/home" });
  const session = sessionFrom(sent);
  const secret = session.cookie.split(".")[2] ?? session.cookie;
  const shown = [
    sent,
    await submit("/sign-in", { token: `${token}x` }),
    await submit("/sign-in", { token, code: token }),
    await visit("/", session),
    await visit("/clusters/home", session),
    await visit("/clusters/home/ask/diagnose", session),
    await visit("/clusters/home/jobs/nobody", session),
    await submit("/clusters/home/jobs", { kind: "diagnose" }, session),
    await submit("/sign-out", {}, session),
  ];

  for (const { text, headers } of shown) {
    const others = [...headers].filter(([name]) => name !== "set-cookie");
    expect(`${text}${JSON.stringify([...headers])}`).not.toContain(signature);
    expect(`${text}${JSON.stringify(others)}`).not.toContain(secret);
  }
});

test("signing out takes the cookie away", async () => {
  const sent = await submit("/sign-out", {}, await aSession());

  expect(sent).toMatchObject({ status: 303, location: "/sign-in", cookie: "__Host-backon=" });
  expect(sent.headers.get("set-cookie")).toMatch(/Max-Age=0;.*Path=\/;.*HttpOnly;.*Secure/);
});

test("an operator of one cluster sees that one, an operator of all sees them all", async () => {
  const one = await visit("/", await aSession("branch"));
  const all = await visit("/", await aSession("*"));

  const links = ({ text }: Shown): string[] =>
    Array.from(text.matchAll(/href="\/clusters\/(\w+)"/g), ([, name = ""]) => name);
  expect(links(one)).toEqual(["branch"]);
  expect(one.text).toContain('data-live="branch"');
  expect(one.text).not.toContain("home");
  expect(links(all)).toEqual(["home", "branch"]);
  expect((await visit("/clusters/home", await aSession("branch"))).status).toBe(403);
});

test("behind Cloudflare Access, whose headers and cookies come along, all is the same", async () => {
  const access = { "cf-access-jwt-assertion": "eyJhbGciOiJSUzI1NiJ9.e30.AAAA" };
  const { token } = await aToken("operator");
  const jar = "CF_Authorization=eyJhbGciOiJSUzI1NiJ9.e30.AAAA; CF_AppSession=n";
  const own = { origin: ORIGIN, ...access };

  const sent = await submit("/sign-in", { token }, { cookie: jar }, own);
  const session = { cookie: `${jar}; ${sessionFrom(sent).cookie}; other=1`, ...access };
  const asked = await submit("/clusters/home/jobs", { kind: "diagnose" }, session, own);

  expect((await visit("/clusters/home", session)).status).toBe(200);
  expect((await visit(asked.location ?? "", session)).text).toContain("diagnosis: ");
  expect((await visit("/clusters/home", { cookie: jar, ...access })).status).toBe(303);
});
