// Where messages go, as the settings say.
import type { Output } from "../jobs/news.ts";

export type Destinations = {
  /** `channels`: a cluster's own channel, by id. `apiUrl`: without a slash at its end. */
  readonly slack: {
    readonly token: string;
    readonly channels: Readonly<Record<string, string>>;
  } | null;
  readonly apiUrl: string;
  /** What an answer to a command must begin with to be posted to. */
  readonly hooksUrl: string;
  /** An incoming webhook of Slack; its address is the secret. */
  readonly hookUrl: string | null;
  readonly webhook: { readonly url: string; readonly secret: string } | null;
  /** The Worker's own address for links, without a slash at its end. */
  readonly publicUrl: string | null;
  /** How long one request may take, in ms. */
  readonly limitMs: number;
  /** What is wrong with these settings, `VARIABLE: what to do`: that way out is off. */
  readonly faults: readonly string[];
};

/** The messages that a cluster's jobs have. Bot and incoming webhook would say everything twice. */
export function outputsFor(cluster: string, to: Destinations): Output[] {
  const hasCard = to.slack !== null && to.slack.channels[cluster] !== undefined;
  return [
    ...(hasCard ? (["card", "thread"] as const) : []),
    ...(!hasCard && to.hookUrl !== null ? (["hook"] as const) : []),
    ...(to.webhook === null ? [] : (["webhook"] as const)),
    "reply",
  ];
}
