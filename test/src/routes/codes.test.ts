// Links that sign in once: the codes in them, and how they differ from tokens and sessions.
import { runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { MINUTE } from "../support/a-job.ts";
import { aSession, ORIGIN, sessionFrom, signedIn, submit, visit } from "../support/a-session.ts";
import {
  aBriefToken,
  aToken,
  ask,
  alarm,
  freshWorldEachTest,
  pass,
  queueOf,
  stored,
  type Token,
} from "../support/worker.ts";

freshWorldEachTest();

async function aCode(token: Token): Promise<string> {
  return String((await ask("POST", "/v1/codes", { token })).body["code"]);
}

test("a form without token and code is asked for again", async () => {
  expect(await submit("/sign-in", {})).toMatchObject({ status: 401, cookie: null });
});

test("a link's code signs in once", async () => {
  const code = await aCode(await aToken("operator"));

  const first = await submit("/sign-in", { code, next: "/clusters/home" });
  const again = await submit("/sign-in", { code });

  expect(first).toMatchObject({ status: 303, location: "/clusters/home" });
  expect(await signedIn(sessionFrom(first))).toBe(true);
  expect(again).toMatchObject({ status: 401, cookie: null });
  expect(again.text).toContain("this code was used before");
});

test.each(["home", "*"])("of 200 who redeem a code of %s at once one signs in", async (cluster) => {
  const code = await aCode(await aToken("operator", cluster));

  const sent = await Promise.all(Array.from({ length: 200 }, () => submit("/sign-in", { code })));

  expect(sent.filter(({ status }) => status === 303)).toHaveLength(1);
  expect(sent.filter(({ status, cookie }) => status === 401 && cookie === null)).toHaveLength(199);
});

test("a code is too old after ten minutes, and says until when it is good", async () => {
  const token = await aToken("operator");
  const { body } = await ask("POST", "/v1/codes", { token });
  const code = String(body["code"]);
  const other = await aCode(token);

  expect(body["expiresAt"]).toBe(new Date(Date.now() + 10 * MINUTE).toISOString());
  expect(body["link"]).toBe(`${ORIGIN}/sign-in#${code}`);
  pass(10 * MINUTE - 1);
  expect((await submit("/sign-in", { code })).status).toBe(303);
  pass(1);
  expect((await submit("/sign-in", { code: other })).text).toContain("this link is too old");
});

test("a code ends with its token, when that expires or is revoked", async () => {
  const { token, id } = await aToken("operator");
  const code = await aCode({ token, id });
  const short = await aBriefToken(60);
  const soon = await ask("POST", "/v1/codes", { token: short });

  await ask("DELETE", `/v1/tokens/${id}`, { token: await aToken("operator", "*", "root") });

  expect(soon.body["expiresAt"]).toBe(new Date(Date.now() + MINUTE).toISOString());
  expect(await submit("/sign-in", { code })).toMatchObject({ status: 401, cookie: null });
  expect((await ask("POST", "/v1/codes", { token })).status).toBe(401);
});

test("an operator of any one cluster gets a code without naming it", async () => {
  const code = await aCode(await aToken("operator", "branch"));

  const session = sessionFrom(await submit("/sign-in", { code }));

  expect(await signedIn(session, "/clusters/branch")).toBe(true);
  expect((await visit("/clusters/home", session)).status).toBe(403);
});

test("codes and sessions are no bearer tokens, nor each other, nor do tokens sign in as them", async () => {
  const token = await aToken("operator", "*");
  const code = await aCode(token);
  const { cookie } = await aSession("*");
  const session = cookie.replace("__Host-backon=", "");

  for (const secret of [code, session])
    for (const path of ["/v1/codes", "/v1/tokens", "/v1/jobs"])
      expect((await ask("POST", path, { token: secret, body: {} })).status).toBe(401);
  expect((await ask("GET", "/v1/status", { headers: { cookie } })).status).toBe(401);
  for (const value of [code, token.token, ""])
    expect(await signedIn({ cookie: `__Host-backon=${value}` })).toBe(false);
  expect(await signedIn({ cookie: `backon=${session}` })).toBe(false);
  for (const fields of [
    { code: session },
    { code: token.token },
    { token: session },
    { token: code },
  ])
    expect(await submit("/sign-in", fields)).toMatchObject({ status: 401, cookie: null });
  expect((await submit("/sign-in", { code })).status).toBe(303);
});

test("a session by a link lasts as long as one by its token, not as long as the code", async () => {
  const code = await aCode(await aToken("operator"));
  pass(9 * MINUTE);

  const sent = await submit("/sign-in", { code });

  expect(sent.headers.get("set-cookie")).toContain("Max-Age=43200;");
  pass(11 * 60 * MINUTE);
  expect(await signedIn(sessionFrom(sent))).toBe(true);
});

test("making a link and signing in by it are told in the trail of all clusters", async () => {
  const code = await aCode(await aToken("operator"));
  await submit("/sign-in", { code });

  const { text } = await stored("*");

  expect(text).toContain("sign-in link made");
  expect(text).toContain("signed in by a link");
  expect(text).not.toContain(code);
});

test("used codes are forgotten once they are too old to be used", async () => {
  for (let one = 0; one < 5; one += 1)
    await submit("/sign-in", { code: await aCode(await aToken("operator")) });
  const codes = (): Promise<number> =>
    runInDurableObject(
      queueOf("*"),
      (_, state) => state.storage.sql.exec("SELECT id FROM codes").toArray().length,
    );

  expect(await codes()).toBe(5);
  pass(2 * 24 * 60 * MINUTE);
  await alarm("*");
  expect(await codes()).toBe(0);
});
