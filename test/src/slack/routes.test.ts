// The slash command against the real store: who may, what it starts, what it answers.
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { app } from "../../../src/app.ts";
import { MINUTE } from "../support/a-job.ts";
import { alert, anAlertmanager } from "../support/alerts.ts";
import { anAgent } from "../support/an-agent.ts";
import { anOperator } from "../support/an-operator.ts";
import { SEES, signed, slash, slashRequest, slashText } from "../support/slack.ts";
import { ask, freshWorldEachTest, jobsStored, pass, requestOf, stored } from "../support/worker.ts";

freshWorldEachTest();

test("fix stores a person's job and names it, to the asker alone", async () => {
  const text = await slashText("fix home docker.io");

  expect(text).toMatch(/^Job `[0-9a-z-]+` \(fix\) for home is queued\./);
  expect(await (await anAgent()).work()).toMatchObject({
    kind: "remediate",
    registry: "registry-1.docker.io",
    origin: { via: "slack", by: "slack:T1TEAM/U1FIXES", person: true },
  });
});

test("diagnose stores a job that only looks", async () => {
  await slash("diagnose home");

  expect((await (await anAgent()).work()).kind).toBe("diagnose");
});

test("the same trigger_id twice is one job with one answer", async () => {
  const agent = await anAgent();
  const first = await slashText("fix home", { trigger_id: "1.2.3" });
  await agent.done(await agent.work());

  const second = await slashText("fix home", { trigger_id: "1.2.3" });

  expect(second.slice(0, 30)).toBe(first.slice(0, 30));
  expect(await jobsStored()).toBe(1);
});

test("a person's fix ends a hold", async () => {
  const agent = await anAgent();
  await alert(await anAlertmanager());
  await agent.done(await agent.work());

  await slash("fix home");

  expect((await agent.work()).kind).toBe("remediate");
});

test("status tells of a cluster that nobody has called", async () => {
  const text = await slashText("status home", { user_id: SEES });

  expect(text.split("\n")).toEqual([
    "*home*",
    "No agent has called yet.",
    "No rule of ours is known.",
    "No hold.",
    "No open job; 0 finished.",
  ]);
});

test("status tells the agent, the rule, the hold and the open jobs", async () => {
  const agent = await anAgent();
  await alert(await anAlertmanager());
  await agent.done(await agent.work(), { rule: { state: "present", ours: true, at: 1 } });
  await (await anOperator()).request("diagnose");

  const text = await slashText("status home");

  expect(text).toContain("Agent 0.1.0 on node-1, last seen 2040-01-01");
  expect(text).toContain("Our rule on the router: present.");
  expect(text).toContain("Hold: remediate ended recovered until 2040-01-01T00:15:00.000Z.");
  expect(text).toMatch(/Job [0-9a-z-]+: diagnose, queued\./);
  pass(15 * MINUTE + 1);
  expect(await slashText("status home")).toContain("No hold.");
});

test("a fix in a cluster leaves the others alone", async () => {
  await slash("fix branch");

  expect([await jobsStored("home"), await jobsStored("branch")]).toEqual([0, 1]);
});

test.each(["fix", "diagnose", "status"])(
  "%s without a cluster names those that there are",
  async (text) => {
    expect(await slashText(text)).toBe("Name one of these clusters: home, branch.");
  },
);

test("a cluster that does not exist is not asked", async () => {
  expect(await slashText("fix elsewhere")).toBe("Name one of these clusters: home, branch.");
});

test.each(["", "help"])("%j answers with what there is", async (text) => {
  expect(await slashText(text)).toContain("/backon fix");
});

test("an unknown verb is named, harmless, with what there is", async () => {
  const text = await slashText("<!channel> now");

  expect(text).toContain("&lt;!channel&gt;");
  expect(text).not.toContain("<!channel>");
  expect(text).toContain("/backon fix");
  expect(await jobsStored()).toBe(0);
});

