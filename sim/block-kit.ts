// What Slack takes in a message, as its documentation says: each fault in words, none if it is fine.
import * as z from "zod";

/** Longer block lists have failed although each block was legal (slackapi/bolt-js, issue 2509). */
const MOST_IN_ALL = 13_000;

const plainText = (most: number) =>
  z.strictObject({
    type: z.literal("plain_text"),
    text: z.string().min(1).max(most),
    emoji: z.boolean().optional(),
  });
const mrkdwnText = (most: number) =>
  z.strictObject({
    type: z.literal("mrkdwn"),
    text: z.string().min(1).max(most),
    verbatim: z.boolean().optional(),
  });
const text = (most: number) => z.discriminatedUnion("type", [plainText(most), mrkdwnText(most)]);
const id = z.string().min(1).max(255);

const Button = z.strictObject({
  type: z.literal("button"),
  action_id: id,
  text: plainText(75),
  value: z.string().max(2_000).optional(),
  url: z.string().max(3_000).optional(),
  style: z.enum(["primary", "danger"]).optional(),
  confirm: z
    .strictObject({
      title: plainText(100),
      text: text(300),
      confirm: plainText(30),
      deny: plainText(30),
    })
    .optional(),
});

const Block = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("header"), text: plainText(150) }),
  z
    .strictObject({
      type: z.literal("section"),
      text: text(3_000).optional(),
      fields: z.array(text(2_000)).min(1).max(10).optional(),
    })
    .refine((block) => block.text !== undefined || block.fields !== undefined, "an empty section"),
  z.strictObject({
    type: z.literal("actions"),
    block_id: id,
    elements: z.array(Button).min(1).max(25),
  }),
  z.strictObject({ type: z.literal("context"), elements: z.array(text(2_000)).min(1).max(10) }),
]);

const Message = z.object({
  text: z.string().min(1).max(4_000),
  blocks: z.array(Block).max(50).optional(),
});

/** `body` as parsed JSON. */
export function blockKitFaults(body: unknown): string[] {
  const parsed = Message.safeParse(body);
  const faults = parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  const all = JSON.stringify(body);
  const long = all.length >= MOST_IN_ALL ? [`${all.length} characters in all`] : [];
  // A lone surrogate is not Unicode, and half of a pair is what a careless cut leaves behind.
  return [...faults, ...long, ...(/\\ud[89a-f]/.test(all) ? ["a lone surrogate"] : [])];
}
