// The Worker's settings: defaults as the design has them, and every fault in one message.
import { expect, test } from "vitest";
import { ClusterName, readConfig, type Config } from "../../../src/config/config.ts";

const KEY = "k".repeat(32);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function config(changes: Record<string, unknown> = {}): Config {
  const read = readConfig({ TOKEN_KEY: KEY, CLUSTERS: "home", ...changes });
  if (!read.ok) throw new Error(read.message);
  return read.config;
}

function fault(changes: Record<string, unknown>): string {
  const read = readConfig({ TOKEN_KEY: KEY, CLUSTERS: "home", ...changes });
  return read.ok ? "no fault" : read.message;
}

test("a key and a cluster are enough; everything else has the design's value", () => {
  expect(config()).toEqual({
    tokenKeys: [KEY],
    clusters: ["home"],
    slack: null,
    messages: {
      slack: null,
      apiUrl: "https://slack.com/api",
      hooksUrl: "https://hooks.slack.com",
      hookUrl: null,
      webhook: null,
      publicUrl: null,
      limitMs: 5_000,
      faults: [],
    },
    limits: {
      leaseMs: 2 * MINUTE,
      leaseMostMs: 30 * MINUTE,
      attempts: 3,
      retryMs: MINUTE / 2,
      jobAgeMs: 24 * HOUR,
      awaitingMs: 30 * MINUTE,
      approvalMs: 15 * MINUTE,
    },
    holds: { shortMs: 15 * MINUTE, mostMs: 6 * HOUR, dismissedMs: 24 * HOUR },
    healing: {
      recheckMs: 4 * HOUR,
      neededRounds: 6,
      healMs: 24 * HOUR,
      relapseMs: 7 * 24 * HOUR,
    },
  });
});

test("what else the environment holds does not matter", () => {
  expect(config({ QUEUE: {}, CF_VERSION: "x" })).toEqual(config());
});

test("clusters are names between commas", () => {
  expect(config({ CLUSTERS: " home, branch-2 ,, " }).clusters).toEqual(["home", "branch-2"]);
});

test("the previous key counts besides the current one", () => {
  const previous = "p".repeat(32);

  expect(config({ TOKEN_KEY_PREVIOUS: previous }).tokenKeys).toEqual([KEY, previous]);
});

test("with a signing secret Slack is on, and nobody is listed", () => {
  const { slack } = config({ SLACK_SIGNING_SECRET: "s".repeat(32) });

  expect(slack).toEqual({
    secrets: ["s".repeat(32)],
    teamId: null,
    appId: null,
    maySee: [],
    mayRequest: [],
    mayApprove: [],
    channels: {},
  });
});

test("Slack's lists are user ids between commas", () => {
  const { slack } = config({ SLACK_SIGNING_SECRET: "s".repeat(32), SLACK_MAY_REQUEST: "U1, U2" });

  expect(slack?.mayRequest).toEqual(["U1", "U2"]);
});

test("a password in an address is not shown, though the address is no secret", () => {
  const message = fault({ SLACK_API_URL: "https://anna:hunter2@proxy.example/api" });

  expect(message).toContain("SLACK_API_URL=(a secret): an https:// address without a user");
  expect(message).not.toContain("hunter2");
});

test("a cluster's channel, and where else messages go", () => {
  const { messages, slack } = config({
    SLACK_SIGNING_SECRET: "s".repeat(32),
    SLACK_BOT_TOKEN: "xoxb-1",
    SLACK_CHANNELS: "home=C0123",
    NOTIFY_URL: "https://x.example/hook?key=1",
    NOTIFY_SECRET: "n".repeat(32),
    PUBLIC_URL: "https://backon.example/",
  });

  expect(slack?.channels).toEqual({ home: "C0123" });
  expect(messages).toMatchObject({
    slack: { token: "xoxb-1", channels: { home: "C0123" } },
    webhook: { url: "https://x.example/hook?key=1", secret: "n".repeat(32) },
    publicUrl: "https://backon.example",
  });
});

