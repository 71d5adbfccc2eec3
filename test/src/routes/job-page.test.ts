// GET /v1/jobs/{id}.md: the page of a job, for those who may read the job.
import { expect, test } from "vitest";
import { PLAN_HASH } from "../support/a-job.ts";
import { alert, anAlertmanager } from "../support/alerts.ts";
import { anAgent } from "../support/an-agent.ts";
import { anOperator, idIn } from "../support/an-operator.ts";
import { aToken, ask, freshWorldEachTest, type Reply } from "../support/worker.ts";

freshWorldEachTest();

async function page(id: string, cluster = "home"): Promise<Reply> {
  return ask("GET", `/v1/jobs/${id}.md`, { token: await aToken("operator", cluster) });
}

test("a finished job is a page of Markdown with its end, its pods and its events", async () => {
  const agent = await anAgent();
  const { jobs } = await alert(await anAlertmanager());
  await agent.done(await agent.work());

  const reply = await page(jobs[0] ?? "");

  expect(reply).toMatchObject({ status: 200, type: "text/markdown; charset=utf-8" });
  expect(reply.text).toContain("# home: ipv6-tls-stall, recovered\n");
  expect(reply.text).toContain("IPv6 stalled; the rule is set and the pods pull again.");
  expect(reply.text).toContain("| single-ns/web-7c9d8b6f5-x2lqp |");
  expect(reply.text).toContain("| opened | am |");
});

test("a job that waits says which plan a person may approve", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  const id = idIn(await operator.request("remediate"));
  await agent.asks(await agent.work());

  const { text } = await page(id);

  expect(text).toContain("# home: ipv6-tls-stall, needs approval\n");
  expect(text).toContain(`approve the plan ${PLAN_HASH}, or dismiss it`);
});

test("a job cancelled before an agent came has a page without a report", async () => {
  const operator = await anOperator();
  const id = idIn(await operator.request("diagnose"));
  await operator.decide(id, "cancel");

  const { text } = await page(id);

  expect(text).toContain("# home: no verdict, cancelled\n");
  expect(text).toContain("| ended by | operator:anna |");
});

test("a script in what an agent reports is text on the page", async () => {
  const agent = await anAgent();
  const id = idIn(await (await anOperator()).request("remediate"));
  await agent.done(await agent.work(), { summary: "<script>alert(1)</script> failed|`x`" });

  const { text } = await page(id);

  expect(text).toContain("\n&lt;script&gt;alert(1)&lt;/script&gt; failed\\|\\`x\\`\n");
  expect(text).not.toContain("<");
});

test.each(["nobody.md", "nobody", ".md", "a.md.md"])(
  "/v1/jobs/%s is 404 with a problem body",
  async (id) => {
    const token = await aToken("operator");

    const reply = await ask("GET", `/v1/jobs/${id}`, { token });

    expect(reply).toMatchObject({ status: 404, type: "application/problem+json" });
  },
);

test("another cluster's job has no page", async () => {
  const id = idIn(await (await anOperator()).request("diagnose"));

  const reply = await page(id, "branch");

  expect(reply.status).toBe(404);
});

test("the JSON of the job stays where it was", async () => {
  const operator = await anOperator();
  const id = idIn(await operator.request("diagnose"));

  const reply = await operator.job(id);

  expect(reply).toMatchObject({
    status: 200,
    type: "application/json",
    body: { id, report: null },
  });
});
