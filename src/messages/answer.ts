// What a service's answer means for the message: sent, later, or never. Pure.
import * as z from "zod/mini";
import { jsonOf } from "../jobs/json.ts";

export type Delivery =
  /** `ref`: what the service now knows the message by; null keeps what was known. */
  | { readonly kind: "sent"; readonly ref: string | null }
  /** `afterMs`: the service said when; nothing else goes there before. */
  | { readonly kind: "later"; readonly why: string; readonly afterMs: number | null }
  /** What it shows now can't be shown; what it shows next may. */
  | { readonly kind: "refused"; readonly why: string }
  /** What was to be edited is gone: it is posted anew. */
  | { readonly kind: "anew"; readonly why: string }
  | { readonly kind: "never"; readonly why: string };

export type Answered = {
  readonly status: number;
  readonly retryAfter: string | null;
  /** At most the first 64 KiB. */
  readonly text: string;
};

const SlackAnswer = z.object({
  ok: z.boolean(),
  error: z.optional(z.string()),
  channel: z.optional(z.string()),
  ts: z.optional(z.string()),
});

/** docs.slack.dev, errors of chat.postMessage and chat.update: trying again changes nothing. */
const FINAL = new Set([
  "account_inactive",
  "cant_update_message",
  "channel_not_found",
  "edit_window_closed",
  "invalid_auth",
  "is_archived",
  "missing_scope",
  "no_permission",
  "not_authed",
  "not_in_channel",
  "org_login_required",
  "restricted_action",
  "token_expired",
  "token_revoked",
]);
/** It is the content that Slack does not take. */
const REFUSED = new Set([
  "invalid_arguments",
  "invalid_attachments",
  "invalid_blocks",
  "invalid_blocks_format",
  "msg_blocks_too_long",
  "msg_too_long",
  "no_text",
]);
const GONE = new Set(["message_not_found", "thread_not_found"]);

/** Slack's Web API: errors come as HTTP 200 with `ok: false`. */
export function readApiAnswer(answered: Answered): Delivery {
  const refused = refusal(answered, []);
  if (refused !== null) return refused;
  const parsed = SlackAnswer.safeParse(jsonOf(answered.text));
  if (!parsed.success) return later("an answer that is not Slack's");
  const { ok, error = "no reason given", channel, ts } = parsed.data;
  if (ok && channel !== undefined && ts !== undefined)
    return { kind: "sent", ref: `${channel}/${ts}` };
  // It may well be shown: posted again it would be shown twice, and edited it can't be.
  if (ok) return { kind: "never", why: "an answer that does not say which message it is about" };
  // Anybody could sit behind a wrong address: no text of it goes on but a plain word.
  const word = /^[a-z_]{1,60}$/.test(error) ? error : "an odd error";
  if (GONE.has(word)) return { kind: "anew", why: word };
  if (REFUSED.has(word)) return { kind: "refused", why: word };
  return FINAL.has(word) ? { kind: "never", why: word } : later(word);
}

/** An incoming webhook, or the address that a command came with: both answer a bare `ok`. */
export function readHookAnswer(answered: Answered): Delivery {
  const refused = refusal(answered, [400, 403, 404, 410]);
  if (refused !== null) return refused;
  const parsed = SlackAnswer.safeParse(jsonOf(answered.text));
  if (parsed.success && !parsed.data.ok)
    return { kind: "never", why: "Slack takes no answer there any more" };
  return { kind: "sent", ref: null };
}

/** The signed webhook: any 2xx. What is the sender's fault is not sent again, but for 408, 425, 429. */
export function readWebhookAnswer(answered: Answered): Delivery {
  const { status } = answered;
  const final = status >= 300 && status < 500 && ![408, 425, 429].includes(status);
  return refusal(answered, final ? [status] : []) ?? { kind: "sent", ref: null };
}

/** Null for a 2xx. Redirects are not followed: what was signed for one address is not for another. */
function refusal(answered: Answered, final: readonly number[]): Delivery | null {
  const { status, retryAfter } = answered;
  if (status >= 200 && status < 300) return null;
  const why = `HTTP ${status}`;
  if (final.includes(status)) return { kind: "never", why };
  return { kind: "later", why, afterMs: retryAfterMs(retryAfter) };
}

/** Seconds, as Slack sends them; at most an hour is believed. */
function retryAfterMs(header: string | null): number | null {
  if (header === null || !/^\d{1,9}$/.test(header.trim())) return null;
  return Math.min(Number(header) * 1_000, 3_600_000);
}

function later(why: string): Delivery {
  return { kind: "later", why, afterMs: null };
}