test.each([
  [{ SLACK_CHANNELS: "branch=C1" }, "SLACK_CHANNELS: branch is not one of CLUSTERS"],
  [{ SLACK_BOT_TOKEN: "xoxb-1" }, "SLACK_CHANNELS: SLACK_BOT_TOKEN is set, so name the channel"],
  [{ NOTIFY_URL: "https://x.example/" }, "NOTIFY_SECRET: NOTIFY_URL and NOTIFY_SECRET go together"],
  [{ NOTIFY_SECRET: "n".repeat(32) }, "NOTIFY_SECRET: NOTIFY_URL and NOTIFY_SECRET go together"],
])("%j turns messages off and is told, and stops nothing else", (changes, says) => {
  const { faults, webhook } = config(changes).messages;

  expect(faults).toEqual([expect.stringContaining(says)]);
  expect(webhook).toBe(null);
});

test("durations come as texts, in milliseconds", () => {
  expect(config({ LEASE_MS: "200", HOLD_MS: "50" })).toMatchObject({
    limits: { leaseMs: 200 },
    holds: { shortMs: 50 },
  });
});

test.each([
  [{ CLUSTERS: "," }, 'CLUSTERS=",": at least one cluster name'],
  [{ CLUSTERS: "Home" }, 'CLUSTERS="Home": letters, digits and dashes'],
  [{ CLUSTERS: "home,*" }, "CLUSTERS="],
  [{ LEASE_MS: "two minutes" }, 'LEASE_MS="two minutes": a whole number of milliseconds'],
  [{ LEASE_MS: "0" }, 'LEASE_MS="0": a whole number of milliseconds'],
  [{ LEASE_MS: "1.5" }, "a whole number of milliseconds"],
  [{ LEASE_MS: "-1" }, 'LEASE_MS="-1"'],
  [{ ATTEMPTS: "0" }, 'ATTEMPTS="0"'],
  [{ HEAL_ROUNDS: "101" }, 'HEAL_ROUNDS="101": Too big: expected number to be <=100'],
  [{ SLACK_CHANNELS: "#general" }, 'SLACK_CHANNELS="#general": CLUSTER=CHANNEL_ID pairs'],
  [{ PUBLIC_URL: "http://x.example" }, 'PUBLIC_URL="http://x.example": an https:// address'],
  [{ TOKEN_KEY: undefined }, "TOKEN_KEY=(not set): at least 32 characters"],
  [{ CLUSTERS: undefined }, "CLUSTERS=(not set): names separated by commas"],
])("%j is named with its value", (changes, says) => {
  expect(fault(changes)).toContain(says);
});

test.each([
  "TOKEN_KEY",
  "TOKEN_KEY_PREVIOUS",
  "SLACK_SIGNING_SECRET",
  "SLACK_SIGNING_SECRET_PREVIOUS",
  "SLACK_BOT_TOKEN",
  "SLACK_WEBHOOK_URL",
  "NOTIFY_URL",
  "NOTIFY_SECRET",
])("a short %s is named, and its value is not", (name) => {
  const message = fault({ [name]: "hunter2" });

  expect(message).toContain(`${name}=(a secret)`);
  expect(message).not.toContain("hunter2");
});

test("every fault is in one message of one line", () => {
  const message = fault({ TOKEN_KEY: "short", CLUSTERS: ",", LEASE_MS: "x" });

  expect(message).toMatch(/3 fault.*TOKEN_KEY.*CLUSTERS.*LEASE_MS/);
  expect(message).not.toContain("\n");
});

test.each(["a", "home", "branch-2", "0", "a".repeat(63)])("%j names a cluster", (name) => {
  expect(ClusterName.safeParse(name).success).toBe(true);
});

test.each(["", "*", "-a", "a-", "a.b", "A", "a b", "a\n", "a".repeat(64)])(
  "%j names no cluster",
  (name) => {
    expect(ClusterName.safeParse(name).success).toBe(false);
  },
);
