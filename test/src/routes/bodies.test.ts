// How much of a body is read, and when: nothing of one whose sender may not come in, and of any other
// no more than its route takes.
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { app } from "../../../src/app.ts";
import { anAlertmanager } from "../support/alerts.ts";
import { signedAsk } from "../support/slack.ts";
import { aToken, ask, freshWorldEachTest, requestOf, type Ask } from "../support/worker.ts";

freshWorldEachTest();

const KIB = 1024;
const ALERTS = "/v1/webhooks/alertmanager";

/** Sends a body of so many KiB in chunks of one, without its length; how many KiB were asked for. */
async function trickle(
  target: string,
  kib: number,
  what: Ask = {},
): Promise<{ status: number; detail: string; read: number }> {
  let read = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (read >= kib) return controller.close();
        read += 1;
        controller.enqueue(new Uint8Array(KIB).fill(32));
      },
    },
    { highWaterMark: 0 },
  );
  const [method = "", path = ""] = target.split(" ");
  const { url, headers } = requestOf(method, path, what);
  const response = await app.fetch(new Request(url, { method, headers, body }), env);
  const text = await response.text();
  const { detail = text } = text.startsWith("{") ? (JSON.parse(text) as { detail?: string }) : {};
  return { status: response.status, detail, read };
}

test.each([
  [`POST ${ALERTS}`, "nobody", 401],
  [`POST ${ALERTS}`, "agent", 403],
  [`POST ${ALERTS}?cluster=home`, "alertmanager of elsewhere", 403],
  [`PATCH ${ALERTS}`, "alertmanager", 405],
  [`POST ${ALERTS}/api/v2/alerts`, "alertmanager", 404],
  ["POST /v1/jobs", "nobody", 401],
  ["POST /v1/jobs", "agent", 403],
  ["POST /v1/jobs?cluster=branch", "operator", 403],
  ["POST /v1/jobs", "operator of elsewhere", 403],
  ["POST /v1/jobs/x/approve", "agent", 403],
  ["POST /v1/tokens", "operator", 403],
  ["POST /v1/agent/claim", "operator", 403],
  ["POST /v1/agent/jobs/x/progress", "nobody", 401],
  ["POST /v1/agent/jobs/x/report", "alertmanager", 403],
  ["POST /sign-in", "nobody", 403],
  ["POST /clusters/home/jobs", "operator", 403],
  ["POST /v1/nothing", "operator", 404],
])("%s by %s is %i before a byte of the body is read", async (target, who, status) => {
  const [role = "", cluster = "home"] = who.split(" of ");
  const known = (["operator", "agent", "alertmanager"] as const).find((one) => one === role);
  const token = known === undefined ? undefined : await aToken(known, cluster);

  expect(await trickle(target, 100, { token })).toMatchObject({ status, read: 0 });
});

test("a form that can't be Slack's is read no further than Slack's unsigned check is long", async () => {
  for (const path of ["/v1/slack/commands", "/v1/slack/interactions"]) {
    const { status, read } = await trickle(`POST ${path}`, 100);
    expect([status, read <= 2]).toEqual([401, true]);
  }
});

test("a token that was revoked has 64 KiB of a body read at most", async () => {
  const alerts = await aToken("alertmanager");
  const agent = await aToken("agent");
  const root = await aToken("operator", "*", "root");
  for (const { id } of [alerts, agent]) await ask("DELETE", `/v1/tokens/${id}`, { token: root });

  for (const [path, token] of [
    [ALERTS, alerts],
    ["/v1/agent/jobs/x/report", agent],
  ] as const) {
    const { status, read } = await trickle(`POST ${path}`, 1_000, { token });
    expect([status, read <= 65]).toEqual([401, true]);
  }
});

test.each([
  [`POST ${ALERTS}`, 4 * KIB, "max_alerts"],
  ["POST /v1/jobs", 16, "16 KiB"],
  ["POST /v1/jobs/x/approve?cluster=home", 16, "16 KiB"],
  ["POST /v1/tokens", 16, "16 KiB"],
  ["POST /v1/agent/claim", 16, "16 KiB"],
  ["POST /v1/agent/jobs/x/progress", 16, "16 KiB"],
  ["POST /v1/agent/jobs/x/report", 256, "262144"],
])(
  "%s reads %i KiB, and more is 413 whether it says its length or not",
  async (target, kib, says) => {
    const role = target.includes("/agent/")
      ? "agent"
      : target.includes(ALERTS)
        ? "alertmanager"
        : null;
    const token = await aToken(role ?? "operator", role === null ? "*" : "home");

    expect((await trickle(target, kib, { token })).status).toBe(400);
    expect(await trickle(target, kib + 5, { token })).toMatchObject({
      status: 413,
      detail: expect.stringContaining(says) as string,
      read: kib + 1,
    });
    const headers = { "content-length": String(kib * KIB + 1) };
    expect(await trickle(target, 5, { token, headers })).toMatchObject({ status: 413, read: 0 });
  },
);

test("a signed form of Slack's is read to its limit", async () => {
  const { headers = {} } = await signedAsk("x", {});

  expect(await trickle("POST /v1/slack/commands", 20, { headers })).toMatchObject({
    status: 413,
    read: 17,
  });
  expect((await trickle("POST /v1/slack/interactions", 20, { headers })).status).toBe(401);
});

test("a body that breaks off is 400 with what to do, on the API and on the page", async () => {
  const broken = (): ReadableStream =>
    new ReadableStream({
      pull(controller) {
        controller.error(new Error("Network connection lost."));
      },
    });
  const form = {
    "content-type": "application/x-www-form-urlencoded",
    origin: "https://backon.example",
  };
  const asked = [
    requestOf("POST", ALERTS, { token: await anAlertmanager() }),
    requestOf("POST", "/sign-in", { headers: form }),
    requestOf("POST", "/v1/slack/commands"),
  ];

  for (const { url, headers } of asked) {
    const request = new Request(url, { method: "POST", headers, body: broken() });
    const response = await app.fetch(request, env);
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining("broke off"),
    ]);
  }
});
