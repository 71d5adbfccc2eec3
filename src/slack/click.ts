// A click on Approve, Dismiss or Undo. What it decides is stored before Slack is answered; the card
// then changes by itself. Whoever's click changed nothing is told why.
import type { Context } from "hono";
import type { AppEnv } from "../http/app-env.ts";
import { unwrap } from "../http/stop.ts";
import type { SlackClick } from "./interaction.ts";
import { ephemeral, signalOf, slackName } from "./command.ts";
import { logError } from "../log.ts";
import { mrkdwn, mrkdwnWho } from "../messages/mrkdwn.ts";
import { send } from "../messages/send.ts";
import { accessFromSlack, refusalText, orWhy, strangerText } from "./authorize.ts";

type Ctx = Context<AppEnv>;

/** What only the one who clicked is to read; null if the card's change says it all. */
export async function answerClick(c: Ctx, click: SlackClick): Promise<string | null> {
  const stranger = strangerText(c, click);
  if (stranger !== null) return stranger;
  const mayNot = refusalText(c, click, click.action === "undo" ? "request" : "approve");
  if (mayNot !== null) return mayNot;
  const { cluster } = click.value;
  if (!c.var.config.clusters.includes(cluster)) return `There is no cluster ${cluster} any more.`;
  const said = await orWhy(c, "Nothing was done", async () => (await decide(c, click)) ?? "");
  return said === "" ? null : said;
}

async function decide(c: Ctx, click: SlackClick): Promise<string | null> {
  const { cluster, id, planHash } = click.value;
  const { queue, caller } = accessFromSlack(c, click, cluster);
  switch (click.action) {
    case "approve": {
      const decision = { kind: "approve", hash: planHash ?? "" } as const;
      const { approvedBy, already } = await unwrap(queue.decide(caller, id, decision));
      return already ? `${mrkdwnWho(approvedBy ?? "somebody")} has approved this already.` : null;
    }
    case "dismiss":
      await unwrap(
        queue.decide(caller, id, {
          kind: "dismiss",
          ...(planHash === null ? {} : { hash: planHash }),
        }),
      );
      return null;
    case "undo": {
      const signal = signalOf({ verb: "undo", registry: null }, slackName(click));
      const { job, first } = await unwrap(queue.undo(caller, id, signal));
      const asked = first === null ? "You" : mrkdwnWho(first);
      return `${asked} asked for an undo: job \`${mrkdwn(job.id, 60)}\` is ${job.state}.`;
    }
  }
}

/**
 * An answer to a click goes to its own address; the answer to the request itself shows nobody
 * anything. Only ever to Slack: the address came from outside, signed or not.
 */
export async function tellClicker(c: Ctx, { responseUrl }: SlackClick, text: string) {
  const { hooksUrl, limitMs } = c.var.config.messages;
  if (responseUrl === null || !responseUrl.startsWith(`${hooksUrl}/`)) return;
  const body = JSON.stringify({ ...ephemeral(text), replace_original: false });
  const request = { kind: "request", url: responseUrl, body, auth: null, answers: "hook" } as const;
  const delivery = await send(request, limitMs, Date.now());
  if (delivery.kind !== "sent")
    logError(c.var.requestId, "message", `answer to a click: ${delivery.why}`);
}
