// What makes a request a click of ours: Slack's signature, a payload that is one, and no more than fits.
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { PLAN_HASH } from "../support/a-job.ts";
import { app } from "../../../src/app.ts";
import { anOperator } from "../support/an-operator.ts";
import { clickPayload, CLICKS, interact, signed, signedAsk } from "../support/slack.ts";
import { ask, freshWorldEachTest, requestOf, rowsWritten, START } from "../support/worker.ts";
import { storyOf, waiting } from "./waiting-job.ts";

freshWorldEachTest();

test.each([
  ["a button of another app", clickPayload("somebodys", "x")],
  ["the link to the page", clickPayload("open", undefined)],
  ["a form that was sent", { type: "view_submission", view: {} }],
  ["a form that was closed", { type: "view_closed" }],
  ["a shortcut", { type: "shortcut", callback_id: "x" }],
  ["a kind of tomorrow", { type: "tomorrow" }],
  ["a click without actions", { ...clickPayload("approve", "home j1 h1"), actions: [] }],
  ["a click by nobody", { ...clickPayload("approve", "home j1 h1"), user: null }],
])("%s is ignored, with an empty 200", async (_, payload) => {
  const world = await waiting();
  const before = await rowsWritten();

  expect(await interact(payload)).toMatchObject({ status: 200, text: "" });

  expect(await rowsWritten()).toBe(before);
  expect((await storyOf(world)).state).toBe("awaiting");
});

test.each(["payload=", "payload=%7B", "payload=%5B%5D", "text=fix", ""])(
  "the signed form %j is no interaction: 422",
  async (form) => {
    expect((await signed(form, { path: CLICKS })).status).toBe(422);
  },
);

test.each([
  ["another secret", { secret: "another-secret-altogether" }],
  ["a time 301 s ago", { at: START - 301_000 }],
  ["a time in 301 s", { at: START + 301_000 }],
])("a click signed with %s is 401 and changes nothing", async (_, how) => {
  const world = await waiting();

  const reply = await interact(clickPayload("approve", `home ${world.id} ${PLAN_HASH}`), how);

  expect(reply).toMatchObject({ status: 401, type: "application/problem+json" });
  expect((await storyOf(world)).state).toBe("awaiting");
});

test.each([300_000, -300_000])("a click signed %i ms from now counts", async (ms) => {
  const world = await waiting();

  await interact(clickPayload("approve", `home ${world.id} ${PLAN_HASH}`), { at: START + ms });

  expect((await storyOf(world)).state).toBe("queued");
});

test("the signature is over the bytes as they came, whatever they decode to", async () => {
  const world = await waiting();
  const payload = JSON.stringify(clickPayload("approve", `home ${world.id} ${PLAN_HASH}`));
  const form = new URLSearchParams({ payload }).toString();
  const good = await signedAsk(form, {});

  // The same form to a parser, and other bytes.
  const reply = await ask("POST", CLICKS, { ...good, raw: form.replace("payload=", "payloa%64=") });
  expect(reply.status).toBe(401);
  expect((await storyOf(world)).state).toBe("awaiting");
  expect((await ask("POST", CLICKS, good)).status).toBe(200);
  expect((await storyOf(world)).state).toBe("queued");
});

test("during a rotation both secrets are good, afterwards one", async () => {
  const old = "slack-secret-before-the-rotation";
  const request = async (): Promise<Request> => {
    const form = new URLSearchParams({ payload: '{"type":"view_closed"}' }).toString();
    return requestOf("POST", CLICKS, await signedAsk(form, { secret: old }));
  };
  const both = { ...env, SLACK_SIGNING_SECRET_PREVIOUS: old };

  expect((await app.fetch(await request(), both)).status).toBe(200);
  expect((await app.fetch(await request(), env)).status).toBe(401);
});

test("without a signature, or with a bearer token instead, a click is 401", async () => {
  const { token } = await anOperator("anna", "*");
  const raw = new URLSearchParams({ payload: "{}" }).toString();

  expect((await ask("POST", CLICKS, { raw })).status).toBe(401);
  expect((await ask("POST", CLICKS, { raw, token })).status).toBe(401);
});

test("Slack's certificate check is answered, unsigned, with an empty 200", async () => {
  const reply = await ask("POST", CLICKS, { raw: "ssl_check=1&token=x" });

  expect(reply).toMatchObject({ status: 200, text: "" });
});

test("a message of 100 KiB comes along with a click; over 128 KiB is 413", async () => {
  const world = await waiting();
  const with_ = (bytes: number): object => ({
    ...clickPayload("approve", `home ${world.id} ${PLAN_HASH}`),
    message: { text: "x".repeat(bytes) },
  });

  expect((await interact(with_(130 * 1024))).status).toBe(413);
  expect((await storyOf(world)).state).toBe("awaiting");
  expect((await interact(with_(100 * 1024))).status).toBe(200);
  expect((await storyOf(world)).state).toBe("queued");
});

const ORG = "E1ORG";
const org = { enterprise: { id: ORG, name: "home" }, is_enterprise_install: true };

test.each([
  ["without a team", { team: null, ...org }, ORG, "queued"],
  ["with the clicker's workspace", org, ORG, "queued"],
  [
    "without a team, where the workspace is the setting",
    { team: null, ...org },
    "T1TEAM",
    "queued",
  ],
  ["of another organisation", { team: null, ...org }, "E2OTHER", "awaiting"],
  ["of one workspace of it alone", { ...org, is_enterprise_install: false }, ORG, "awaiting"],
])(
  "a click %s counts by the organisation that the app is installed for",
  async (_, who, own, then) => {
    const world = await waiting();
    const payload = { ...clickPayload("approve", `home ${world.id} ${PLAN_HASH}`), ...who };
    const form = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();

    const request = requestOf("POST", CLICKS, await signedAsk(form, {}));
    const response = await app.fetch(
      request,
      { ...env, SLACK_TEAM_ID: own },
      createExecutionContext(),
    );

    expect(response.status).toBe(200);
    expect((await storyOf(world)).state).toBe(then);
  },
);

test("a command of an app that is installed for an organisation counts", async () => {
  const fields = { enterprise_id: ORG, is_enterprise_install: "true", text: "help" };
  const rest = { user_id: "U1SEES", channel_id: "C1", response_url: "x", trigger_id: "1" };
  const form = new URLSearchParams({ ...fields, ...rest, team_id: "T2", api_app_id: "A1APP" });
  const own = { ...env, SLACK_TEAM_ID: ORG };
  const asked = await signedAsk(form.toString(), {});

  const response = await app.fetch(requestOf("POST", "/v1/slack/commands", asked), own);

  expect(await response.text()).toContain("/backon fix");
});
