// The few kinds of Block Kit that a card is made of, by Slack's own types (docs.slack.dev, "Block Kit").
import type {
  ActionsBlock,
  Button,
  ContextBlock,
  HeaderBlock,
  MrkdwnElement,
  PlainTextElement,
  SectionBlock,
} from "@slack/types";

export type { Button };
export type Block =
  | HeaderBlock
  | SectionBlock
  | (Omit<ActionsBlock, "elements"> & { elements: Button[] })
  | (Omit<ContextBlock, "elements"> & { elements: MrkdwnElement[] });

/**
 * `text` is mrkdwn: what is not ours in it has passed `mrkdwn`. `verbatim`: Slack makes no links and no
 * mentions out of what looks like one.
 */
export function rich(text: string): MrkdwnElement {
  return { type: "mrkdwn", text, verbatim: true };
}

export function plain(text: string): PlainTextElement {
  return { type: "plain_text", text, emoji: false };
}
