import { expect, test } from "vitest";
import { verifySlack } from "../../../src/slack/signature.ts";

// The vector that Slack publishes in "Verifying requests from Slack".
const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
const SENT_AT = 1531420618;
const BODY =
  "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
const SIGNATURE = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";

type Request = Parameters<typeof verifySlack>[0];

/** The published request as it arrives, unless said otherwise. */
function check(changes: Partial<Request>) {
  return verifySlack({
    secrets: [SECRET],
    timestamp: String(SENT_AT),
    signature: SIGNATURE,
    body: new TextEncoder().encode(BODY),
    nowMs: SENT_AT * 1000,
    ...changes,
  });
}

test("the published request is accepted", async () => {
  expect(await check({})).toBe("ok");
});

test("an ArrayBuffer is read as its bytes are", async () => {
  expect(await check({ body: await new Response(BODY).arrayBuffer() })).toBe("ok");
});

test("a view of a part of a buffer is read as that part", async () => {
  const whole = new TextEncoder().encode(`xx${BODY}yy`);

  expect(await check({ body: whole.subarray(2, whole.length - 2) })).toBe("ok");
});

test("bytes that are not UTF-8 are signed as bytes", async () => {
  const body = new Uint8Array([0xff, 0xfe, 0x00, 0x80]);
  const signature = await sign(SECRET, body);

  expect(await check({ body, signature })).toBe("ok");
});

test("the order of two secrets in a rotation does not matter", async () => {
  expect(await check({ secrets: ["new-secret", SECRET] })).toBe("ok");
  expect(await check({ secrets: [SECRET, "new-secret"] })).toBe("ok");
});

test.each([
  ["a changed byte", { body: new TextEncoder().encode(BODY.replace("foobar", "foobaz")) }],
  ["a byte more", { body: new TextEncoder().encode(`${BODY} `) }],
  ["an empty body", { body: new Uint8Array() }],
  ["another time", { timestamp: String(SENT_AT + 1) }],
  ["a changed signature", { signature: SIGNATURE.replace("a211", "a212") }],
  ["another secret", { secrets: ["8f742231b10e8888abcd99yyyzzz85a6"] }],
  ["no secret", { secrets: [] }],
  ["an empty secret", { secrets: [""] }],
])("%s is wrong", async (_, changes) => {
  expect(await check(changes)).toBe("wrong");
});

test.each([
  ["timestamp", { timestamp: null }],
  ["signature", { signature: null }],
])("a request without its %s header is refused as missing", async (_, changes) => {
  expect(await check(changes)).toBe("missing");
});

test.each([
  ["another version", { signature: SIGNATURE.replace("v0=", "v1=") }],
  ["no version", { signature: SIGNATURE.slice(3) }],
  ["upper-case hex", { signature: `v0=${SIGNATURE.slice(3).toUpperCase()}` }],
  ["a digit too few", { signature: SIGNATURE.slice(0, -1) }],
  ["a digit too many", { signature: `${SIGNATURE}0` }],
  ["an empty signature", { signature: "" }],
  ["a newline after the signature", { signature: `${SIGNATURE}\n` }],
  ["an empty time", { timestamp: "" }],
  ["a time that is no number", { timestamp: "now" }],
  ["a negative time", { timestamp: "-1531420618" }],
  ["a fraction of a second", { timestamp: "1531420618.5" }],
  ["a time in exponents", { timestamp: "1e9" }],
  ["a time of 13 digits", { timestamp: "1531420618000" }],
])("%s is malformed", async (_, changes) => {
  expect(await check(changes)).toBe("malformed");
});

test.each([
  [-301, "stale"],
  [-300, "ok"],
  [300, "ok"],
  [301, "stale"],
  [3600, "stale"],
])("with our clock %i s ahead of Slack's the request is %s", async (seconds, expected) => {
  expect(await check({ nowMs: (SENT_AT + seconds) * 1000 })).toBe(expected);
});

test("a clock that cannot be read lets nothing in", async () => {
  expect(await check({ nowMs: Number.NaN })).toBe("stale");
});

async function sign(secret: string, body: Uint8Array): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, [
    "sign",
  ]);
  const signed = new Uint8Array([...encoder.encode(`v0:${SENT_AT}:`), ...body]);
  const mac = new Uint8Array(await crypto.subtle.sign(algorithm, key, signed));
  return `v0=${Array.from(mac, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
