// Each answer of a service and what it means for the message, one row an answer.
import { expect, test } from "vitest";
import {
  readApiAnswer,
  readHookAnswer,
  readWebhookAnswer,
  type Answered,
  type Delivery,
} from "../../../src/messages/answer.ts";

function said(delivery: Delivery): string {
  switch (delivery.kind) {
    case "sent":
      return delivery.ref === null ? "sent" : `sent as ${delivery.ref}`;
    case "later":
      return `later${delivery.afterMs === null ? "" : ` in ${delivery.afterMs} ms`}: ${delivery.why}`;
    case "anew":
    case "refused":
    case "never":
      return `${delivery.kind}: ${delivery.why}`;
  }
}

function table(
  read: (answered: Answered) => Delivery,
  rows: readonly (readonly [status: number, text: string, retryAfter?: string])[],
): string {
  return rows
    .map(([status, text, retryAfter = null]) => {
      const asked = retryAfter === null ? "" : ` (${retryAfter})`;
      return `${status}${asked} ${text.slice(0, 70)} → ${said(read({ status, retryAfter, text }))}`;
    })
    .join("\n");
}

const refusal = (error: string) => JSON.stringify({ ok: false, error });

test("Slack's Web API", () => {
  expect(
    table(readApiAnswer, [
      [200, '{"ok":true,"channel":"C1","ts":"1.2"}'],
      [200, '{"ok":true}'],
      [200, refusal("channel_not_found")],
      [200, refusal("not_in_channel")],
      [200, refusal("invalid_auth")],
      [200, refusal("token_revoked")],
      [200, refusal("invalid_blocks")],
      [200, refusal("message_not_found")],
      [200, refusal("thread_not_found")],
      [200, refusal("internal_error")],
      [200, refusal("xoxb-1 <https://evil.example>")],
      [200, '{"ok":false}'],
      [200, "<html>a proxy</html>"],
      [200, ""],
      [200, "[1]"],
      [429, refusal("ratelimited"), "30"],
      [429, "", "0"],
      [429, "", "999999999"],
      [429, "", "Wed, 21 Oct 2026 07:28:00 GMT"],
      [503, "", "5"],
      [500, ""],
      [302, ""],
      [404, ""],
    ]),
  ).toMatchInlineSnapshot(`
        "200 {"ok":true,"channel":"C1","ts":"1.2"} → sent as C1/1.2
        200 {"ok":true} → never: an answer that does not say which message it is about
        200 {"ok":false,"error":"channel_not_found"} → never: channel_not_found
        200 {"ok":false,"error":"not_in_channel"} → never: not_in_channel
        200 {"ok":false,"error":"invalid_auth"} → never: invalid_auth
        200 {"ok":false,"error":"token_revoked"} → never: token_revoked
        200 {"ok":false,"error":"invalid_blocks"} → refused: invalid_blocks
        200 {"ok":false,"error":"message_not_found"} → anew: message_not_found
        200 {"ok":false,"error":"thread_not_found"} → anew: thread_not_found
        200 {"ok":false,"error":"internal_error"} → later: internal_error
        200 {"ok":false,"error":"xoxb-1 <https://evil.example>"} → later: an odd error
        200 {"ok":false} → later: an odd error
        200 <html>a proxy</html> → later: an answer that is not Slack's
        200  → later: an answer that is not Slack's
        200 [1] → later: an answer that is not Slack's
        429 (30) {"ok":false,"error":"ratelimited"} → later in 30000 ms: HTTP 429
        429 (0)  → later in 0 ms: HTTP 429
        429 (999999999)  → later in 3600000 ms: HTTP 429
        429 (Wed, 21 Oct 2026 07:28:00 GMT)  → later: HTTP 429
        503 (5)  → later in 5000 ms: HTTP 503
        500  → later: HTTP 500
        302  → later: HTTP 302
        404  → later: HTTP 404"
      `);
});

test("an address of Slack's own: a command's, or an incoming webhook", () => {
  expect(
    table(readHookAnswer, [
      [200, "ok"],
      [200, '{"ok":true}'],
      [200, refusal("expired_url")],
      [200, ""],
      [404, "no_service"],
      [410, "channel_is_archived"],
      [400, "invalid_blocks"],
      [403, "action_prohibited"],
      [429, "", "3"],
      [500, ""],
      [302, ""],
    ]),
  ).toMatchInlineSnapshot(`
        "200 ok → sent
        200 {"ok":true} → sent
        200 {"ok":false,"error":"expired_url"} → never: Slack takes no answer there any more
        200  → sent
        404 no_service → never: HTTP 404
        410 channel_is_archived → never: HTTP 410
        400 invalid_blocks → never: HTTP 400
        403 action_prohibited → never: HTTP 403
        429 (3)  → later in 3000 ms: HTTP 429
        500  → later: HTTP 500
        302  → later: HTTP 302"
      `);
});

test("the signed webhook", () => {
  expect(
    table(readWebhookAnswer, [
      [200, "whatever"],
      [204, ""],
      [301, ""],
      [307, ""],
      [400, ""],
      [401, ""],
      [404, ""],
      [408, ""],
      [425, ""],
      [429, "", "7"],
      [500, ""],
      [503, "", "60"],
    ]),
  ).toMatchInlineSnapshot(`
        "200 whatever → sent
        204  → sent
        301  → never: HTTP 301
        307  → never: HTTP 307
        400  → never: HTTP 400
        401  → never: HTTP 401
        404  → never: HTTP 404
        408  → later: HTTP 408
        425  → later: HTTP 425
        429 (7)  → later in 7000 ms: HTTP 429
        500  → later: HTTP 500
        503 (60)  → later in 60000 ms: HTTP 503"
      `);
});
