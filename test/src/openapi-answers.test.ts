// What the Worker answers is what its OpenAPI document says: each good answer of every route, once,
// and what it refuses.
import { PLAN_HASH } from "./support/a-job.ts";
import { expect, test } from "vitest";
import * as z from "zod/mini";
import { OPERATIONS, type Caller } from "../../src/openapi/operations.ts";
import { SCHEMAS } from "../../src/openapi/schemas.ts";
import { alert, anAlertmanager, fixture } from "./support/alerts.ts";
import { anAgent } from "./support/an-agent.ts";
import { anOperator, idIn } from "./support/an-operator.ts";
import { slash } from "./support/slack.ts";
import { aStory } from "./routes/a-told-job.ts";
import { operationsOf, type Node } from "./routes/openapi-shape.ts";
import {
  aToken,
  ask,
  freshWorldEachTest,
  type Ask,
  type Reply,
  type Token,
} from "./support/worker.ts";

freshWorldEachTest();

/** The replies of a story in which each route is called, by route. */
async function told(): Promise<Map<string, Reply[]>> {
  const replies = new Map<string, Reply[]>();
  const note = (route: string, reply: Reply): Reply => {
    replies.set(route, [...(replies.get(route) ?? []), reply]);
    return reply;
  };
  const operator = await anOperator();
  const root = await aToken("operator", "*", "root");
  const agent = await anAgent();
  const get = async (path: string): Promise<Reply> => ask("GET", path, { token: operator.token });

  note("GET /healthz", await ask("GET", "/healthz"));
  for (const method of ["POST", "PUT"])
    note(
      `${method} /v1/webhooks/alertmanager`,
      await ask(method, "/v1/webhooks/alertmanager", {
        token: await anAlertmanager(),
        raw: fixture("0.33.1/mixed-firing-resolved.json"),
      }),
    );
  note("POST /v1/agent/claim", await agent.claimReply({ claimId: "c1" }));
  const job = await agent.work({ claimId: "c1" });
  note("POST /v1/agent/jobs/{id}/progress", await agent.progress(job));
  note("POST /v1/agent/jobs/{id}/report", await agent.asks(job));
  note("GET /v1/status", await get("/v1/status"));
  note(
    "POST /v1/jobs/{id}/approve",
    await operator.decide(job.id, "approve", { planHash: PLAN_HASH }),
  );
  const again = await agent.work();
  const { report } = aStory();
  if (report === null || report === "unreadable") throw new Error("a told job has a report");
  note("POST /v1/agent/jobs/{id}/report", await agent.done(again, report));
  note("GET /v1/jobs/{id}", await get(`/v1/jobs/${job.id}`));
  note("GET /v1/status", await get("/v1/status"));

  const key = { key: "monday-1" };
  note("POST /v1/jobs", await operator.request("diagnose", key));
  const asked = note("POST /v1/jobs", await operator.request("diagnose", key));
  note("POST /v1/jobs/{id}/cancel", await operator.decide(idIn(asked), "cancel"));
  const undo = await operator.request("withdraw");
  await agent.work();
  note("POST /v1/jobs/{id}/cancel", await operator.decide(idIn(undo), "cancel"));
  note("GET /v1/jobs", await get("/v1/jobs?limit=2"));
  note("POST /v1/slack/commands", await slash("help"));

  note("POST /v1/codes", await ask("POST", "/v1/codes", { token: operator.token }));
  const body = { role: "agent", cluster: "home" };
  const minted = note("POST /v1/tokens", await ask("POST", "/v1/tokens", { token: root, body }));
  const revoke = `/v1/tokens/${idIn(minted)}`;
  note("DELETE /v1/tokens/{id}", await ask("DELETE", revoke, { token: root }));
  note("POST /v1/jobs/{id}/dismiss", await dismissed());
  return replies;
}