test.each([
  ["a user on no list", "fix home", { user_id: "U9OTHER" }, "SLACK_MAY_REQUEST"],
  ["a user on no list", "status home", { user_id: "U9OTHER" }, "SLACK_MAY_SEE"],
  ["a user who may only look", "fix home", { user_id: SEES }, "SLACK_MAY_REQUEST"],
  ["a user who may only look", "diagnose home", { user_id: SEES }, "SLACK_MAY_REQUEST"],
  ["another team", "fix home", { team_id: "T9OTHER" }, "SLACK_TEAM_ID"],
  ["another app", "fix home", { api_app_id: "A9OTHER" }, "SLACK_APP_ID"],
  ["another team", "help", { team_id: "T9OTHER" }, "SLACK_TEAM_ID"],
])("%s is told why %j does nothing", async (_, text, changes, says) => {
  const answer = await slashText(text, changes);

  expect(answer).toContain(says);
  expect(await jobsStored()).toBe(0);
});

const form = "text=fix+home&team_id=T1TEAM&api_app_id=A1APP&user_id=U1FIXES";

test.each([
  ["another secret", { secret: "another-secret-altogether" }],
  ["a time five minutes and a second ago", { at: Date.UTC(2040, 0, 1) - 301_000 }],
])("a command signed with %s is 401 and stores nothing", async (_, how) => {
  const reply = await signed(form, how);

  expect(reply).toMatchObject({ status: 401, type: "application/problem+json" });
  expect((await stored()).rows).toBe(0);
});

test("a command without a signature is 401 and stores nothing", async () => {
  const reply = await ask("POST", "/v1/slack/commands", { raw: form });

  expect(reply.status).toBe(401);
  expect((await stored()).rows).toBe(0);
});

test("a bearer token does not open Slack's door", async () => {
  const { token } = await anOperator("anna", "*");

  const reply = await ask("POST", "/v1/slack/commands", { raw: form, token });

  expect(reply.status).toBe(401);
});

test("a signed form that is no slash command is explained, and stores nothing", async () => {
  const reply = await signed("text=fix+home");

  expect(reply.status).toBe(200);
  expect(String(reply.body["text"])).toContain("team_id");
  expect((await stored()).rows).toBe(0);
});

test("Slack's certificate check is answered, unsigned, with an empty 200", async () => {
  const reply = await ask("POST", "/v1/slack/commands", { raw: "ssl_check=1&token=x" });

  expect(reply).toMatchObject({ status: 200, text: "" });
});

test("a form over 16 KiB is 413 before its signature is looked at", async () => {
  const reply = await ask("POST", "/v1/slack/commands", { raw: `text=${"x".repeat(17 * 1024)}` });

  expect(reply.status).toBe(413);
});

test("without a signing secret the command is closed and says what to set", async () => {
  const request = requestOf("POST", "/v1/slack/commands", { raw: form });
  const { SLACK_SIGNING_SECRET: _, ...without } = env as Env & { SLACK_SIGNING_SECRET: string };

  const response = await app.fetch(request, without);

  expect(response.status).toBe(503);
  expect(await response.text()).toContain("SLACK_SIGNING_SECRET");
});

test.each(["status home", "diagnose home"])(
  "a store that fails is told to who asked for %j, and the log says why",
  async (text) => {
    using log = vi.spyOn(console, "error").mockImplementation(() => {});
    const fail = () => Promise.reject(new Error("disk is gone"));
    const broken = { ...env, QUEUE: { getByName: () => ({ status: fail, request: fail }) } };

    const response = await app.fetch(await slashRequest(text), broken as unknown as Env);

    expect(response.status).toBe(200);
    const answer = await response.text();
    expect(answer).toMatch(/ephemeral.*try again/);
    expect(answer).not.toContain("disk is gone");
    expect(log).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("disk is gone"));
  },
);

test("a store that hangs is told of before Slack gives up after three seconds", async () => {
  using log = vi.spyOn(console, "error").mockImplementation(() => {});
  const hangs = () => new Promise(() => {});
  const stuck = { ...env, QUEUE: { getByName: () => ({ request: hangs }) } };
  const startedAt = performance.now();

  const response = await app.fetch(await slashRequest("fix home"), stuck as unknown as Env);

  expect(await response.text()).toContain("*not* confirmed in time");
  expect(performance.now() - startedAt).toBeLessThan(3_000);
  expect(log).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("no answer within"));
});
