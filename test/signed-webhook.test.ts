// The signed webhook: each move of a job for a program of one's own. The real Worker in workerd, over
// sockets; the receiver is the fake Slack's.
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  channelsOf,
  NOTIFY_SECRET,
  startToldClusters,
  until,
  type ToldClusters,
} from "./support/told-clusters.ts";

let told: ToldClusters;
beforeAll(async () => {
  told = await startToldClusters(["hook", "gone", "flaky", "away"], ({ url }) => ({
    NOTIFY_URL: `${url}/any/webhook?key=1`,
    NOTIFY_SECRET,
  }));
});
afterAll(() => told.close());

const { settled } = channelsOf(() => told);

describe("the signed webhook", () => {
  test.concurrent("tells each move of a job, in order, so that it can be verified", async () => {
    const cluster = await told.cluster("hook");
    const id = await cluster.request("remediate");
    await until(() => told.slack.at("hook").length === 1);
    const job = await cluster.claim();
    await until(() => told.slack.at("hook").length === 2);
    await cluster.stage(job, "probe");
    await cluster.done(job);
    await until(() => told.slack.at("hook").length === 3);

    const calls = told.slack.at("hook");
    for (const { headers, raw } of calls) {
      const timestamp = String(headers["x-backon-timestamp"]);
      const mac = createHmac("sha256", NOTIFY_SECRET).update(`${timestamp}.${raw}`).digest("hex");
      expect(headers["x-backon-signature"]).toBe(`sha256=${mac}`);
      expect(Math.abs(Date.now() / 1000 - Number(timestamp))).toBeLessThan(60);
    }
    expect(calls.map(({ path }) => path)).toEqual(Array(3).fill("/any/webhook?key=1"));
    expect(calls.map(({ body }) => body)).toMatchObject([
      { event: "job", revision: 1, job: { id, state: "queued" }, verdict: null },
      { revision: 2, job: { id, state: "leased" } },
      { revision: 3, job: { id, outcome: "recovered" }, verdict: "ipv6-tls-stall" },
    ]);
  });

  test.concurrent.each([
    ["is refused", "gone", { status: 404 }, "HTTP 404"],
    ["is sent elsewhere", "away", { status: 307, headers: { location: "/elsewhere" } }, "HTTP 307"],
  ] as const)("that %s is not sent again, and said", async (_, name, fault, why) => {
    const cluster = await told.cluster(name);
    told.slack.fault(name, fault);
    const id = await cluster.request("remediate");
    await until(async () => (await cluster.messages()).failed !== null);
    await cluster.done(await cluster.claim());
    await settled(cluster);

    expect((await cluster.messages()).failed).toBe(`webhook of job ${id}: ${why}`);
    expect(told.slack.at(name)).toHaveLength(1);
    expect(told.slack.at("/elsewhere")).toEqual([]);
  });

  test.concurrent("comes again after a 5xx, the same revision", async () => {
    const cluster = await told.cluster("flaky");
    told.slack.fault("flaky", { status: 502 }, 1);
    await cluster.request("remediate");
    await until(() => told.slack.at("flaky").length === 2);

    const [first, second] = told.slack.at("flaky");
    expect(second?.raw).toBe(first?.raw);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(5_000);
  });
});

/** The example of docs/api.md is run as it stands there. */
test("the documented way to verify takes what was sent, and nothing that was changed", async () => {
  const [, code = ""] =
    /```js\n(\/\/ verify[^]*?)```/.exec(readFileSync("docs/api.md", "utf8")) ?? [];
  const module: unknown = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  const { verify } = module as {
    verify: (secret: string, headers: Headers, body: string) => Promise<boolean> | boolean;
  };
  const cluster = await told.cluster("hook");
  await cluster.request("diagnose");
  await until(() => told.slack.at("hook").some(({ raw }) => raw.includes('"diagnose"')));
  const { headers, raw } = told.slack.at("hook").at(-1) ?? { raw: "" };
  const given = (changes: Record<string, string> = {}): Headers =>
    new Headers({
      "x-backon-timestamp": String(headers?.["x-backon-timestamp"]),
      "x-backon-signature": String(headers?.["x-backon-signature"]),
      ...changes,
    });

  expect(await verify(NOTIFY_SECRET, given(), raw)).toBe(true);
  expect(await verify(NOTIFY_SECRET, given(), `${raw} `)).toBe(false);
  expect(await verify("another secret", given(), raw)).toBe(false);
  expect(await verify(NOTIFY_SECRET, given({ "x-backon-timestamp": "1" }), raw)).toBe(false);
  expect(await verify(NOTIFY_SECRET, given({ "x-backon-signature": "sha256=" }), raw)).toBe(false);
  expect(await verify(NOTIFY_SECRET, new Headers(), raw)).toBe(false);
});
