// Slack's two ways in, the slash command and the buttons, each signed over its raw bytes. Answered
// within Slack's three seconds, always after what was asked for is stored. Errors for the person are
// 200 with a text only they see; 401 only for a bad signature.
import type { Context } from "hono";
import { Hono } from "hono/tiny";
import { stop, type Door } from "../http/door.ts";
import { readSlackClick } from "./interaction.ts";
import { verifySlack } from "./signature.ts";
import { ephemeral, isSslCheck, readSlackCommand, slackEscape } from "./command.ts";
import { answerClick, tellClicker } from "./click.ts";
import { answerCommand } from "./command-route.ts";

type Ctx = Context<Door>;

const COMMAND_LIMIT_BYTES = 16 * 1024;
/** A click brings the whole message along. */
const CLICK_LIMIT_BYTES = 128 * 1024;

export const slackRoutes = new Hono<Door>();

slackRoutes.post("/slack/commands", async (c) => {
  const form = await signedForm(c, COMMAND_LIMIT_BYTES, "a slash command is at most 16 KiB");
  if (form === null) return c.body(null, 200);
  const read = readSlackCommand(form);
  if (!read.ok) return c.json(ephemeral(slackEscape(read.detail)));
  return c.json(ephemeral(await answerCommand(c, read.command)));
});

slackRoutes.post("/slack/interactions", async (c) => {
  const form = await signedForm(c, CLICK_LIMIT_BYTES, "an interaction is at most 128 KiB");
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

/** The form, once its signature is good; null for Slack's check of the certificate. */
async function signedForm(c: Ctx, limit: number, tooLong: string): Promise<string | null> {
  const body = await c.req.arrayBuffer();
  if (body.byteLength > limit) stop(413, tooLong);
  const form = new TextDecoder().decode(body);
  if (isSslCheck(form)) return null;
  const { slack } = c.var.config;
  if (slack === null) stop(503, "set SLACK_SIGNING_SECRET to use the slash command");
  const check = await verifySlack({
    secrets: slack.secrets,
    timestamp: c.req.header("x-slack-request-timestamp") ?? null,
    signature: c.req.header("x-slack-signature") ?? null,
    body,
    nowMs: Date.now(),
  });
  if (check !== "ok") stop(401, `Slack's signature is ${check}`);
  return form;
}
