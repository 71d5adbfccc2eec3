// Slack's two ways in, the slash command and the buttons, each signed over its raw bytes. Answered
// within Slack's three seconds, always after what was asked for is stored. Errors for the person are
// 200 with a text only they see; 401 only for a bad signature.
import type { Context } from "hono";
import { Hono } from "hono/tiny";
import { bytesUpTo, type BodyLimit } from "../http/read-body.ts";
import type { AppEnv } from "../http/app-env.ts";
import { stop } from "../http/stop.ts";
import { readSlackClick } from "./interaction.ts";
import { checkSlackHeaders, verifySlack } from "./signature.ts";
import { ephemeral, isSslCheck, readSlackCommand, slackEscape } from "./command.ts";
import { answerClick, tellClicker } from "./click.ts";
import { answerCommand } from "./command-route.ts";

type Ctx = Context<AppEnv>;

const COMMAND = { bytes: 16 * 1024, more: "a slash command is at most 16 KiB" };
/** A click brings the whole message along. */
const CLICK = { bytes: 128 * 1024, more: "an interaction is at most 128 KiB" };
/** Nothing else comes unsigned. */
const SSL_CHECK_BYTES = 1024;

export const slackRoutes = new Hono<AppEnv>();

slackRoutes.post("/slack/commands", async (c) => {
  const form = await signedForm(c, COMMAND);
  if (form === null) return c.body(null, 200);
  const read = readSlackCommand(form);
  if (!read.ok) return c.json(ephemeral(slackEscape(read.detail)));
  return c.json(ephemeral(await answerCommand(c, read.command)));
});

slackRoutes.post("/slack/interactions", async (c) => {
  const form = await signedForm(c, CLICK);
  if (form === null) return c.body(null, 200);
  const read = readSlackClick(form);
  switch (read.kind) {
    case "ignored":
      return c.body(null, 200);
    case "bad":
      return stop(422, read.detail);
    case "click": {
      const text = await answerClick(c, read.click);
      if (text !== null) c.executionCtx.waitUntil(tellClicker(c, read.click, text));
      return c.body(null, 200);
    }
  }
});

/**
 * The form, once its signature is good; null for Slack's check of the certificate, which comes
 * unsigned. Of a form that can't be Slack's no more is read than that check has.
 */
async function signedForm(c: Ctx, limit: BodyLimit): Promise<string | null> {
  const headers = {
    timestamp: c.req.header("x-slack-request-timestamp") ?? null,
    signature: c.req.header("x-slack-signature") ?? null,
    nowMs: Date.now(),
  };
  const claimed = checkSlackHeaders(headers);
  const bytes = claimed === "ok" ? limit.bytes : Math.min(SSL_CHECK_BYTES, limit.bytes);
  if (Number(c.req.header("content-length") ?? 0) > limit.bytes) stop(413, limit.more);
  const body = await bytesUpTo(c, bytes);
  if (body === null)
    return claimed === "ok" ? stop(413, limit.more) : stop(401, signatureIs(claimed));
  const form = new TextDecoder().decode(body);
  if (isSslCheck(form)) return null;
  const { slack } = c.var.config;
  if (slack === null) stop(503, "set SLACK_SIGNING_SECRET to use the slash command");
  const check = await verifySlack({ ...headers, secrets: slack.secrets, body });
  if (check !== "ok") stop(401, signatureIs(check));
  return form;
}

function signatureIs(check: string): string {
  return `Slack's signature is ${check}`;
}
