import { expect, onTestFinished, test } from "vitest";
import { openHealth, type Health } from "../../../agent/loop/health.ts";
import { aJob } from "../../support/a-policy.ts";
import { aSite } from "../../support/a-site.ts";
import { run } from "../../support/a-world.ts";

type Why = { stuck?: string | null; unready?: string | null };

async function aHealth({ stuck = null, unready = null }: Why = {}): Promise<Health> {
  const health = await openHealth({
    host: "127.0.0.1",
    port: 0,
    stuck: () => stuck,
    unready: () => unready,
  });
  onTestFinished(() => health.close());
  return health;
}

async function get({ port }: Health, path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, text: await response.text() };
}

test("a loop that turns is alive", async () => {
  const { status, text } = await get(await aHealth(), "/healthz");

  expect(status).toBe(200);
  expect(JSON.parse(text)).toEqual({ ok: true, version: "0.1.0", why: null });
});

test("a stuck loop is not, and says why", async () => {
  const { status, text } = await get(await aHealth({ stuck: "no turn for 900 s" }), "/healthz");

  expect(status).toBe(503);
  expect(JSON.parse(text)).toMatchObject({ ok: false, why: "no turn for 900 s" });
});

test("an agent without its Worker is alive, but not ready", async () => {
  const health = await aHealth({ unready: "the Worker has not answered yet" });

  const [alive, ready] = [await get(health, "/healthz"), await get(health, "/readyz?verbose")];

  expect([alive.status, ready.status]).toEqual([200, 503]);
  expect(JSON.parse(ready.text)).toMatchObject({ why: "the Worker has not answered yet" });
});

test("other paths are not there", async () => {
  expect((await get(await aHealth(), "/")).status).toBe(404);
});

test("the metrics count jobs, stages, restarts and our rule, without naming a pod or a job", async () => {
  const health = await aHealth();
  const { report } = await run(aSite());

  health.observer.polled();
  health.observer.stage(aJob(), "probe", 11_000);
  health.observer.ended(aJob(), report);

  const { text } = await get(health, "/metrics");
  expect(text).toContain('backon_build_info{version="0.1.0",protocol="1"} 1');
  expect(text).toContain(
    'backon_jobs_total{kind="remediate",outcome="recovered",verdict="ipv6-tls-stall"} 1',
  );
  expect(text).toContain("backon_pods_restarted_total 2");
  expect(text).toContain("backon_rule_active 1");
  expect(text).toContain('backon_stage_duration_seconds_bucket{le="15",stage="probe"} 1');
  expect(text).toMatch(/backon_last_poll_success_timestamp_seconds 1\.\d+e9|\d{10}/);
  expect(text).not.toMatch(/job-1|pod-1|nginx/);
});

test("a rule of a person, or none, is not counted as ours", async () => {
  const health = await aHealth();
  const { report } = await run(aSite());

  health.observer.ended(aJob(), report);
  health.observer.ended(aJob(), { ...report, rule: { state: "absent", ours: false, at: 1 } });

  expect((await get(health, "/metrics")).text).toContain("backon_rule_active 0");
});

test("a port that is taken is an error at the start, not later", async () => {
  const { port } = await aHealth();
  const taken = { host: "127.0.0.1", port, stuck: () => null, unready: () => null };

  await expect(openHealth(taken)).rejects.toThrow("EADDRINUSE");
});
