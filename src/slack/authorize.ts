// Who may do what from Slack: the team and the app are ours, and the user stands in a list of ids.
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { accessTo, type Access } from "../http/authorize.ts";
import type { AppEnv } from "../http/app-env.ts";
import { slackEscape, slackName } from "./command.ts";
import { logError } from "../log.ts";
import { mrkdwn } from "../messages/mrkdwn.ts";

type Ctx = Context<AppEnv>;

export type SlackUser = {
  readonly teamId: string;
  readonly orgId: string | undefined;
  readonly appId: string;
  readonly userId: string;
};

/**
 * With Slack Connect strangers can be in the channel: team and app must be ours. Null if they are.
 * SLACK_TEAM_ID may name the organisation, where the app is installed for all of it.
 */
export function strangerText(c: Ctx, { teamId, orgId, appId }: SlackUser): string | null {
  const { slack } = c.var.config;
  const own = slack?.teamId ?? null;
  if (own === null || ![teamId, orgId].includes(own) || slack?.appId !== appId)
    return `This Slack team (${slackEscape(teamId)}) and app (${slackEscape(appId)}) are not the ones in SLACK_TEAM_ID and SLACK_APP_ID.`;
  return null;
}

/** Why this user may not; null if they may. Who may request or approve may also see. */
export function refusalText(
  c: Ctx,
  { userId }: SlackUser,
  what: "see" | "request" | "approve",
): string | null {
  const { maySee = [], mayRequest = [], mayApprove = [] } = c.var.config.slack ?? {};
  const lists = {
    see: ["SLACK_MAY_SEE", [...maySee, ...mayRequest, ...mayApprove]],
    request: ["SLACK_MAY_REQUEST", mayRequest],
    approve: ["SLACK_MAY_APPROVE", mayApprove],
  } as const;
  const [name, users] = lists[what];
  if (users.includes(userId)) return null;
  return `You (${slackEscape(userId)}) are not in ${name}. Ask an operator to add your Slack user id.`;
}

/** Slack has no token of ours: its signature was the proof, its user is who the log names. */
export function accessFromSlack(c: Ctx, user: SlackUser, cluster: string): Access {
  const jti = `slack-${user.teamId}-${user.userId}`;
  const claims = { role: "operator", cluster, sub: user.userId, jti, iat: 0, exp: 0 } as const;
  return { ...accessTo(c, claims, cluster), caller: { jti, by: slackName(user) } };
}

/** Slack gives up after three seconds and then shows its own error (its documentation). */
const STORE_LIMIT_MS = 2_000;

/** The text, or what failed and why: Slack shows nothing of an answer that is late or not 200. */
export async function orWhy(c: Ctx, failed: string, text: () => Promise<string>): Promise<string> {
  const late = Promise.withResolvers<string>();
  const timer = setTimeout(() => {
    logError(c.var.requestId, "store", `no answer within ${STORE_LIMIT_MS} ms`);
    late.resolve(`${failed} in time; whether it is stored, \`/backon jobs\` shows in a moment.`);
  }, STORE_LIMIT_MS);
  try {
    return await Promise.race([text(), late.promise]);
  } catch (cause) {
    if (!(cause instanceof HTTPException)) throw cause;
    if (cause.cause instanceof Error) logError(c.var.requestId, "store", cause.cause.message);
    return `${failed}: ${mrkdwn(cause.message, 600)}.`;
  } finally {
    clearTimeout(timer);
  }
}
