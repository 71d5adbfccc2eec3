// `npm run record:database -- CHECKOUT FILE.sql`: runs the Worker of a checkout in workerd, leaves a job
// of each state in it, and writes the cluster's database as SQL. For test/fixtures/databases.
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import { mintToken, type TokenRole } from "../src/http/tokens.ts";
import { PLAN, PLAN_HASH } from "../test/src/support/a-job.ts";
import { aReport } from "../test/src/support/a-report.ts";

const TOKEN_KEY = "a-key-of-the-recorded-databases-here";
const Claim = z.object({ job: z.object({ id: z.string(), fence: z.number() }) });
type Job = z.infer<typeof Claim>["job"];

const [checkout, file] = process.argv.slice(2);
if (checkout === undefined || file === undefined)
  throw new Error("npm run record:database -- CHECKOUT FILE.sql");
const out = join(process.cwd(), file);
process.chdir(checkout);
const storage = await mkdtemp(join(tmpdir(), "backon-record-"));
await mkdir("src/web/public", { recursive: true });
// Only now: the bundler takes the folder in which it was loaded.
const { startLocalWorker } = await import("../sim/local-worker.ts");
const worker = await startLocalWorker({
  port: 0,
  storage,
  tokenKey: TOKEN_KEY,
  variables: { SLACK_WEBHOOK_URL: "http://127.0.0.1:9/hook" },
});
await live();
await worker.stop();
await writeFile(out, await dump());
await rm(storage, { recursive: true });

/** A finished diagnosis, a fix that needs approval, a diagnosis under way, a recheck to come. */
async function live(): Promise<void> {
  const rule = { state: "present", ours: true, at: Date.now(), life: "until-healed" } as const;
  await ask("operator", "POST", "/v1/jobs", { kind: "diagnose" });
  await say(await claim(), "report", { disposition: "done", report: aReport({ rule }) });
  const alert = await readFile("test/fixtures/alertmanager/0.33.1/firing-single.json", "utf8");
  await ask("alertmanager", "POST", "/v1/webhooks/alertmanager", JSON.parse(alert));
  await ask("operator", "POST", "/v1/jobs", { kind: "remediate" });
  const fix = await claim();
  const report = aReport({ rule });
  const asks = { disposition: "ask", report, plan: PLAN, planHash: PLAN_HASH };
  await say(fix, "report", asks);
  await ask("operator", "POST", "/v1/jobs", { kind: "diagnose" }, { "idempotency-key": "k1" });
  const on = { on: "router", what: "ensure the rule", adds: true };
  await say(await claim(), "progress", { stage: "probe", intent: on });
}

async function claim(): Promise<Job> {
  const body = {
    protocol: 1,
    agent: "agent-1",
    process: "process-1",
    claimId: randomUUID(),
    version: "0.1.0",
    node: "node-1",
    kinds: ["remediate", "diagnose", "withdraw", "recheck"],
  };
  return Claim.parse(JSON.parse(await ask("agent", "POST", "/v1/agent/claim", body))).job;
}

async function say(job: Job, what: "progress" | "report", call: object): Promise<void> {
  const body = { protocol: 1, fence: job.fence, seq: 1, ...call };
  await ask("agent", "POST", `/v1/agent/jobs/${job.id}/${what}`, body);
}

async function ask(
  role: TokenRole,
  method: string,
  path: string,
  ...[body, headers]: [body?: object, headers?: Readonly<Record<string, string>>]
): Promise<string> {
  const wanted = { key: TOKEN_KEY, role, cluster: "home", sub: role, now: Date.now() };
  const { token } = await mintToken(wanted);
  const reply = await fetch(worker.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
  return text;
}

/** The database that has jobs, a statement a line; workerd's own tables left out. */
async function dump(): Promise<string> {
  for (const name of await readdir(storage, { recursive: true })) {
    if (!name.endsWith(".sqlite")) continue;
    const db = new DatabaseSync(join(storage, name));
    const made = db.prepare("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").all();
    const ours = made.filter((row) => !/^(sqlite|_cf)_/.test(String(row["name"])));
    const lines = ours.map((row) => `${String(row["sql"]).replaceAll("\n", " ")};`);
    for (const row of ours)
      if (String(row["sql"]).startsWith("CREATE TABLE"))
        lines.push(...rowsOf(db, String(row["name"])));
    db.close();
    if (ours.some((row) => row["name"] === "jobs"))
      if (lines.some((line) => line.startsWith("INSERT INTO jobs")))
        return `-- ${Date.now()}\n${lines.join("\n")}\n`;
  }
  throw new Error(`no database with jobs in ${storage}`);
}

function rowsOf(db: DatabaseSync, table: string): string[] {
  const rows = db.prepare(`SELECT * FROM ${table}`).all();
  const literal = (value: unknown): string =>
    typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value ?? null);
  return rows.map(
    (row) => `INSERT INTO ${table} VALUES (${Object.values(row).map(literal).join(", ")});`,
  );
}
