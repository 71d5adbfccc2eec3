// POST /v1/slack/commands: answered within Slack's three seconds, always after the job is stored.
// Errors for the person are 200 with a text only they see; 401 only for a bad signature.
import { Hono, type Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { entryTo, settled, stop, type Door, type Entry } from "../door.ts";
import { verifySlack } from "../intake/slack-signature.ts";
import {
  ephemeral,
  helpText,
  isSslCheck,
  parseCommand,
  readSlackCommand,
  signalOf,
  slackEscape,
  unknownText,
  type SlackCommand,
} from "../intake/slack.ts";
import { logError } from "../log.ts";
import type { ClusterStatus } from "../jobs/status.ts";

const FORM_LIMIT_BYTES = 16 * 1024;

export const slackRoutes = new Hono<Door>();

slackRoutes.post("/slack/commands", async (c) => {
  const body = await c.req.arrayBuffer();
  if (body.byteLength > FORM_LIMIT_BYTES) stop(413, "a slash command is at most 16 KiB");
  const form = new TextDecoder().decode(body);
  if (isSslCheck(form)) return c.body(null, 200);
  const { slack } = c.var.config;
  if (slack === null) return stop(503, "set SLACK_SIGNING_SECRET to use the slash command");
  const check = await verifySlack({
    secrets: slack.secrets,
    timestamp: c.req.header("x-slack-request-timestamp") ?? null,
    signature: c.req.header("x-slack-signature") ?? null,
    body,
    nowMs: Date.now(),
  });
  if (check !== "ok") return stop(401, `Slack's signature is ${check}`);
  const read = readSlackCommand(form);
  if (!read.ok) return c.json(ephemeral(slackEscape(read.detail)));
  return c.json(ephemeral(await answer(c, read.command)));
});

async function answer(c: Context<Door>, command: SlackCommand): Promise<string> {
  const stranger = strangerText(c, command);
  if (stranger !== null) return stranger;
  const parsed = parseCommand(command.text);
  if (parsed.verb === "help") return helpText();
  if (parsed.verb === "unknown") return unknownText(parsed.word);
  const { clusters, slack } = c.var.config;
  const cluster = parsed.cluster ?? (clusters.length === 1 ? clusters[0] : undefined);
  if (cluster === undefined || !clusters.includes(cluster))
    return `Name one of these clusters: ${clusters.join(", ")}.`;
  const entry = enterFromSlack(c, command, cluster);
  if (parsed.verb === "status") {
    if (!slack?.maySee.includes(command.userId) && !slack?.mayRequest.includes(command.userId))
      return notListed("SLACK_MAY_SEE", command.userId);
    return orWhy(c, "The status could not be read", async () =>
      statusText(cluster, await settled(entry.queue.status(entry.caller))),
    );
  }
  if (!slack?.mayRequest.includes(command.userId))
    return notListed("SLACK_MAY_REQUEST", command.userId);
  const signal = signalOf(parsed, command.userId, command.teamId);
  const once = { key: command.triggerId, digest: parsed.verb };
  return orWhy(c, "The job is *not* confirmed", async () => {
    const { job } = await settled(entry.queue.request(entry.caller, signal, once));
    return `Job \`${job.id}\` (${job.kind}) for ${cluster} is ${job.state}. \`/backon status\` shows where it stands.`;
  });
}

/** The text, or what failed and why: Slack shows nothing of an answer that is not 200. */
async function orWhy(
  c: Context<Door>,
  failed: string,
  text: () => Promise<string>,
): Promise<string> {
  try {
    return await text();
  } catch (cause) {
    if (!(cause instanceof HTTPException)) throw cause;
    if (cause.cause instanceof Error) logError(c.var.requestId, "store", cause.cause.message);
    return `${failed}: ${slackEscape(cause.message)}.`;
  }
}

/** With Slack Connect strangers can be in the channel: team and app must be ours. Null if they are. */
function strangerText(c: Context<Door>, { teamId, appId }: SlackCommand): string | null {
  const { slack } = c.var.config;
  if (slack?.teamId !== teamId || slack.appId !== appId)
    return `This Slack team (${slackEscape(teamId)}) and app (${slackEscape(appId)}) are not the ones in SLACK_TEAM_ID and SLACK_APP_ID.`;
  return null;
}

function notListed(list: string, userId: string): string {
  return `You (${slackEscape(userId)}) are not in ${list}. Ask an operator to add your Slack user id.`;
}

/** Slack has no token of ours: its signature was the proof, its user is who the log names. */
function enterFromSlack(
  c: Context<Door>,
  { teamId, userId }: SlackCommand,
  cluster: string,
): Entry {
  const jti = `slack-${teamId}-${userId}`;
  const claims = { role: "operator", cluster, sub: userId, jti, iat: 0, exp: 0 } as const;
  return entryTo(c, claims, cluster);
}

function statusText(cluster: string, status: ClusterStatus): string {
  const { agent, rule, open, hold, counts } = status;
  const lines = [
    `*${cluster}*`,
    agent === null
      ? "No agent has called yet."
      : `Agent ${agent.version} on ${agent.node ?? "an unnamed node"}, last seen ${agent.lastSeen}.`,
    rule === null ? "No rule of ours is known." : `Our rule on the router: ${rule.state}.`,
    hold === null || (hold.until !== null && hold.until < Date.now())
      ? "No hold."
      : `Hold: ${hold.why}${hold.until === null ? ", until a person asks" : ` until ${new Date(hold.until).toISOString()}`}.`,
    open.length === 0
      ? `No open job; ${counts.finished} finished.`
      : open.map((job) => `Job ${job.id}: ${job.kind}, ${job.state}.`).join("\n"),
  ];
  return lines.map((line, at) => (at === 0 ? line : slackEscape(line))).join("\n");
}
