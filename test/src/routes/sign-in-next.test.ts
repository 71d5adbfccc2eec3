// Where signing in leads to: a page of this host, whatever a link says.
import { expect, test } from "vitest";
import { ORIGIN, submit, visit } from "../support/a-session.ts";
import { aToken, freshWorldEachTest } from "../support/worker.ts";

freshWorldEachTest();

const AWAY = [
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "https://evil.example",
  "https:evil.example",
  "javascript:alert(1)",
  "evil.example",
  "@evil.example",
  " //evil.example",
  "/clusters\r\nSet-Cookie: a=b",
  "/clusters/home\\..\\evil",
  `/${"x".repeat(600)}`,
  "/ä",
  "/sign-in?next=/sign-in",
  "/sign-out",
  "",
];

test.each(AWAY)("after signing in %j is not gone to", async (next) => {
  const { token } = await aToken("operator");

  const form = await visit(`/sign-in?next=${encodeURIComponent(next)}`);
  const sent = await submit("/sign-in", { token, next });

  expect(form.text).toContain('data-next="/"');
  expect(form.text).toContain('<a href="/">Continue</a>');
  expect(sent).toMatchObject({ status: 303, location: "/" });
});

test.each([
  "/clusters/home",
  "/clusters/home/jobs/x?a=b&c=%2F%2Fevil.example",
  "/%2F/evil.example",
  "/%5Cevil.example",
  "/.//evil.example",
  "/..//evil.example",
])("after signing in %j is a page of this host", async (next) => {
  const { token } = await aToken("operator");

  const { location } = await submit("/sign-in", { token, next });

  expect(location).toBe(next);
  expect(new URL(location ?? "", `${ORIGIN}/sign-in`).origin).toBe(ORIGIN);
});

test("who is not signed in comes back to where they wanted to go, by a form to the cluster", async () => {
  const path = "/clusters/home?before=x";

  const { location } = await visit(path);
  const { text } = await visit(location ?? "");
  const sent = await submit("/clusters/home/jobs", { kind: "diagnose" });

  expect(text).toContain('<input type="hidden" name="next" value="/clusters/home?before=x"/>');
  expect(sent).toMatchObject({ status: 303, location: "/sign-in" });
  expect((await visit("/")).location).toBe("/sign-in");
});
