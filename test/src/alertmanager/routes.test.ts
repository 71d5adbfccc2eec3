// The webhook's answers: what Alertmanager and Grafana get back, and that nothing else is stored.
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { app } from "../../../src/app.ts";
import { anAlertmanager, fixture, taken } from "../support/alerts.ts";
import {
  ask,
  freshWorldEachTest,
  jobsStored,
  requestOf,
  stored,
  type Ask,
} from "../support/worker.ts";

freshWorldEachTest();

const PATH = "/v1/webhooks/alertmanager";

async function post(what: Ask, method = "POST") {
  return ask(method, PATH, { token: await anAlertmanager(), ...what });
}

test("202 counts what was accepted and what was ignored, by cause", async () => {
  const reply = await post({ raw: fixture("0.33.1/kube-prometheus-mixed-alertnames.json") });

  expect(reply.status).toBe(202);
  expect(reply.body).toEqual({
    accepted: 1,
    resolved: 0,
    ignored: { other_reason: 1, no_pull_signal: 3 },
    truncatedAlerts: 0,
    jobs: [expect.any(String)],
  });
});

test("202 is answered after the job is on disk", async () => {
  const { jobs } = taken(await post({ raw: fixture("0.25.0/firing-single.json") }));

  expect((await stored()).text).toContain(jobs[0]);
});

test("PUT does what POST does, as Grafana may send it", async () => {
  const reply = await post({ raw: fixture("other/grafana-12-constructed.json") }, "PUT");

  expect(taken(reply).jobs).toHaveLength(1);
});

test.each([undefined, "application/json; charset=utf-8", "text/plain"])(
  "the content type %j does not matter",
  async (type) => {
    const headers: Record<string, string> = type === undefined ? {} : { "content-type": type };

    const reply = await post({ raw: fixture("0.33.1/firing-single.json"), headers });

    expect(reply.status).toBe(202);
  },
);

test("a notification without alerts is a success", async () => {
  const reply = await post({ body: { version: "4", alerts: [] } });

  expect(reply).toMatchObject({ status: 202, body: { accepted: 0, jobs: [] } });
});

test.each([
  ["an empty body", { raw: "" }, "an empty body"],
  ["a body cut off", { raw: '{"alerts":[' }, "not JSON"],
  ["a body without alerts", { body: { version: "4" } }, "alerts"],
  ["a custom payload", { raw: fixture("other/custom-payload.json") }, "custom payload"],
  ["Prometheus' own push", { raw: fixture("other/prometheus-sent-directly.json") }, "Alertmanager"],
  ["a string", { body: "firing" }, "alerts"],
  ["null", { raw: "null" }, "alerts"],
])("%s is 400 with one line for the sender's log, and nothing is stored", async (_, what, says) => {
  const reply = await post(what);

  expect(reply).toMatchObject({ status: 400, type: "application/problem+json" });
  expect(reply.body["detail"]).toContain(says);
  expect(reply.body["detail"]).not.toContain("\n");
  expect((await stored()).rows).toBe(0);
});

test("a body that is not JSON is not repeated in the answer", async () => {
  const reply = await post({ raw: "password=hunter2" });

  expect(reply.text).not.toContain("hunter2");
});

test("without a token it is 401, and nothing is stored", async () => {
  const reply = await ask("POST", PATH, { raw: fixture("0.33.1/firing-single.json") });

  expect(reply.status).toBe(401);
  expect((await stored()).rows).toBe(0);
});

test("the right token as Basic is 401, and nothing is stored", async () => {
  const { token } = await anAlertmanager();

  const reply = await ask("POST", PATH, {
    raw: fixture("0.33.1/basic-auth.json"),
    headers: { authorization: `Basic ${btoa(`am:${token}`)}` },
  });

  expect(reply.status).toBe(401);
  expect((await stored()).rows).toBe(0);
});

test("a body over 4 MiB is 413 and names the remedy, and nothing is stored", async () => {
  const raw = JSON.stringify({ alerts: [], padding: "x".repeat(5 * 1024 * 1024) });

  const reply = await post({ raw });

  expect(reply).toMatchObject({ status: 413, type: "application/problem+json" });
  expect(reply.body["detail"]).toContain("max_alerts");
  expect((await stored()).rows).toBe(0);
});

test("a body over 4 MiB that does not say its length is 413 too", async () => {
  const body = new Response(JSON.stringify({ alerts: [], x: "x".repeat(5 * 1024 * 1024) })).body;
  const headers = requestOf("POST", PATH, { token: await anAlertmanager() }).headers;
  const request = new Request(`https://backon.example${PATH}`, { method: "POST", headers, body });

  const response = await app.fetch(request, env);

  expect(response.status).toBe(413);
  await response.body?.cancel();
});

test("a body just under 4 MiB is taken", async () => {
  const reply = await post({ body: { alerts: [], padding: "x".repeat(4 * 1024 * 1024 - 200) } });

  expect(reply.status).toBe(202);
});

test.each(["GET", "HEAD", "DELETE", "PATCH", "OPTIONS"])(
  "%s is 405 with or without a token, and never a success that would lose an alert",
  async (method) => {
    const replies = [await post({}, method), await ask(method, PATH)];

    for (const reply of replies) {
      expect(reply.status).toBe(405);
      expect(reply.headers.get("allow")).toBe("POST, PUT");
    }
    expect((await stored()).rows).toBe(0);
  },
);

test.each([`${PATH}/api/v2/alerts`, `/${PATH}`])(
  "%s is 404 and never a redirect, which would turn the alert into an empty GET",
  async (path) => {
    const reply = await ask("POST", path, {
      token: await anAlertmanager(),
      raw: fixture("0.33.1/firing-single.json"),
    });

    expect(reply.status).toBe(404);
    expect(await jobsStored()).toBe(0);
  },
);

test("a slash at the end is the same path, and never a redirect", async () => {
  const reply = await ask("POST", `${PATH}/`, {
    token: await anAlertmanager(),
    raw: fixture("0.33.1/firing-single.json"),
  });

  expect(reply.status).toBe(202);
  expect(await jobsStored()).toBe(1);
});

test("Prometheus or vmalert that push below the path are told where to push", async () => {
  const raw = fixture("other/prometheus-sent-directly.json");

  const reply = await ask("POST", `${PATH}/api/v2/alerts`, { raw });

  expect(reply).toMatchObject({ status: 404, type: "application/problem+json" });
  expect(reply.body["detail"]).toContain("point it at an Alertmanager");
});

test("a store that fails is 503, which Alertmanager tries again; the log says why", async () => {
  using log = vi.spyOn(console, "error").mockImplementation(() => {});
  const broken = {
    ...env,
    QUEUE: {
      getByName: () => ({ receiveAlerts: () => Promise.reject(new Error("disk is gone")) }),
    },
  };
  const raw = fixture("0.33.1/firing-single.json");
  const request = requestOf("POST", PATH, { token: await anAlertmanager(), raw });

  const response = await app.fetch(request, broken as unknown as Env);

  expect(response.status).toBe(503);
  const text = await response.text();
  expect(text).toContain("try again");
  expect(text).not.toContain("disk is gone");
  expect(log).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("disk is gone"));
});
