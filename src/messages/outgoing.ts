// A message that is due → the one request that sends it. Pure: tests compare the request.
import type { Message } from "./outbox.ts";
import { readableReport, type Story } from "../story/story.ts";
import { card, threadText } from "./card.ts";
import type { Destinations } from "./destinations.ts";

export type Outgoing =
  | {
      readonly kind: "request";
      readonly url: string;
      readonly body: string;
      /** How it proves itself: a bearer token, or an HMAC over time and body. */
      readonly auth: { readonly bearer: string } | { readonly signedWith: string } | null;
      readonly answers: "api" | "hook" | "webhook";
    }
  /** Somebody else has told it, or there is nothing to tell any more. */
  | { readonly kind: "nothing" }
  /** The card is not there yet. */
  | { readonly kind: "wait" }
  | { readonly kind: "never"; readonly why: string };

type Context = {
  readonly story: Story;
  /** The job's card, to which its thread belongs; null if it has none. */
  readonly card: Message | null;
  /** Somebody must look at the job as it is now. */
  readonly looks: boolean;
  readonly to: Destinations;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

export function outgoing(message: Message, context: Context): Outgoing {
  const { story, to } = context;
  const { publicUrl } = to;
  const { cluster, id } = story.job;
  const pageUrl = publicUrl === null ? null : `${publicUrl}/clusters/${cluster}/jobs/${id}`;
  switch (message.output) {
    case "card":
      return toApi(context, message.ref, card(story, { pageUrl, buttons: true }));
    case "thread":
      return toThread(context);
    case "reply":
      return toReply(message, context, pageUrl);
    case "hook":
      if (to.hookUrl === null) return { kind: "never", why: "SLACK_WEBHOOK_URL is no longer set" };
      return post({
        url: to.hookUrl,
        body: card(story, { pageUrl, buttons: false }),
        auth: null,
        answers: "hook",
      });
    case "webhook":
      if (to.webhook === null) return { kind: "never", why: "NOTIFY_URL is no longer set" };
      return post({
        url: to.webhook.url,
        body: event(story, message.wanted, pageUrl),
        auth: { signedWith: to.webhook.secret },
        answers: "webhook",
      });
  }
}

/** Slack makes no previews of links, and none of its own links out of names. */
const QUIET = { unfurl_links: false, unfurl_media: false, parse: "none", link_names: false };

/** `ref`: the message to edit; null posts a new one. */
function toApi({ story, to }: Context, ref: string | null, body: object): Outgoing {
  const { slack, apiUrl } = to;
  const channel = slack?.channels[story.job.cluster];
  if (slack === null || channel === undefined)
    return { kind: "never", why: "SLACK_BOT_TOKEN or this cluster's channel is no longer set" };
  const [shownIn, ts] = ref?.split("/") ?? [];
  const auth = { bearer: slack.token };
  const [method, whole] =
    ts === undefined
      ? ["chat.postMessage", { channel, ...QUIET, ...body }]
      : ["chat.update", { channel: shownIn, ts, parse: "none", ...body }];
  return post({ url: `${apiUrl}/${method}`, body: whole, auth, answers: "api" });
}

function toThread(context: Context): Outgoing {
  const { story, card: parent, looks } = context;
  const text = threadText(story, looks);
  if (text === null) return { kind: "nothing" };
  // That the card failed for good has been said; its thread has no news of its own.
  if (parent === null || parent.failed !== null) return { kind: "nothing" };
  const [channel, ts] = parent.ref?.split("/") ?? [];
  if (channel === undefined || ts === undefined) return { kind: "wait" };
  return toApi(context, null, { channel, thread_ts: ts, text });
}

/** The fallback of a slash command: only where no card tells the same. */
function toReply(message: Message, context: Context, pageUrl: string | null): Outgoing {
  const { story, card: shown, to, now } = context;
  if (shown !== null && shown.failed === null) return { kind: "nothing" };
  const reply = readReplyRef(message.ref);
  if (reply === null || !reply.url.startsWith(`${to.hooksUrl}/`))
    return { kind: "never", why: "the command came with no address to answer to" };
  if (reply.until <= now)
    return { kind: "never", why: "Slack takes answers to a command for 30 minutes" };
  const { text, blocks } = card(story, { pageUrl, buttons: false });
  const body = { response_type: "ephemeral", replace_original: false, text, blocks };
  return post({ url: reply.url, body, auth: null, answers: "hook" });
}

/** `ref` of a reply: until when Slack takes answers there (30 minutes), and the address itself. */
export function replyRef(url: string, until: number): string {
  return `${until} ${url}`;
}

function readReplyRef(ref: string | null): { url: string; until: number } | null {
  const [, until, url] = /^(\d+) (\S+)$/.exec(ref ?? "") ?? [];
  return url === undefined ? null : { url, until: Number(until) };
}

/** What a program gets: the job as the API shows it, and what the agent found. */
function event(story: Story, revision: number, pageUrl: string | null): object {
  const said = readableReport(story);
  return {
    event: "job",
    /** Grows with each change of this job; of two, the greater one is newer. */
    revision,
    job: story.job,
    verdict: said?.verdict ?? null,
    summary: said?.summary ?? null,
    url: pageUrl,
  };
}

type Post = Omit<Extract<Outgoing, { kind: "request" }>, "kind" | "body"> & {
  readonly body: object;
};

function post({ body, ...request }: Post): Outgoing {
  return { kind: "request", ...request, body: JSON.stringify(body) };
}
