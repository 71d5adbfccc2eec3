// Bodies as people's own rules and relays make them: each leads to a job, to a look, to a count that
// is shown, or to a refusal; none to silence.
import { expect, test } from "vitest";
import * as z from "zod/mini";
import { anAlert, aPull, POD } from "../support/an-alert.ts";
import { anAlertmanager, taken } from "../support/alerts.ts";
import { anOperator } from "../support/an-operator.ts";
import { aSession, visit } from "../support/a-session.ts";
import { ask, freshWorldEachTest, jobsStored, pass, stored } from "../support/worker.ts";

freshWorldEachTest();

const Body = z.object({
  name: z.string(),
  method: z.string(),
  path: z.string(),
  want: z.string(),
  body: z.unknown(),
});
const files = import.meta.glob("../../fixtures/alertmanager/field/*.jsonl", {
  query: "?raw",
  eager: true,
  import: "default",
});
const field = Object.values(files)
  .join("\n")
  .trim()
  .split("\n")
  .map((line) => Body.parse(JSON.parse(line)));

const PATH = "/v1/webhooks/alertmanager";
const send = async (...alerts: unknown[]) =>
  taken(await ask("POST", PATH, { token: await anAlertmanager(), body: { alerts } }));
const status = async () => (await (await anOperator()).status()).body;

async function targetsOf(id: string): Promise<unknown> {
  return (await (await anOperator()).job(id)).body["targets"];
}

test.each(field)("$name: $want", async ({ method, path, want, body }) => {
  const reply = await ask(method, path, { token: await anAlertmanager(), body });

  if (/^\d+$/.test(want)) {
    expect(reply).toMatchObject({ status: Number(want), type: "application/problem+json" });
    expect(await jobsStored()).toBe(0);
    return;
  }
  const { jobs, accepted, ignored } = taken(reply);
  if (want === "ignored") {
    expect([jobs, accepted]).toEqual([[], 0]);
    expect((await status())["ignored"]).toMatchObject({ causes: ignored });
    return;
  }
  const [id = ""] = jobs;
  expect(accepted).toBe(1);
  expect(await targetsOf(id)).toMatchObject(
    want === "look" ? [] : [{ namespace: "shop", pod: "web-7rq6fmxd4-ljddb" }],
  );
});

test("a body that is Azure Monitor's is told what is supported instead", async () => {
  const body = { schemaId: "azureMonitorCommonAlertSchema", data: {} };

  const reply = await ask("POST", PATH, { token: await anAlertmanager(), body });

  expect(reply.body["detail"]).toContain("Alertmanager's webhook");
});

test.each([
  ["a deployment", { alertname: "PodErrImagePull", namespace: "shop", deployment: "web" }],
  ["a node", { alertname: "ImagePullErrors", node: "node-a" }],
  ["a pod without its namespace", { reason: "ImagePullBackOff", pod: "web-0" }],
  ["nothing but our label", { alertname: "X", remediation: "backon" }],
  ["an event of no pod", { alertname: "Pulling image fails", reason: "Failed", name: "web" }],
])("an image-pull alert that names %s starts a look without a target", async (_, labels) => {
  const { jobs, accepted } = await send(anAlert(labels));

  expect([jobs.length, accepted]).toEqual([1, 1]);
  expect(await targetsOf(jobs[0] ?? "")).toEqual([]);
});

test.each([
  ["only that a container waits", { alertname: "KubeContainerWaiting", namespace: "shop" }],
  ["BackOff, of whatever", { alertname: "PodEvents", reason: "BackOff", ...POD }],
  ["Failed, of whatever", { alertname: "KubernetesEvents", reason: "Failed", ...POD }],
])("an alert that says %s is ignored", async (_, labels) => {
  expect((await send(anAlert(labels))).jobs).toEqual([]);
});

