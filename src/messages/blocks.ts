// The few kinds of Block Kit that a card is made of (docs.slack.dev, "Block Kit").

/** `verbatim`: Slack makes no links and no mentions out of what looks like one. */
export type MrkdwnText = {
  readonly type: "mrkdwn";
  readonly text: string;
  readonly verbatim: boolean;
};
export type PlainText = {
  readonly type: "plain_text";
  readonly text: string;
  readonly emoji: boolean;
};

export type Button = {
  readonly type: "button";
  readonly action_id: string;
  readonly text: PlainText;
  readonly value?: string;
  readonly url?: string;
  readonly style?: "primary" | "danger";
  readonly confirm?: {
    readonly title: PlainText;
    readonly text: MrkdwnText;
    readonly confirm: PlainText;
    readonly deny: PlainText;
  };
};

export type Block =
  | { readonly type: "header"; readonly text: PlainText }
  | {
      readonly type: "section";
      readonly text?: MrkdwnText;
      readonly fields?: readonly MrkdwnText[];
    }
  | {
      readonly type: "actions";
      readonly block_id: string;
      readonly elements: readonly Button[];
    }
  | { readonly type: "context"; readonly elements: readonly MrkdwnText[] };

/** `text` is mrkdwn: what is not ours in it has passed `mrkdwn`. */
export function rich(text: string): MrkdwnText {
  return { type: "mrkdwn", text, verbatim: true };
}

export function plain(text: string): PlainText {
  return { type: "plain_text", text, emoji: false };
}