/** In the other cluster, where nothing else goes on. */
async function dismissed(): Promise<Reply> {
  const operator = await anOperator("anna", "branch");
  const agent = await anAgent("agent-2", "branch");
  const { jobs } = await alert(await anAlertmanager("branch"));
  await agent.asks(await agent.work());
  return operator.decide(jobs[0] ?? "", "dismiss");
}

test("each answer with a body of JSON has the status and the shape that the document gives it", async () => {
  const replies = await told();

  const wrong: unknown[] = [];
  for (const [route, { answers }] of Object.entries(OPERATIONS))
    for (const [status, { schema }] of Object.entries(answers)) {
      if (schema === undefined) continue;
      const seen = replies.get(route)?.filter((reply) => reply.status === Number(status)) ?? [];
      if (seen.length === 0) wrong.push(`${route} ${status}: not seen`);
      for (const { body } of seen) {
        const read = z.safeParse(SCHEMAS[schema], body);
        // Parsing drops what a schema does not name: nothing may be missing afterwards.
        if (!read.success) wrong.push(`${route} ${status}: ${read.error.message}`);
        else expect(read.data, `${route} ${status}`).toEqual(body);
      }
    }
  expect(wrong).toEqual([]);
});

type Spoiled = {
  readonly status: number;
  readonly who?: "a stranger" | "another role";
  /** Only where the route takes a body. */
  readonly sent?: Ask;
  readonly query?: string;
};

/** What may be wrong with a request, and the status that some route answers it with. */
const SPOILED: readonly (readonly [string, Spoiled])[] = [
  ["of a stranger", { status: 401, who: "a stranger" }],
  ["of another role", { status: 403, who: "another role" }],
  ["that names no cluster", { status: 400, query: "" }],
  ["for what is not there", { status: 404 }],
  ["for a page of an odd size", { status: 422, query: "?cluster=home&limit=x" }],
  ["with a body that is no JSON", { status: 400, sent: { raw: "no JSON" } }],
  ["with a body of another shape", { status: 422, sent: { body: { kind: 7, protocol: 1 } } }],
  ["with the protocol of another time", { status: 426, sent: { body: { protocol: 99 } } }],
  ["with too large a body", { status: 413, sent: { raw: "x".repeat(4 * 1024 * 1024 + 1) } }],
];

test.each(SPOILED)(
  "a request %s: each route refuses it as the document says",
  async (_, spoiled) => {
    const found = operationsOf((await ask("GET", "/openapi.json")).body);

    const seen = new Set<number>();
    const unknown: string[] = [];
    for (const { route, operation } of found) {
      const { status, text } = await sendSpoiled(route, operation, spoiled);
      seen.add(status);
      if (!JSON.stringify(operation["responses"]).includes(`"${status}":`))
        unknown.push(`${route}: ${status} ${text}`);
    }
    expect(unknown).toEqual([]);
    expect(seen).toContain(spoiled.status);
  },
);

async function sendSpoiled(route: string, operation: Node, spoiled: Spoiled): Promise<Reply> {
  const { who, sent, query = "?cluster=home" } = spoiled;
  const [method = "", path = ""] = route.split(" ");
  const { caller } = OPERATIONS[route] ?? { caller: "anyone" };
  const token = who === "a stranger" ? undefined : await tokenOf(caller, who === undefined);
  const body = "requestBody" in operation ? sent : {};
  return ask(method, `${path.replace("{id}", "no-such-id")}${query}`, { ...body, token });
}

function tokenOf(caller: Caller, right: boolean): Promise<Token> {
  switch (caller) {
    case "agent":
    case "alertmanager":
      return aToken(right ? caller : "operator");
    case "operator":
    case "operator of *":
    case "slack":
    case "anyone":
      return right ? aToken("operator", "*") : aToken("agent");
  }
}

test("no good answer has a status that the document does not give it", async () => {
  const replies = await told();

  const unknown = Array.from(replies).flatMap(([route, seen]) =>
    seen
      .filter(({ status }) => !(status in (OPERATIONS[route]?.answers ?? {})))
      .map(({ status, text }) => `${route}: ${status} ${text}`),
  );
  expect(unknown).toEqual([]);
});
