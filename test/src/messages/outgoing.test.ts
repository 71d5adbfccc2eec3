// A message that is due, and the one request that it becomes.
import { expect, test } from "vitest";
import type { Message } from "../../../src/messages/outbox.ts";
import type { Destinations } from "../../../src/messages/destinations.ts";
import { outgoing, replyRef } from "../../../src/messages/outgoing.ts";
import { aStory } from "../routes/a-told-job.ts";
import { NOW } from "../support/a-job.ts";

const TO: Destinations = {
  slack: { token: "xoxb-1", channels: { home: "C1" } },
  apiUrl: "https://slack.com/api",
  hooksUrl: "https://hooks.slack.com",
  hookUrl: "https://hooks.slack.com/services/T/B/x",
  webhook: { url: "https://x.example/hook", secret: "s".repeat(32) },
  publicUrl: "https://backon.example",
  limitMs: 5_000,
  faults: [],
};
const PAGE = "https://backon.example/clusters/home/jobs/j1";
const RESPONSE_URL = "https://hooks.slack.com/commands/T1/1/abc";

function aMessage(changes: Partial<Message> = {}): Message {
  const output = "card";
  return { job: "j1", output, wanted: 3, sent: 2, tries: 0, ref: null, failed: null, ...changes };
}
const shown = aMessage({ ref: "C1/1.2" });
const failed = aMessage({ failed: "channel_not_found" });
const reply = aMessage({ output: "reply", ref: replyRef(RESPONSE_URL, NOW + 1) });

type Given = Partial<Destinations & { card: Message | null; looks: boolean; now: number }>;

/** The request with its body as data, or why there is none. */
function sent(message: Message, given: Given = {}) {
  const { card = null, looks = false, now = NOW, ...to } = given;
  const request = outgoing(message, {
    story: aStory(),
    card,
    looks,
    now,
    to: { ...TO, ...to },
  });
  return request.kind === "request"
    ? { ...request, body: JSON.parse(request.body) as Record<string, unknown> }
    : request;
}

test("a card is posted in the cluster's channel, without previews, mentions or links of Slack's", () => {
  expect(sent(aMessage())).toMatchObject({
    url: "https://slack.com/api/chat.postMessage",
    auth: { bearer: "xoxb-1" },
    body: {
      channel: "C1",
      unfurl_links: false,
      unfurl_media: false,
      parse: "none",
      link_names: false,
      text: "home: fix: recovered · Docker Hub: TLS over IPv6 stalls",
    },
  });
});

test("a card that is there is edited where it was posted, whatever the settings say now", () => {
  expect(sent(aMessage({ ref: "C9/1.2" }))).toMatchObject({
    url: "https://slack.com/api/chat.update",
    body: { channel: "C9", ts: "1.2" },
  });
});

test("the thread belongs to the card", () => {
  expect(
    sent(aMessage({ output: "thread" }), { card: aMessage({ ref: "C9/1.2" }), looks: true }),
  ).toMatchObject({
    url: "https://slack.com/api/chat.postMessage",
    body: { channel: "C9", thread_ts: "1.2" },
  });
});

const thread = aMessage({ output: "thread" });
test.each([
  ["the thread of a card that is not there yet", thread, { card: aMessage(), looks: true }, "wait"],
  ["the thread of a card that never will be", thread, { card: failed, looks: true }, "nothing"],
  ["a thread when nobody has to look any more", thread, { card: shown }, "nothing"],
  ["a reply that a card makes needless", reply, { card: shown }, "nothing"],
  ["such a reply when its time is over", reply, { card: shown, now: NOW + 1 }, "nothing"],
  ["a reply after its 30 minutes", reply, { now: NOW + 1 }, "never"],
  [
    "a reply to a stranger's address",
    { ...reply, ref: replyRef("https://hooks.slack.com.evil.example/x", NOW + 1) },
    {},
    "never",
  ],
  [
    "a reply to an address with a user in it",
    { ...reply, ref: replyRef("https://hooks.slack.com@evil.example/x", NOW + 1) },
    {},
    "never",
  ],
  ["a card without a bot", aMessage(), { slack: null }, "never"],
  ["a card without a channel", aMessage(), { slack: { token: "t", channels: {} } }, "never"],
  ["an incoming webhook that was unset", aMessage({ output: "hook" }), { hookUrl: null }, "never"],
  ["a webhook that was unset", aMessage({ output: "webhook" }), { webhook: null }, "never"],
] as const)("%s goes nowhere", (_, message, given, kind) => {
  expect(sent(message, given).kind).toBe(kind);
});

test.each([
  ["there is no card", null],
  ["the card failed for good", failed],
])("who asked by a command is answered there when %s", (_, card) => {
  const request = sent(reply, { card });

  expect(request).toMatchObject({
    url: RESPONSE_URL,
    auth: null,
    body: { response_type: "ephemeral", replace_original: false },
  });
  expect(JSON.stringify(request)).not.toContain('"Undo"');
});

test("an incoming webhook gets the card without what needs a click to be heard", () => {
  const request = sent(aMessage({ output: "hook" }));

  expect(request).toMatchObject({ url: TO.hookUrl, auth: null, answers: "hook" });
  expect(JSON.stringify(request)).not.toContain('"Undo"');
  expect(JSON.stringify(request)).toContain(PAGE);
});

test("a program gets the job as the API shows it, its revision and what was found", () => {
  expect(sent(aMessage({ output: "webhook" }))).toMatchObject({
    url: "https://x.example/hook",
    auth: { signedWith: TO.webhook?.secret },
    body: {
      event: "job",
      revision: 3,
      job: { id: "j1", cluster: "home", outcome: "recovered" },
      verdict: "ipv6-tls-stall",
      summary: expect.stringContaining("The rule is in place"),
      url: PAGE,
    },
  });
});

test("without an address of our own nothing links to it", () => {
  expect(JSON.stringify(sent(aMessage(), { publicUrl: null }))).not.toContain('"Open"');
  expect(sent(aMessage({ output: "webhook" }), { publicUrl: null })).toMatchObject({
    body: { url: null },
  });
});
