// The settings of what goes out: Slack's cards, an incoming webhook, the signed webhook.
import * as z from "zod/mini";
import type { Destinations } from "../messages/destinations.ts";

const LOOPBACK = ["127.0.0.1", "[::1]", "localhost"];
const addressRule = "an https:// address without a user or a fragment";

/** Plain http is for a service on this very machine, as in the tests. */
const address = z.string(addressRule).check(
  z.refine((text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, hostname, username, password, hash } = new URL(text);
    const open = protocol === "http:" && LOOPBACK.includes(hostname);
    return (protocol === "https:" || open) && username + password + hash === "";
  }, addressRule),
);
const base = z.pipe(
  address,
  z.transform((text: string) => text.replace(/\/+$/, "")),
);

const pairsRule = "CLUSTER=CHANNEL_ID pairs separated by commas, such as home=C0123ABC";

/** `home=C0123,branch=C0456`: a cluster's channel, by id, as channels can be renamed. */
const channels = z
  .string(pairsRule)
  .check(z.regex(/^\s*([a-z0-9-]+=[A-Z0-9]{2,64}\s*(,\s*|$))+$/, pairsRule));

export const MessageVariables = {
  SLACK_BOT_TOKEN: z.optional(z.string().check(z.regex(/^xoxb-[\w-]+$/, "a bot token, xoxb-…"))),
  SLACK_CHANNELS: z.optional(channels),
  SLACK_WEBHOOK_URL: z.optional(address),
  NOTIFY_URL: z.optional(address),
  NOTIFY_SECRET: z.optional(
    z.string().check(z.minLength(32, "at least 32 characters (openssl rand -base64 48)")),
  ),
  PUBLIC_URL: z.optional(base),
  SLACK_API_URL: z._default(base, "https://slack.com/api"),
  SLACK_HOOKS_URL: z._default(base, "https://hooks.slack.com"),
  SEND_LIMIT_MS: z._default(
    z.coerce
      .number("a whole number of milliseconds")
      .check(z.int("a whole number of milliseconds"), z.minimum(1), z.maximum(25_000)),
    5_000,
  ),
};

/** An incoming webhook's address is its secret; that of the other one may hold one too. */
export const MESSAGE_SECRETS = [
  "SLACK_BOT_TOKEN",
  "SLACK_WEBHOOK_URL",
  "NOTIFY_URL",
  "NOTIFY_SECRET",
];

const Found = z.object(MessageVariables);
type Found = z.infer<typeof Found>;

export function channelsOf(text: string | undefined): Readonly<Record<string, string>> {
  const pairs = (text ?? "").split(",").flatMap((pair) => {
    const [cluster = "", channel = ""] = pair.trim().split("=");
    return channel === "" ? [] : [[cluster, channel] as const];
  });
  return Object.fromEntries(pairs);
}

/** A fault here turns one way out off and is told in the status: no message may stop a job. */
export function destinationsOf(found: Found, clusters: readonly string[]): Destinations {
  const { NOTIFY_URL: url, NOTIFY_SECRET: secret } = found;
  return {
    slack:
      found.SLACK_BOT_TOKEN === undefined
        ? null
        : { token: found.SLACK_BOT_TOKEN, channels: channelsOf(found.SLACK_CHANNELS) },
    apiUrl: found.SLACK_API_URL,
    hooksUrl: found.SLACK_HOOKS_URL,
    hookUrl: found.SLACK_WEBHOOK_URL ?? null,
    webhook: url === undefined || secret === undefined ? null : { url, secret },
    publicUrl: found.PUBLIC_URL ?? null,
    limitMs: found.SEND_LIMIT_MS,
    faults: messageFaults(found, clusters),
  };
}

/** What no single variable can show to be wrong: `VARIABLE: what to do`, one a fault. */
function messageFaults(found: Found, clusters: readonly string[]): string[] {
  const named = Object.keys(channelsOf(found.SLACK_CHANNELS));
  const unknown = named.filter((cluster) => !clusters.includes(cluster));
  return [
    ...unknown.map((cluster) => `SLACK_CHANNELS: ${cluster} is not one of CLUSTERS`),
    ...(found.SLACK_BOT_TOKEN !== undefined && named.length === 0
      ? ["SLACK_CHANNELS: SLACK_BOT_TOKEN is set, so name the channel of a cluster"]
      : []),
    ...((found.NOTIFY_URL === undefined) === (found.NOTIFY_SECRET === undefined)
      ? []
      : ["NOTIFY_SECRET: NOTIFY_URL and NOTIFY_SECRET go together; set both or none"]),
  ];
}
