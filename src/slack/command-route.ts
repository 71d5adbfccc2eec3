// The slash command's answer: a text that only the asker sees. A job is stored before it is told.
import type { Context } from "hono";
import type { AppEnv } from "../http/app-env.ts";
import { unwrap } from "../http/stop.ts";
import {
  helpText,
  parseCommand,
  signalOf,
  slackName,
  unknownText,
  type JobCommand,
  type SlackCommand,
} from "./command.ts";
import type { ClusterStatus } from "../cluster/status.ts";
import { mrkdwn, mrkdwnTime } from "../messages/mrkdwn.ts";
import { replyRef } from "../messages/outgoing.ts";
import type { JobView } from "../jobs/job-view.ts";
import { kindWord, standing } from "../story/words.ts";
import { accessFromSlack, refusalText, orWhy, strangerText } from "./authorize.ts";

type Ctx = Context<AppEnv>;

/** Slack takes answers at a command's response_url for 30 minutes (its documentation). */
const REPLY_MS = 30 * 60_000;
const JOBS_SHOWN = 8;

export async function answerCommand(c: Ctx, command: SlackCommand): Promise<string> {
  const stranger = strangerText(c, command);
  if (stranger !== null) return stranger;
  const parsed = parseCommand(command.text);
  if (parsed.verb === "help") return helpText();
  if (parsed.verb === "unknown") return unknownText(parsed.word);
  const looks = parsed.verb === "status" || parsed.verb === "jobs";
  const mayNot = refusalText(c, command, looks ? "see" : "request");
  if (mayNot !== null) return mayNot;
  const cluster = clusterOf(c, parsed.cluster, command.channelId);
  if (cluster === null) return `Name one of these clusters: ${c.var.config.clusters.join(", ")}.`;
  const { queue, caller } = accessFromSlack(c, command, cluster);
  switch (parsed.verb) {
    case "status":
      return orWhy(c, "The status could not be read", async () =>
        statusText(cluster, await unwrap(queue.status(caller))),
      );
    case "jobs":
      return orWhy(c, "The jobs could not be read", async () =>
        jobsText(c, cluster, await unwrap(queue.jobs(caller, null, JOBS_SHOWN))),
      );
    case "fix":
    case "diagnose":
    case "undo":
      return orWhy(c, "The job is *not* confirmed", () =>
        request(c, command, { asked: parsed, cluster }),
      );
  }
}

/** The one that is named, else the channel's own, else the only one there is. */
function clusterOf(c: Ctx, named: string | null, channel: string): string | null {
  const { clusters, slack } = c.var.config;
  const ofChannel = Object.entries(slack?.channels ?? {})
    .filter(([, id]) => id === channel)
    .map(([cluster]) => cluster);
  const [only, ...others] = ofChannel.length > 0 ? ofChannel : clusters;
  const cluster = named ?? (others.length === 0 ? only : undefined);
  return cluster !== undefined && clusters.includes(cluster) ? cluster : null;
}

async function request(
  c: Ctx,
  command: SlackCommand,
  { asked, cluster }: { readonly asked: JobCommand; readonly cluster: string },
): Promise<string> {
  const { queue, caller } = accessFromSlack(c, command, cluster);
  const signal = signalOf(asked, slackName(command));
  const idempotency = { key: command.triggerId, digest: asked.verb };
  const reply = replyRef(command.responseUrl, Date.now() + REPLY_MS);
  const { job } = await unwrap(queue.request(caller, { signal, idempotency }, reply));
  const page = pageLink(c, job);
  return `Job \`${job.id}\` (${kindWord(job.kind)}) for ${cluster} is ${job.state}.${page} \`/backon status\` shows where it stands.`;
}

function pageLink(c: Ctx, { cluster, id }: JobView): string {
  const { publicUrl } = c.var.config.messages;
  return publicUrl === null ? "" : ` <${publicUrl}/clusters/${cluster}/jobs/${id}|Open it>.`;
}

function jobsText(c: Ctx, cluster: string, jobs: readonly JobView[]): string {
  if (jobs.length === 0) return `*${cluster}* has had no job yet.`;
  const lines = jobs.map(
    (job) =>
      `• \`${job.id}\` ${kindWord(job.kind)}, ${mrkdwnTime(Date.parse(job.createdAt))}: ${mrkdwn(standing(job))}.${pageLink(c, job)}`,
  );
  return [`*${cluster}*, newest first`, ...lines].join("\n");
}

function statusText(cluster: string, status: ClusterStatus): string {
  const { agent, rule, open, hold, counts, messages, warnings } = status;
  const lines = [
    `*${cluster}*`,
    agent === null
      ? "No agent has called yet."
      : `Agent ${mrkdwn(agent.version, 60)} on ${mrkdwn(agent.node ?? "an unnamed node", 260)}, last seen ${agent.lastSeen}.`,
    rule === null ? "No rule of ours is known." : `Our rule on the router: ${rule.state}.`,
    hold === null || (hold.until !== null && hold.until < Date.now())
      ? "No hold."
      : `Hold: ${mrkdwn(hold.why)}${hold.until === null ? ", until a person asks" : ` until ${new Date(hold.until).toISOString()}`}.`,
    open.length === 0
      ? `No open job; ${counts.finished} finished.`
      : open.map((job) => `Job ${job.id}: ${job.kind}, ${job.state}.`).join("\n"),
    ...warnings.map((warning) => `Needs attention: ${mrkdwn(warning, 500)}.`),
    ...(messages.failed === null ? [] : [`Not delivered: ${mrkdwn(messages.failed)}.`]),
  ];
  return lines.join("\n");
}
