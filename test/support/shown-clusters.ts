// A cluster in each state that the page shows, in a real Worker: the calls are the agent's and people's, the
// reports are the agent's own, of the states of docs/messages.md.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { states, type State } from "../../scripts/messages/states.ts";
import { startLocalWorker } from "../../sim/local-worker.ts";
import { mintToken, type TokenRole } from "../../src/http/tokens.ts";
import type { Report } from "../../src/protocol/report.ts";
import { NOW } from "./a-round.ts";

const TOKEN_KEY = "a-key-for-tests-of-what-pages-look-like";
const Job = z.object({ id: z.string() });
const Claimed = z.object({ job: z.object({ id: z.string(), fence: z.number() }) });
const STAGES = ["look", "probe", "apply", "verify", "restart", "watch"] as const;

export type ShownClusters = {
  readonly url: string;
  readonly operator: string;
  /** By the name of the state: the path of its page. */
  readonly pages: ReadonlyMap<string, string>;
  close(): Promise<void>;
};

/** Names of clusters from what they show. */
const nameOf = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/-+$/, "");

/** `many`: clusters besides that are well; `jobs`: how many the one with a long list has. */
export async function startShownClusters(many: number, jobs: number): Promise<ShownClusters> {
  const all = (await states()).filter(({ story }) => story.report !== null);
  const quiet = Array.from({ length: many }, (_, at) => `site-${at + 1}`);
  const names = ["new", "long-list", "running", ...all.map(({ title }) => nameOf(title)), ...quiet];
  const storage = await mkdtemp(join(tmpdir(), "backon-shown-"));
  const worker = await startLocalWorker({
    port: 0,
    storage,
    tokenKey: TOKEN_KEY,
    clusters: names.join(","),
    variables: {},
  });
  const mint = async (role: TokenRole, cluster: string, sub: string): Promise<string> =>
    (await mintToken({ key: TOKEN_KEY, role, cluster, sub, now: Date.now() })).token;
  const operator = await mint("operator", "*", "anna");
  const call = caller(worker.url);
  const agentOf = async (cluster: string) => ({
    claim: claimer(call, await mint("agent", cluster, "agent-1")),
    token: await mint("agent", cluster, "agent-1"),
    person: await mint("operator", cluster, "anna"),
  });
  const pages = new Map([
    ["sign in", "/sign-in"],
    ["overview", "/"],
    ["not found", "/clusters/new/nothing"],
    ["newly installed", "/clusters/new"],
    ["fix without an agent", "/clusters/new/ask/remediate"],
    ["50 jobs", "/clusters/long-list"],
  ]);
  for (const { title, story } of all) {
    const cluster = nameOf(title);
    const agent = await agentOf(cluster);
    const { kind } = story.job;
    const id = await ended(call, { ...agent, kind, story });
    pages.set(title, `/clusters/${cluster}/jobs/${id}`);
    if (title === "Needs approval" || title.endsWith("not enough"))
      pages.set(`${title}: the question`, `/clusters/${cluster}/jobs/${id}/approve`);
    if (title === "Recovered") pages.set("a cluster with a rule", `/clusters/${cluster}`);
  }
  const [first] = all;
  const long = await agentOf("long-list");
  for (let at = 0; at < jobs && first !== undefined; at += 1) {
    const { story } = all[at % all.length] ?? first;
    await ended(call, { ...long, kind: "diagnose", story });
  }
  const running = await agentOf("running");
  const id = await asked(call, running.person, "remediate");
  const job = await running.claim();
  for (const [seq, stage] of STAGES.slice(0, 2).entries())
    await call(running.token, `/v1/agent/jobs/${id}/progress`, {
      protocol: 1,
      fence: job.fence,
      seq,
      stage,
      intent: null,
    });
  pages.set("Running", `/clusters/running/jobs/${id}`);
  for (const cluster of quiet) await (await agentOf(cluster)).claim().catch(() => {});
  return {
    url: worker.url,
    operator,
    pages,
    async close() {
      await worker.stop();
      await rm(storage, { recursive: true, force: true });
    },
  };
}

type Call = (token: string, path: string, body: object) => Promise<unknown>;

function caller(url: string): Call {
  return async (token, path, body) => {
    const response = await fetch(`${url}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
}

function claimer(call: Call, token: string) {
  return async () => {
    const claimId = crypto.randomUUID();
    const who = { agent: "agent-1", version: "0.1.0", node: "node-a", mode: "auto" };
    const kinds = ["remediate", "diagnose", "withdraw", "recheck"];
    const answer = await call(token, "/v1/agent/claim", { protocol: 1, ...who, claimId, kinds });
    return Claimed.parse(answer).job;
  };
}

async function asked(call: Call, person: string, kind: string): Promise<string> {
  return Job.parse(await call(person, "/v1/jobs", { kind })).id;
}

async function ended(
  call: Call,
  how: {
    readonly claim: ReturnType<typeof claimer>;
    readonly token: string;
    readonly person: string;
    readonly kind: string;
    readonly story: State["story"];
  },
): Promise<string> {
  const { claim, token, person, kind, story } = how;
  const id = await asked(call, person, kind);
  const { fence } = await claim();
  if (story.report === null || story.report === "unreadable") throw new Error("no report");
  const report = ofToday(story.report);
  const { plan, planHash } = report;
  const asks = story.job.state === "awaiting" && kind === "remediate";
  const said = asks ? { disposition: "ask", plan, planHash } : { disposition: "done" };
  const outcome = report.outcome ?? "stood-down";
  const whole = asks ? report : { ...report, outcome };
  await call(token, `/v1/agent/jobs/${id}/report`, {
    protocol: 1,
    fence,
    seq: 9,
    ...said,
    report: whole,
  });
  return id;
}

/** The site in memory has a present of its own. */
function ofToday(report: Report): Report {
  const by = Date.now() - NOW - 120_000;
  const text = JSON.stringify(report, (_, value: unknown) =>
    typeof value === "number" && Math.abs(value - NOW) < 1e9 ? value + by : value,
  );
  return JSON.parse(text) as Report;
}
