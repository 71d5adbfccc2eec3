// Databases that earlier versions left, as recorded; and records that nobody can read.
import { abortAllDurableObjects, runInDurableObject } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import { aSession, visit } from "../support/a-session.ts";
import { anAgent } from "../support/an-agent.ts";
import { anOperator, idIn, type Operator } from "../support/an-operator.ts";
import { alarm, freshWorldEachTest, pass, queueOf } from "../support/worker.ts";
import { MINUTE } from "../support/a-job.ts";

freshWorldEachTest();

const recorded = import.meta.glob("../../fixtures/databases/*.sql", {
  query: "?raw",
  eager: true,
  import: "default",
});

/** The cluster has this very database, and its object wakes up at that time. */
async function aDatabase(text: string): Promise<void> {
  const [first = "", ...statements] = text.trim().split("\n");
  vi.setSystemTime(Number(first.replace("-- ", "")));
  await write(...statements);
}

async function write(...statements: string[]): Promise<void> {
  await runInDurableObject(queueOf("home"), (_, { storage }) => {
    if (statements.some((line) => line.startsWith("CREATE"))) dropAll(storage.sql);
    for (const line of statements) storage.sql.exec(line);
  });
  await abortAllDurableObjects();
}

function dropAll(sql: SqlStorage): void {
  const query =
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'";
  for (const { name } of sql.exec<{ name: string }>(query).toArray())
    sql.exec(`DROP TABLE ${name}`);
}

test.each(Object.entries(recorded))("%s opens, and every job in it goes on", async (_, text) => {
  await aDatabase(String(text));
  const operator = await anOperator();
  const agent = await anAgent();

  const { body } = await operator.status();

  expect(body["warnings"]).toEqual([]);
  const states = await jobsOf(operator);
  expect(states.get("diagnose finished")).toMatchObject({ outcome: "recovered" });
  expect(states.has("diagnose leased")).toBe(true);
  const waiting = states.get("remediate awaiting");
  const { planHash, id } = waiting ?? {};
  expect((await operator.decide(String(id), "approve", { planHash })).status).toBe(200);
  expect((await visit("/clusters/home", await aSession())).status).toBe(200);
  for (const { id: one } of states.values())
    expect((await visit(`/clusters/home/jobs/${String(one)}`, await aSession())).status).toBe(200);
  pass(5 * MINUTE);
  await alarm();
  const next = await agent.work();
  expect(next.fence).toBeGreaterThan(2);
  expect((await agent.done(next)).status).toBe(200);
});

async function jobsOf(operator: Operator): Promise<Map<string, Readonly<Record<string, unknown>>>> {
  const { jobs } = await operator.jobs();
  return new Map(jobs.map((job) => [`${String(job["kind"])} ${String(job["state"])}`, job]));
}

test("every commit at which the stored shape changed is recorded", () => {
  expect(Object.keys(recorded)).toHaveLength(7);
});

const faults = {
  "no JSON": "UPDATE jobs SET doc = '{' WHERE open = 1",
  "of a later version": "UPDATE jobs SET doc = json_set(doc, '$.v', 2) WHERE open = 1",
  "without a field": "UPDATE jobs SET doc = json_remove(doc, '$.createdAt') WHERE open = 1",
};

test.each(Object.entries(faults))(
  "a job that is %s is set aside and told",
  async (_, statement) => {
    const operator = await anOperator();
    const id = idIn(await operator.request("remediate"));
    await write(statement);

    const { status, body, text } = await operator.status();

    expect(status).toBe(200);
    expect(body["open"]).toEqual([]);
    expect(text).toContain(
      `1 stored record(s) could not be read and were set aside, the newest job ${id}`,
    );
    const page = await visit("/clusters/home", await aSession());
    expect(page.text).toContain("could not be read");
    const kept = await runInDurableObject(queueOf("home"), (__, { storage }) =>
      storage.sql.exec<{ doc: string }>("SELECT doc FROM set_aside").one(),
    );
    expect(kept.doc.startsWith("{")).toBe(true);
    expect((await operator.request("remediate")).status).toBe(202);
    expect(await (await anAgent()).work()).toMatchObject({ kind: "remediate" });
  },
);

test.each(["hold", "agent", "rule", "verdict", "healing", "recorded", "sweptAt", "fence"])(
  "the fact %s, unreadable, closes nothing",
  async (name) => {
    const operator = await anOperator();
    await operator.request("remediate");
    const agent = await anAgent();
    const before = await agent.work();
    await agent.done(before);
    await write(`INSERT OR REPLACE INTO facts VALUES ('${name}', '{"x":')`);

    await alarm();
    expect((await agent.claim()).job).toBe(null);
    const { status } = await operator.status();

    expect(status).toBe(200);
    await operator.request("remediate");
    expect((await agent.work()).fence).toBeGreaterThan(before.fence);
    if (name !== "recorded") expect((await operator.status()).text).toContain(`fact ${name}`);
  },
);

test("a hold that cannot be read holds alerts until a person asks", async () => {
  const operator = await anOperator();
  await operator.status();
  await write(`INSERT OR REPLACE INTO facts VALUES ('hold', '7')`);

  expect((await operator.status()).body["hold"]).toMatchObject({ until: null });
});

test("a database that a later version wrote is read as far as it can be", async () => {
  const operator = await anOperator();
  await operator.request("remediate");
  await write("UPDATE schema SET version = 99", "ALTER TABLE jobs ADD COLUMN later TEXT");

  expect(await (await anAgent()).work()).toMatchObject({ kind: "remediate" });
});