test("a look joins the open job, and one that had ended before starts nothing", async () => {
  const look = { alertname: "PodImagePull", namespace: "shop" };
  const { jobs } = await send(aPull(POD));
  expect((await send(anAlert(look))).jobs).toEqual(jobs);
  expect(await jobsStored()).toBe(1);

  const ended = { status: "resolved", endsAt: "2026-11-23T00:30:00Z", fingerprint: "feed" };
  expect(await send(anAlert(look, ended))).toMatchObject({ resolved: 1, ignored: {} });
  const late = await send(anAlert(look, { fingerprint: "feed" }));
  expect(late).toMatchObject({ accepted: 0, ignored: { stale: 1 }, jobs: [] });
});

test("an alert's own label counts before the common one, and a relay may leave its labels out", async () => {
  const commonLabels = { alertname: "PodImagePullBackOff", namespace: "shop", pod: "web-9" };
  const token = await anAlertmanager();
  const alerts = [{ status: "firing", labels: { pod: "web-0" } }, { status: "firing" }];

  const { jobs } = taken(await ask("POST", PATH, { token, body: { alerts, commonLabels } }));

  expect(await targetsOf(jobs[0] ?? "")).toMatchObject([POD, { namespace: "shop", pod: "web-9" }]);
});

test("what is ignored adds up in the status and on the page, by cause, for thirty days", async () => {
  await send(anAlert({ alertname: "Watchdog" }), anAlert({ alertname: "KubePodNotReady" }));
  await send(anAlert({ alertname: "KubePodNotReady" }));

  expect((await status())["ignored"]).toEqual({
    since: expect.any(Number),
    at: expect.any(Number),
    causes: { meta_alert: 1, no_pull_signal: 2 },
  });
  const session = await aSession("*");
  expect((await visit("/clusters/home", session)).text).toContain(
    "2 without a word of an image pull (no_pull_signal), 1 about the alerting itself (meta_alert)",
  );
  pass(31 * 86_400_000);
  expect((await status())["ignored"]).toBeNull();
});

test("a notification with nothing to ignore writes no count", async () => {
  await send(aPull(POD));

  expect((await status())["ignored"]).toBeNull();
  expect((await stored()).text).not.toContain("ignored");
});

const astray = ["/", "//", "/v1", "/v1/", "/webhooks/alertmanager", "/v1/webhooks", "/v1/alerts"];
const misspelt = [
  "//v1/webhooks/alertmanager",
  "/v1//webhooks/alertmanager",
  "/v1/webhooks/alertmanager//",
  "/V1/Webhooks/Alertmanager",
  "/v1/webhooks/Alertmanager",
  "/api/v2/alerts",
  "/healthz",
  "/app.css",
  "/openapi.json",
];

test.each([...astray, ...misspelt].flatMap((path) => [`POST ${path}`, `PUT ${path}`]))(
  "%s is 404 with the right path, with a token and without, never a redirect",
  async (target) => {
    const [method = "", path = ""] = target.split(" ");
    for (const token of [await anAlertmanager(), undefined]) {
      const reply = await ask(method, path, { token, body: { alerts: [aPull(POD)] } });
      expect(reply).toMatchObject({ status: 404, type: "application/problem+json" });
      expect(reply.body["detail"]).toMatch(/POST \/v1\/webhooks\/alertmanager|Alertmanager/);
    }
    expect(await jobsStored()).toBe(0);
  },
);

test.each([
  "/",
  "/sign-in",
  "/clusters/home",
  "/clusters/home/jobs/x",
  "/v1/webhooks/alertmanager",
])(
  "what a foreign redirect makes of an alert, GET %s, is no success and goes no further",
  async (path) => {
    for (const agent of ["Alertmanager/0.33.1", "Grafana", "Prometheus/2.42.0+ds", "vmalert"]) {
      const reply = await ask("GET", path, { headers: { "user-agent": agent } });
      expect([404, 405]).toContain(reply.status);
      expect(reply.text).toContain("POST");
    }
  },
);

test.each(["POST /sign-in", "POST /sign-out", "POST /clusters/home/jobs", "PUT /clusters/home"])(
  "%s with an alert is refused, never a redirect",
  async (target) => {
    const [method = "", path = ""] = target.split(" ");
    const headers = { "content-type": "application/json" };
    const reply = await ask(method, path, { headers, body: { alerts: [] } });
    expect(reply.status).toBeGreaterThanOrEqual(400);
  },
);
