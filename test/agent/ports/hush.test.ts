// What leaves the process holds none of its secrets, whatever a peer made of them.
import { expect, test } from "vitest";
import { hushing } from "../../../agent/ports/hush.ts";

const TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJyb2xlIjoiYWdlbnQifQ.c2lnbmF0dXJlLW9mLW5vYm9keQ";
const PASSWORD = 'pa"ss wörd/+&9';
const hush = hushing({ tokens: [TOKEN], passwords: [PASSWORD, `backon:${PASSWORD}`] });
const basic = Buffer.from(`backon:${PASSWORD}`).toString("base64");

test.each([
  ["a header", `authorization: Bearer ${TOKEN} was refused`],
  ["a URL", `GET /?token=${encodeURIComponent(TOKEN)} was refused`],
  ["base64", `got ${Buffer.from(TOKEN).toString("base64")}`],
  ["a cut at its end", `authorization: Bearer ${TOKEN.slice(0, 40)}`],
  ["a cut at its start", `…${TOKEN.slice(30)} was refused`],
  ["a cut in the middle", `${TOKEN.slice(0, 25)} … ${TOKEN.slice(-25)}`],
])("a token in %s", (_where, text) => {
  const told = hush.text(text);
  expect(told).toContain("***");
  for (let at = 0; at + 12 <= TOKEN.length; at += 1)
    expect(told).not.toContain(TOKEN.slice(at, at + 12));
});

test.each([
  ["as it is", PASSWORD],
  ["in a header", `authorization: Basic ${basic}`],
  ["in a header without padding", `Basic ${basic.replace(/=+$/, "")}`],
  ["in a URL", encodeURIComponent(PASSWORD)],
  ["in JSON", JSON.stringify({ password: PASSWORD })],
])("a password %s", (_where, text) => {
  const told = hush.text(text);
  expect(told).toContain("***");
  for (const form of [PASSWORD, basic.slice(0, 12), encodeURIComponent(PASSWORD), "wörd"])
    expect(told).not.toContain(form);
});

test("other text stays as it is", () => {
  const text = "POST /v1/agent/claim on backon.example: 503 try again; secret 3f2a-11";
  expect(hush.text(text)).toBe(text);
});

test("in a value every text, however deep, and no key", () => {
  const told = hush.value({ a: [{ b: `x ${TOKEN}` }], n: 1, no: null, [PASSWORD]: true });
  expect(told).toEqual({ a: [{ b: "x ***" }], n: 1, no: null, [PASSWORD]: true });
});

test("a short password that is a word of the protocol does not change what a program reads", () => {
  const weak = hushing({ tokens: [], passwords: ["observe"] });
  expect(weak.value({ mode: "observe" })).toEqual({ mode: "observe" });
  expect(weak.text("password observe")).toBe("password ***");
});
